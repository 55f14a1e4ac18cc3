package backtest

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/tocsin/tocsin"
)

// person is who wrote a ticket: known by an id that is theirs in the whole export,
// or, when there is none, by the ticket alone.
func person(scheme, id, shown, ticket string) tocsin.Reporter {
	if id == "" {
		return tocsin.Reporter{ID: scheme + "-ticket:" + ticket, Handle: shown}
	}
	if shown == "" {
		shown = id
	}
	return tocsin.Reporter{ID: scheme + ":" + strings.ToLower(id), Handle: shown}
}

// first is the first of some words that is not empty.
func first(of ...word) string {
	for _, w := range of {
		if text := strings.TrimSpace(string(w)); text != "" {
			return text
		}
	}
	return ""
}

// word is a value of an export that is text, or a number where others have text.
// Anything else is "": what a field became in some version of an export must not
// cost the ticket.
type word string

// UnmarshalJSON reads a string or a number.
func (w *word) UnmarshalJSON(text []byte) error {
	*w = ""
	switch text = bytes.TrimSpace(text); {
	case len(text) == 0:
	case text[0] == '"':
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return err
		}
		*w = word(s)
	case text[0] == '-' || text[0] >= '0' && text[0] <= '9':
		*w = word(text)
	}
	return nil
}
