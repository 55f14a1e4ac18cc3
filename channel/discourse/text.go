package discourse

import (
	"strings"

	"golang.org/x/net/html"
)

// ownHTML takes out of a cooked post what its writer did not write: quotes of
// other posts and previews of linked pages, which Discourse puts into <aside>. A
// post that is nothing else is kept whole.
func ownHTML(cooked string) string {
	if !strings.Contains(cooked, "<aside") {
		return cooked
	}
	var own strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(cooked))
	depth := 0
	for {
		kind := tokens.Next()
		if kind == html.ErrorToken { // the end: a tokenizer bears every text
			break
		}
		raw := string(tokens.Raw())
		name, _ := tokens.TagName()
		aside := string(name) == "aside"
		switch {
		case aside && kind == html.StartTagToken:
			depth++
		case aside && kind == html.EndTagToken:
			depth = max(0, depth-1)
		case depth == 0:
			own.WriteString(raw)
		}
	}
	if strings.TrimSpace(own.String()) == "" {
		return cooked
	}
	return own.String()
}
