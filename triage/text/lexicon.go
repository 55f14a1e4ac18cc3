package text

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"strings"
)

//go:embed concepts.txt
var concepts string

// Lexicon knows which words and phrases stand for one concept, and which negate.
// It does not change once it is made, so that any number of readers may share it.
type Lexicon struct {
	phrases map[Lang]map[string][]phrase // by the first word's stem
	negates map[Lang]map[string]bool     // by folded word
}

type phrase struct {
	words   []string // stems; "_" is any one word
	negated bool     // counts only near a negation
	concept string
}

// notConcept is the reserved name under which a lexicon lists negating words.
const notConcept = "not"

// NewLexicon makes the lexicon that comes with the program.
func NewLexicon() *Lexicon {
	l := &Lexicon{phrases: map[Lang]map[string][]phrase{}, negates: map[Lang]map[string]bool{}}
	if err := l.Extend(strings.NewReader(concepts)); err != nil {
		panic("text: the embedded lexicon: " + err.Error()) // a fault of the build; a test loads it
	}
	return l
}

// Extend adds concepts in the format of the embedded file concepts.txt. Its error names the
// line. It must not be called once the lexicon is in use.
func (l *Lexicon) Extend(r io.Reader) error {
	lang := LangEnglish
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			lang = Lang(strings.Trim(line, "[]"))
		default:
			name, list, ok := strings.Cut(line, ":")
			if !ok {
				return fmt.Errorf("line %d: write it as concept: phrase, phrase", n)
			}
			l.add(lang, strings.TrimSpace(name), list)
		}
	}
	return lines.Err()
}

func (l *Lexicon) add(lang Lang, concept, list string) {
	if l.phrases[lang] == nil {
		l.phrases[lang], l.negates[lang] = map[string][]phrase{}, map[string]bool{}
	}
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		p := phrase{concept: concept, negated: strings.HasPrefix(item, "!")}
		for _, t := range Tokens(strings.TrimPrefix(item, "!")) {
			p.words = append(p.words, Stem(t.Text, lang))
		}
		for i, w := range strings.Fields(item) {
			if w == "_" { // the tokeniser drops it
				p.words = append(p.words[:i], append([]string{"_"}, p.words[i:]...)...)
			}
		}
		switch {
		case len(p.words) == 0:
		case concept == notConcept && len(p.words) == 1:
			l.negates[lang][fold(item)] = true
		case concept == notConcept:
		default:
			l.phrases[lang][p.words[0]] = append(l.phrases[lang][p.words[0]], p)
		}
	}
}

// match finds the longest phrase that begins at i. It gives the length 0 for none.
func (l *Lexicon) match(lang Lang, words []Word, i int) (concept string, length int) {
	for _, p := range l.phrases[lang][words[i].Stem] {
		if len(p.words) > length && i+len(p.words) <= len(words) && (!p.negated || words[i].Negated) && p.fits(words[i:]) {
			concept, length = p.concept, len(p.words)
		}
	}
	return concept, length
}

func (p phrase) fits(words []Word) bool {
	for k, w := range p.words {
		if k > 0 && (words[k].Break || w != "_" && words[k].Stem != w) {
			return false
		}
	}
	return true
}
