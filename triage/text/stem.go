package text

import (
	"strings"

	"github.com/kljensen/snowball/english"
	"github.com/kljensen/snowball/french"
	"github.com/kljensen/snowball/spanish"
)

// Stem cuts the ending of a folded word: people write the same thing in many forms.
func Stem(w string, l Lang) string {
	if len(w) < 4 {
		return w
	}
	switch l {
	case LangEnglish:
		return english.Stem(w, false)
	case LangFrench:
		return french.Stem(w, false)
	case LangSpanish:
		return spanish.Stem(w, false)
	case LangGerman:
		return light(participle(w), "ungen", "ung", "ern", "est", "end", "en", "er", "em", "es", "et", "st", "te", "e", "n", "s", "t")
	case LangDutch:
		return light(participle(w), "ingen", "ing", "heid", "eren", "tje", "en", "er", "de", "te", "e", "n", "s", "t", "d")
	case LangPortuguese:
		return light(w, "amentos", "amento", "imento", "coes", "acao", "cao", "adas", "ados", "idas", "idos", "ando", "endo", "indo", "aram", "eram", "ada", "ado", "ida", "ido",
			"oes", "mos", "ou", "ar", "er", "ir", "as", "os", "es", "am", "em", "a", "e", "o", "s")
	case LangItalian:
		return light(w, "azioni", "azione", "amento", "imento", "ando", "endo", "ate", "ati", "ato", "ata", "ite", "iti", "ito", "ita", "uto", "uta", "are", "ere", "ire", "ano", "ono", "a", "e", "i", "o")
	default:
		return w
	}
}

// participle takes the prefix off a Germanic participle: gesperrt, geweigerd.
func participle(w string) string {
	if len(w) > 6 {
		return strings.TrimPrefix(w, "ge")
	}
	return w
}

// light takes off the first ending that fits and leaves at least three letters.
func light(w string, endings ...string) string {
	for _, e := range endings {
		if len(w)-len(e) >= 3 && strings.HasSuffix(w, e) {
			return w[:len(w)-len(e)]
		}
	}
	return w
}
