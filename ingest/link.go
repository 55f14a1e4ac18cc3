package ingest

import (
	"strings"
	"unicode"
)

// shortLinks leaves of each link its host: paths and tracking codes are no words
// of a person, but where they were sent may matter.
func shortLinks(text string) string {
	var b strings.Builder
	for {
		i := strings.Index(text, "://")
		if i < 0 {
			b.WriteString(text)
			return b.String()
		}
		start := schemeStart(text[:i])
		end := i + len("://") + linkEnd(text[i+len("://"):])
		host := hostOf(text[i+len("://") : end])
		if start < 0 || host == "" {
			b.WriteString(text[:i+len("://")])
			text = text[i+len("://"):]
			continue
		}
		b.WriteString(text[:start])
		b.WriteString(host)
		text = text[end:]
	}
}

// schemeStart finds where http or https begins that ends the text, -1 for neither.
func schemeStart(text string) int {
	for _, scheme := range []string{"https", "http"} {
		if i := len(text) - len(scheme); i >= 0 && strings.EqualFold(text[i:], scheme) {
			return i
		}
	}
	return -1
}

// linkEnd finds the end of a link; a full stop after it is the sentence's.
func linkEnd(text string) int {
	end := strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("<>\"'`()[]{}|、。，」）", r)
	})
	if end < 0 {
		end = len(text)
	}
	return len(strings.TrimRight(text[:end], ".,;:!?…"))
}

// hostOf gives the host of a link without its scheme.
func hostOf(link string) string {
	host, _, _ := strings.Cut(link, "/")
	host, _, _ = strings.Cut(host, "?")
	host, _, _ = strings.Cut(host, "#")
	if _, after, ok := strings.Cut(host, "@"); ok {
		host = after
	}
	host, _, _ = strings.Cut(host, ":")
	return strings.TrimPrefix(strings.ToLower(host), "www.")
}
