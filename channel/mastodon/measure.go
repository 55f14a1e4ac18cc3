package mastodon

import (
	"regexp"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/tocsin/tocsin"
)

// urlLength is what every link counts, however long it is.
// https://docs.joinmastodon.org/user/posting/#links
const urlLength = 23

var (
	link   = regexp.MustCompile(`https?://[^\s<>"]+`)
	remote = regexp.MustCompile(`(^|[^/\w])(@\w+(?:[.-]\w+)*)@[\w.-]*\w`)
)

// Measure counts as Mastodon does: characters as a reader sees them, each link as
// 23, handles without their server. The handle in front of an answer, of up to
// some 30 characters, comes on top.
// https://docs.joinmastodon.org/user/posting/#text
func (a *account) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: count(text), Limit: a.limit(), Unit: "characters"}
}

func count(text string) int {
	text = link.ReplaceAllStringFunc(text, func(found string) string {
		bare := strings.TrimRight(found, `.,:;!?)]'`)
		return strings.Repeat("x", urlLength) + found[len(bare):]
	})
	return uniseg.GraphemeClusterCount(remote.ReplaceAllString(text, "$1$2"))
}
