package bluesky

import (
	"context"
	"regexp"
	"strings"
)

var (
	link   = regexp.MustCompile(`https?://[^\s<>"]+`)
	handle = regexp.MustCompile(`(^|[\s(])@([a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)+)`)
)

// maxMentions is how many handles of a text are looked up.
const maxMentions = 10

// facets mark a text's links and mentions. What is not marked is plain text to the
// network's readers, and a handle that nobody has stays that.
func (a *account) facets(ctx context.Context, text string) []facet {
	var all []facet
	mark := func(start, end int, f feature) {
		one := facet{Features: []feature{f}}
		one.Index.Start, one.Index.End = start, end
		all = append(all, one)
	}
	for _, at := range link.FindAllStringIndex(text, -1) {
		uri := strings.TrimRight(text[at[0]:at[1]], `.,:;!?)]'`)
		mark(at[0], at[0]+len(uri), feature{Type: featureLink, URI: uri})
	}
	for _, at := range handle.FindAllStringSubmatchIndex(text, maxMentions) {
		var out struct {
			DID string `json:"did"`
		}
		err := a.get(ctx, "com.atproto.identity.resolveHandle", map[string]any{"handle": text[at[4]:at[5]]}, &out)
		if err != nil || out.DID == "" {
			a.log.Debug("handle stays plain text", "handle", text[at[4]:at[5]], "error", err)
			continue
		}
		mark(at[4]-1, at[5], feature{Type: featureMention, DID: out.DID})
	}
	return all
}
