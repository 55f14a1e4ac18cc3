package text

import "strings"

// Word is one word as it is compared: its stem, the concept it stands for, and
// whether something near it negates it.
type Word struct {
	Text    string // as written, folded
	Stem    string
	Concept string // "" where the lexicon knows none
	Kind    Kind
	Negated bool
	Stop    bool // carries no meaning of its own
	Break   bool // a new sentence begins with it
	Head    bool // the first word of what its concept was found in
}

// Text is a text that was read.
type Text struct {
	Lang   Lang
	Words  []Word
	Tags   []string // hashtags without their #
	Emojis []string
	Links  int
	Asks   bool // it holds a question mark
	Cries  bool // it holds an exclamation mark
}

// Read cuts a text into words and says what each stands for. The hint is a BCP 47
// tag, "" where the language is unknown.
func (l *Lexicon) Read(s, hint string) Text { return l.Mended(s, hint, nil) }

// Mended is Read with slips of the finger mended; a nil speller mends nothing.
func (l *Lexicon) Mended(s, hint string, speller *Speller) Text {
	tokens := Tokens(Body(s))
	t := Text{Lang: Guess(tokens, hint), Words: make([]Word, 0, len(tokens)), Asks: strings.ContainsAny(s, "?？¿"), Cries: strings.ContainsAny(s, "!！¡")}
	pause := false
	for _, tok := range tokens {
		switch tok.Kind {
		case KindStop:
			pause = true
			continue
		case KindLink:
			t.Links++
			continue
		case KindHandle:
			continue
		case KindEmoji:
			t.Emojis = append(t.Emojis, tok.Text)
			continue
		case KindTag:
			t.Tags = append(t.Tags, tok.Text)
		default:
		}
		if speller != nil && tok.Kind == KindWord {
			tok.Text = speller.Mend(tok.Text)
		}
		w := Word{Text: tok.Text, Stem: tok.Text, Kind: tok.Kind, Break: pause, Stop: tok.Kind != KindCode && isStop(tok.Text, t.Lang)}
		if tok.Kind == KindWord {
			w.Stem = speller.stem(tok.Text, t.Lang)
		}
		t.Words = append(t.Words, w)
		pause = false
	}
	l.negate(t)
	l.conceive(t)
	return t
}

// reach is how many words after a negation it still negates.
const reach = 3

// negate marks the words near a negation. In the Germanic and Romance languages
// that put it behind the verb, the word before it is negated too.
func (l *Lexicon) negate(t Text) {
	before := t.Lang == LangGerman || t.Lang == LangDutch || t.Lang == LangFrench
	left := 0
	for i := range t.Words {
		w := &t.Words[i]
		if w.Break {
			left = 0
		}
		if l.negates[t.Lang][w.Text] {
			left = reach
			if before && i > 0 && !w.Break {
				t.Words[i-1].Negated = true
			}
			if before && i > 1 && !w.Break && t.Words[i-1].Stop && !t.Words[i-1].Break {
				t.Words[i-2].Negated = true
			}
			w.Stop = true
			continue
		}
		if left > 0 {
			w.Negated = true
			if !w.Stop {
				left--
			}
		}
	}
}

// conceive names the concept of each word and phrase that the lexicon has.
func (l *Lexicon) conceive(t Text) {
	for i := 0; i < len(t.Words); {
		concept, n := l.match(t.Lang, t.Words, i)
		if n == 0 {
			i++
			continue
		}
		for k := i; k < i+n; k++ {
			t.Words[k].Concept = concept
		}
		t.Words[i].Head = true
		i += n
	}
}

// Body gives a text without what its writer did not write now: quoted lines, the
// line that announces them, what follows a signature's dashes, and a closing with
// the name below it.
func Body(s string) string {
	if !strings.Contains(s, "\n") {
		return s
	}
	var keep []string
	for line := range strings.Lines(s) {
		bare := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(bare, ">"):
			continue
		case bare == "--":
			return strings.Join(keep, "")
		case strings.HasSuffix(bare, "wrote:") || strings.HasSuffix(bare, "schrieb:") || strings.HasSuffix(bare, "a écrit :"):
			continue
		}
		keep = append(keep, line)
	}
	return strings.Join(withoutClosing(keep), "")
}

// Limits of a closing: so many lines at the end, of so many words each.
const (
	closingLines = 4
	closingWords = 4
)

// withoutClosing cuts "Best regards," and what follows, when that is short.
func withoutClosing(lines []string) []string {
	for i := max(1, len(lines)-closingLines); i < len(lines); i++ {
		words := strings.Fields(lines[i])
		if len(words) == 0 || len(words) > closingWords || !isClosing(words) {
			continue
		}
		short := true
		for _, rest := range lines[i+1:] {
			short = short && len(strings.Fields(rest)) <= closingWords
		}
		if short {
			return lines[:i]
		}
	}
	return lines
}

// isClosing tells whether a line holds nothing but stop words, as a greeting does.
func isClosing(words []string) bool {
	for _, w := range words {
		if stopLangs(fold(strings.TrimFunc(w, isPunct))) == ([9]bool{}) {
			return false
		}
	}
	return true
}
