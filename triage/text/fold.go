package text

import (
	"strings"
	"unicode"
)

// fold writes a word in lower case and without accents: people leave them out.
func fold(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] >= 'A' && s[i] <= 'Z' {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch base := foldRune(unicode.ToLower(r)); {
		case base == 'ß':
			b.WriteString("ss")
		case base == 'æ':
			b.WriteString("ae")
		case base == 'œ':
			b.WriteString("oe")
		case unicode.Is(unicode.Mn, base), base == '\u200d', base == '\ufe0f':
		default:
			b.WriteRune(base)
		}
	}
	return b.String()
}

// foldRune gives the letter below an accent, for the Latin letters of Europe, and
// the usual width of full-width forms.
func foldRune(r rune) rune {
	switch {
	case r < 0xc0:
		return r
	case r >= 0xff01 && r <= 0xff5e:
		return unicode.ToLower(r - 0xfee0)
	case r < 0x180:
		return latin(r)
	}
	return r
}

const (
	accented   = "àáâãäåāăąçćčďđèéêëēėęěìíîïīįıłľñńňòóôõöøōőŕřśšşťţùúûüūůűųýÿźżž"
	unaccented = "aaaaaaaaacccddeeeeeeeeiiiiiiillnnnoooooooorrsssttuuuuuuuuyyzzz"
)

func latin(r rune) rune {
	n := 0
	for _, a := range accented {
		if a == r {
			return rune(unaccented[n])
		}
		n++
	}
	return r
}
