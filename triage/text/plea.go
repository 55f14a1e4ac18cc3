package text

import "strings"

// troubles are the concepts by which people say that something is wrong.
var troubles = map[string]bool{ //nolint:gochecknoglobals // a constant table
	"broken": true, "outage": true, "slow": true, "decline": true, "receive": true, "unknown": true, "stolen": true, "blocked": true,
	"delay": true, "pending": true, "revert": true, "double": true, "wrong_amount": true, "swallow": true, "save": true, "refund": true,
	"signout": true, "queue": true, "reset": true, "cancel": true,
}

// asking are the words with which a question begins.
var asking = func() map[string]bool { //nolint:gochecknoglobals // a constant table
	m := map[string]bool{}
	for _, w := range strings.Fields(`how what why when where which who whats hows can could may do does did is are will would should am
		wie was warum wieso weshalb wann wo welche welcher kann konnen konnt gibt ist
		comment pourquoi quand ou quel quelle combien est peut puis quoi
		como que porque cuando donde cual cuanto puedo hay
		quando onde qual quanto posso tem
		come perche cosa dove quale posso
		hoe wat waarom wanneer waar welke kan kunnen is`) {
		m[w] = true
	}
	return m
}()

// Pleads tells whether a text asks for something or says that something is
// wrong: the language of problems, which praise and contests lack.
func (t Text) Pleads() bool {
	for i, w := range t.Words {
		switch {
		case w.Head && troubles[w.Concept], w.Negated && !w.Stop:
			return true
		case w.Kind == KindGlyphs:
			return true // no word lists that could tell
		case asking[w.Text] && (i == 0 || w.Break):
			return true
		case i > 0 && i < 4 && t.Words[i-1].Stop && (w.Text == "how" || w.Text == "why" || w.Text == "what" || w.Text == "where"):
			return true
		case w.Text == "i" && i+1 < len(t.Words) && needs[t.Words[i+1].Text]:
			return true
		}
	}
	return false
}

var needs = map[string]bool{"need": true, "want": true, "cant": true, "would": true, "have": true, "tried": true, "lost": true, "think": true} //nolint:gochecknoglobals // a constant table

// Enters tells whether a text takes part in a contest.
func (t Text) Enters() bool {
	for _, w := range t.Words {
		if w.Head && w.Concept == "contest" {
			return true
		}
	}
	for _, tag := range t.Tags {
		for _, name := range []string{"giveaway", "contest", "sweepstake", "competition", "gewinnspiel", "concours", "sorteo", "sorteio", "winactie"} {
			if strings.Contains(tag, name) {
				return true
			}
		}
	}
	return false
}
