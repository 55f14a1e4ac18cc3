package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a token is.
type Kind uint8

// The kinds of token.
const (
	KindWord   Kind = iota // a word of a script that puts blanks between words
	KindGlyphs             // two neighbouring characters of a script that does not
	KindNumber             // digits only
	KindCode               // letters and digits mixed: error codes, versions, HTTP statuses
	KindTag                // #hashtag
	KindHandle             // @handle or a mail address
	KindLink               // a URL
	KindEmoji              // a pictograph
	KindStop               // the end of a sentence: pairs and negation do not reach across it
)

// Token is one unit of a text: lower-case, without accents and apostrophes.
type Token struct {
	Text string
	Kind Kind
}

// Limits that keep the work for one text bounded, whatever it is.
const (
	maxTokens = 400 // a longer text says nothing new after them
	maxWord   = 40  // bytes; a longer word is cut
)

// Tokens cuts a text into tokens, at most 400 of them.
func Tokens(s string) []Token {
	s = strings.ToValidUTF8(s, " ")
	c := cutter{out: make([]Token, 0, min(maxTokens, 8+len(s)/6))}
	for len(s) > 0 && len(c.out) < maxTokens {
		s = strings.TrimLeftFunc(s, unicode.IsSpace)
		end := strings.IndexFunc(s, unicode.IsSpace)
		if end < 0 {
			end = len(s)
		}
		c.chunk(s[:end])
		if end < len(s) && s[end] == '\n' {
			c.stop()
		}
		s = s[end:]
	}
	return c.out
}

type cutter struct{ out []Token }

func (c *cutter) add(text string, k Kind) {
	if len(c.out) < maxTokens && text != "" {
		c.out = append(c.out, Token{text, k})
	}
}

// stop marks the end of a sentence, once.
func (c *cutter) stop() {
	if n := len(c.out); n > 0 && c.out[n-1].Kind != KindStop {
		c.add(".", KindStop)
	}
}

// chunk cuts what stands between two blanks.
func (c *cutter) chunk(s string) {
	switch {
	case s == "":
	case isLink(s):
		c.add("link", KindLink)
	case s[0] == '@' && len(s) > 1, isAddress(s):
		c.add("handle", KindHandle)
	case s[0] == '#' && len(s) > 1:
		c.add(cut(fold(strings.TrimRightFunc(s[1:], isPunct))), KindTag)
	default:
		c.words(s)
	}
}

func isLink(s string) bool {
	s = strings.TrimLeftFunc(s, isPunct)
	return strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "www.")
}

func isAddress(s string) bool {
	at := strings.IndexByte(s, '@')
	return at > 0 && at < len(s)-1 && strings.IndexByte(s[at:], '.') > 0
}

func isPunct(r rune) bool { return unicode.IsPunct(r) }

func isWordRune(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func isApostrophe(r rune) bool { return r == '\'' || r == '’' || r == '‘' || r == '´' || r == '`' }

// words cuts a chunk at everything that is no letter or digit. An apostrophe
// and, between digits, a dot stay within a word.
func (c *cutter) words(s string) {
	for len(s) > 0 && len(c.out) < maxTokens {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case isGlyph(r):
			n := spanOf(s, isGlyph)
			c.glyphs(s[:n])
			s = s[n:]
		case isWordRune(r):
			n := wordEnd(s)
			c.word(s[:n])
			s = s[n:]
		default:
			c.symbol(r)
			s = s[size:]
		}
	}
}

func (c *cutter) symbol(r rune) {
	switch {
	case strings.ContainsRune(".!?;:…。！？；", r):
		c.stop()
	case unicode.Is(unicode.So, r):
		c.add(string(r), KindEmoji)
	}
}

func spanOf(s string, in func(rune) bool) int {
	for i, r := range s {
		if !in(r) {
			return i
		}
	}
	return len(s)
}

func wordEnd(s string) int {
	var last rune
	for i, r := range s {
		if isGlyph(r) || !isWordRune(r) {
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(max(r, 0)):])
			inside := isApostrophe(r) && unicode.IsLetter(next) && unicode.IsLetter(last) ||
				r == '.' && unicode.IsDigit(next) && unicode.IsDigit(last) ||
				(r == '-' || r == '_') && joinsCode(s[:i], s[i+1:])
			if !inside || r == utf8.RuneError {
				return i
			}
		}
		last = r
	}
	return len(s)
}

// joinsCode tells whether a dash joins letters and digits to one error code, as in
// E-4012 or ERR_507: short, and in capitals or with three digits.
func joinsCode(before, after string) bool {
	digits := spanOf(after, unicode.IsDigit)
	return len(before) <= 6 && spanOf(before, unicode.IsLetter) == len(before) &&
		(digits >= 3 || digits >= 2 && before == strings.ToUpper(before))
}

// word adds one word without apostrophes and, in Romance languages, without the
// elided article in front: l'application is application.
func (c *cutter) word(s string) {
	if i := strings.IndexFunc(s, isApostrophe); i > 0 {
		_, size := utf8.DecodeRuneInString(s[i:])
		head, tail := s[:i], s[i+size:]
		switch {
		case len(tail) > 2 && isElision(fold(head)):
			s = tail
		default:
			s = head + tail
		}
	}
	w := cut(strings.Map(dropDash, fold(s))) // a dash inside is that of a code
	c.add(w, kindOf(w))
}

func dropDash(r rune) rune {
	if r == '-' || r == '_' {
		return -1
	}
	return r
}

func isElision(head string) bool {
	switch head {
	case "l", "d", "j", "n", "s", "m", "t", "c", "qu", "un", "dell", "all", "nell", "sull", "dall", "quell":
		return true
	}
	return false
}

func kindOf(w string) Kind {
	letters, digits := false, false
	for _, r := range w {
		if unicode.IsDigit(r) || r == '.' {
			digits = true
		} else {
			letters = true
		}
	}
	switch {
	case letters && digits, digits && isStatus(w):
		return KindCode
	case digits:
		return KindNumber
	default:
		return KindWord
	}
}

// isStatus tells whether digits read as an HTTP status of failure, or as a version.
func isStatus(w string) bool {
	return len(w) == 3 && (w[0] == '4' || w[0] == '5') && w[1] <= '2' || strings.Count(w, ".") >= 1 && len(w) >= 5
}

// glyphs adds each pair of neighbouring characters; a lone one stands for itself.
func (c *cutter) glyphs(s string) {
	runes := []rune(s)
	if len(runes) == 1 {
		c.add(s, KindGlyphs)
	}
	for i := 0; i+1 < len(runes) && len(c.out) < maxTokens; i++ {
		c.add(string(runes[i:i+2]), KindGlyphs)
	}
}

// isGlyph tells whether a script puts no blanks between its words.
func isGlyph(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar) || r == 'ー'
}

func cut(w string) string {
	if len(w) <= maxWord {
		return w
	}
	end := maxWord
	for end > 0 && !utf8.RuneStart(w[end]) {
		end--
	}
	return w[:end]
}
