package text

import (
	"strings"
	"unicode"
)

// Lang is a language that this package has words of.
type Lang string

// The languages. LangOther is any other: its words are taken as they are.
const (
	LangOther      Lang = ""
	LangEnglish    Lang = "en"
	LangGerman     Lang = "de"
	LangFrench     Lang = "fr"
	LangSpanish    Lang = "es"
	LangPortuguese Lang = "pt"
	LangItalian    Lang = "it"
	LangDutch      Lang = "nl"
	LangJapanese   Lang = "ja"
	LangChinese    Lang = "zh"
)

// Languages lists the languages that have stop words here, in the order in which
// a draw between them is decided.
func Languages() []Lang {
	return []Lang{LangEnglish, LangGerman, LangFrench, LangSpanish, LangPortuguese, LangItalian, LangDutch, LangJapanese, LangChinese}
}

// Guess tells the language of a text by its script and its stop words. The hint,
// a BCP 47 tag, wins where it names a known language. A text too short to tell is
// taken as English.
func Guess(tokens []Token, hint string) Lang {
	if l, ok := byTag(hint); ok {
		return l
	}
	var votes [9]int
	for _, t := range tokens {
		switch t.Kind {
		case KindGlyphs:
			return byGlyphs(tokens)
		case KindWord:
			for i, has := range stopLangs(t.Text) {
				if has {
					votes[i]++
				}
			}
		default:
		}
	}
	best := 0
	for i, v := range votes {
		if v > votes[best] {
			best = i
		}
	}
	return Languages()[best]
}

func byTag(tag string) (Lang, bool) {
	if len(tag) < 2 {
		return "", false
	}
	base := Lang(strings.ToLower(tag[:2]))
	if len(tag) > 2 && tag[2] != '-' && tag[2] != '_' {
		return "", false
	}
	for _, l := range Languages() {
		if l == base {
			return l, true
		}
	}
	return LangOther, base != "un" // "und": undetermined
}

// byGlyphs tells Japanese, which has kana, from Chinese.
func byGlyphs(tokens []Token) Lang {
	for _, t := range tokens {
		for _, r := range t.Text {
			switch {
			case unicode.In(r, unicode.Hiragana, unicode.Katakana):
				return LangJapanese
			case unicode.In(r, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
				return LangOther
			}
		}
	}
	return LangChinese
}
