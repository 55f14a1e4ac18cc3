package ingest

import (
	"strings"
	"unicode"
)

// withoutHandles leaves out the handles with which a text begins: on social
// networks they say to whom it is written, not what.
func withoutHandles(text string) string {
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		handle := strings.IndexFunc(text, unicode.IsSpace)
		if handle < 0 {
			handle = len(text)
		}
		if !isHandle(text[:handle]) {
			return text
		}
		text = text[handle:]
	}
}

// isHandle tells whether a word is @ana or @ana@example.org, with a comma or
// colon behind it at most.
func isHandle(word string) bool {
	name, ok := strings.CutPrefix(strings.TrimRight(word, ",:"), "@")
	if !ok || name == "" {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.-@", r)
	}) < 0
}
