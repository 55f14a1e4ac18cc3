package ingest

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	zeroWidthNonJoiner = '\u200c'
	zeroWidthJoiner    = '\u200d'
)

// characters makes a text out of any bytes: valid UTF-8 in composed form, lines
// that end in \n, and nothing that is not seen. Characters that turn the direction
// of a line or have no width could make a text look different from what it is.
func characters(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	before := ' '
	for i, r := range s {
		if r = visible(r); r < 0 {
			continue
		}
		if r == zeroWidthJoiner || r == zeroWidthNonJoiner {
			// Persian words and families of emoji need them, between their like.
			after, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if before < unicode.MaxLatin1 || after < unicode.MaxLatin1 {
				continue
			}
		}
		b.WriteRune(r)
		before = r
	}
	return norm.NFC.String(b.String())
}

// visible gives the character to write for r; -1 is none.
func visible(r rune) rune {
	switch {
	case r == '\n', r == '\t', r >= ' ' && r <= '~':
		return r
	case r == '\r', r == '\v', r == '\f', r == '\u0085', r == '\u2028', r == '\u2029':
		return '\n'
	case r == zeroWidthJoiner, r == zeroWidthNonJoiner:
		return r
	case unicode.Is(unicode.Zs, r):
		return ' '
	case r == '\u00ad', r == '\u034f', r == '\u115f', r == '\u1160', r == '\u3164', r == '\uffa0': // look like nothing
		return -1
	case unicode.Is(unicode.C, r) && !unicode.Is(unicode.Co, r): // controls and formats, bidi and tags among them
		return -1
	default:
		return r
	}
}

// word makes one line of a short text such as a name or a subject.
func word(s string, most int) string {
	return cutRunes(strings.Join(strings.Fields(characters(cutBytes(s, most*utf8.UTFMax))), " "), most)
}
