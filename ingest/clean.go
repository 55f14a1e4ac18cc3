package ingest

import (
	"context"
	"strings"

	"github.com/tocsin/tocsin"
)

// clean is the stage that makes a report's text of what came, and bounds the rest.
// A channel that has no raw text gives the text itself.
func (i *Ingest) clean(_ context.Context, _ *pass, r *tocsin.Report) (refusal, error) {
	if r.Raw == "" {
		r.Raw, r.Markup = r.Text, tocsin.MarkupPlain
	}
	title, forwarded := bareTitle(word(r.Title, maxTitle))
	r.Title = title
	r.Text = ownWords(r.Raw, r.Markup, forwarded)
	fit(r)
	return refusal{}, nil
}

// ownWords gives what a person wrote, in their own words: as plain text without
// markup, quotes of others, signature, leading handles and long links. It takes
// time in proportion to the text's length, whatever the text, and gives valid
// UTF-8 of at most maxText runes.
//
// Whatever it cuts, it never cuts all: when nothing would be left, the text before
// that cut is kept, for a complaint is worth more than tidiness.
func ownWords(raw string, markup tocsin.Markup, forwarded bool) string {
	text := characters(cutBytes(raw, maxInput))
	if markup == tocsin.MarkupHTML {
		text = characters(plain(text)) // again: an entity can stand for any character
	}
	own, rest := withoutQuotes(strings.Split(text, "\n"), forwarded)
	if blank(own) && blank(rest) {
		own = unquoted(strings.Split(text, "\n"))
	}
	own = withoutSignature(own)
	text = strings.Join(append(own, rest...), "\n")
	return cutRunes(tidy(shortLinks(withoutHandles(text))), maxText)
}

// blank tells whether nothing is written in the lines.
func blank(lines []string) bool {
	for _, line := range lines {
		if strings.TrimSpace(line) != "" {
			return false
		}
	}
	return true
}

// tidy joins runs of blanks and of empty lines.
func tidy(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	empty := 0
	for line := range strings.SplitSeq(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 {
			empty++
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n"[:min(empty, 1)+1])
		}
		empty = 0
		for i, word := range words {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	return b.String()
}
