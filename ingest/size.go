package ingest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// Bounds of one report. What is longer is cut, not rejected: the beginning of a
// complaint is a complaint.
const (
	maxText   = 20_000    // runes of a cleaned text
	maxRaw    = 256 << 10 // bytes of the text as it came, as it is kept
	maxInput  = 8 << 20   // bytes that are cleaned; pictures stand inside of some mails
	maxTitle  = 300       // runes
	maxPerson = 200       // runes of a name or handle
	maxLink   = 2_000     // bytes; a longer link is left out, for half a link leads nowhere
	maxLang   = 35        // bytes; RFC 5646 §4.4.1 advises to allow for so many
)

// fit bounds everything about a report but its text.
func fit(r *tocsin.Report) {
	r.Raw = cutRaw(r.Raw)
	r.Title = word(r.Title, maxTitle)
	r.Reporter.Name = word(r.Reporter.Name, maxPerson)
	r.Reporter.Handle = word(r.Reporter.Handle, maxPerson)
	r.URL, r.Reporter.URL = shortOrNone(r.URL, maxLink), shortOrNone(r.Reporter.URL, maxLink)
	r.Lang = shortOrNone(r.Lang, maxLang)
}

// cutRaw keeps the beginning of a text and says in it how long it was.
func cutRaw(raw string) string {
	if len(raw) <= maxRaw {
		return raw
	}
	return cutBytes(raw, maxRaw) + fmt.Sprintf("\n[cut here; %d bytes in all]\n", len(raw))
}

func shortOrNone(s string, most int) string {
	if len(s) > most {
		return ""
	}
	return s
}

// cutBytes keeps at most so many bytes, and no half rune.
func cutBytes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// cutRunes keeps at most so many runes.
func cutRunes(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := 0
	for i := range s {
		if n == most {
			return strings.TrimRight(s[:i], " \n")
		}
		n++
	}
	return s
}
