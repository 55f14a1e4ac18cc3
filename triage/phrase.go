package triage

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

// maxRun is the most words that a phrase holds.
const maxRun = 4

// tie is a phrase that several texts share, in whatever words.
type tie struct {
	units []string       // what it stands for: stems and concepts
	texts int            // that hold it
	shown map[string]int // how it was written, and how often
}

// phrases are the runs of words that tie the texts, strongest first: written by
// many of them, and seldom otherwise. Each is shown as most people wrote it, and
// no two tell the same.
func (e *Engine) phrases(texts []text.Text) []string {
	ties := map[string]*tie{}
	for _, t := range texts {
		seen := map[string]bool{}
		for start := range t.Words {
			runs(t.Words, start, func(key string, units []string, shown string) {
				if ties[key] == nil {
					ties[key] = &tie{units: units, shown: map[string]int{}}
				}
				if !seen[key] {
					seen[key] = true
					ties[key].texts++
					ties[key].shown[shown]++
				}
			})
		}
	}
	return e.strongest(ties)
}

// runs gives each run of words that begins at start and reads as a phrase: it
// begins and ends with a word that means something.
func runs(words []text.Word, start int, give func(key string, units []string, shown string)) {
	if !means(words[start]) {
		return
	}
	var units, shown []string
	for n, w := range words[start:min(len(words), start+maxRun)] {
		if n > 0 && w.Break {
			return
		}
		shown = append(shown, written(w))
		if means(w) && !slices.Contains(units, unit(w)) {
			units = append(units, unit(w))
		}
		last := start + n
		within := last+1 < len(words) && words[last+1].Concept != "" && words[last+1].Concept == w.Concept && !words[last+1].Head
		if (means(w) || w.Concept != "") && !within {
			give(strings.Join(units, " "), slices.Clone(units), strings.Join(shown, " "))
		}
	}
}

// means tells whether a word says something by itself.
func means(w text.Word) bool {
	return w.Kind != text.KindNumber && (w.Concept != "" && w.Head || w.Concept == "" && !w.Stop)
}

func written(w text.Word) string {
	if w.Kind == text.KindCode {
		return strings.ToUpper(w.Text)
	}
	return w.Text
}

// strongest sorts the ties that two texts share at least by how many share them
// and how rare they are otherwise. A longer run says more, if nearly as many share it.
func (e *Engine) strongest(ties map[string]*tie) []string {
	type scored struct {
		*tie
		key   string
		score float64
	}
	var all []scored
	for key, t := range ties {
		if t.texts >= 2 {
			var rare float64
			for _, u := range t.units {
				rare += float64(e.rarity.idf(slotOf(u)))
			}
			all = append(all, scored{t, key, float64(t.texts) * math.Sqrt(rare)})
		}
	}
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.key, b.key)) })
	var out []string
	told := map[string]bool{}
	for _, t := range all {
		if len(out) == maxPhrases || slices.ContainsFunc(t.units, func(u string) bool { return told[u] }) {
			continue
		}
		for _, u := range t.units {
			told[u] = true
		}
		out = append(out, usual(t.shown))
	}
	return out
}

// usual is the most usual way to write something; of equals the shortest.
func usual(shown map[string]int) string {
	best := ""
	for s, n := range shown {
		if best == "" || cmp.Or(cmp.Compare(n, shown[best]), cmp.Compare(len(best), len(s)), strings.Compare(best, s)) > 0 {
			best = s
		}
	}
	return best
}

// heading names an incident by what ties its reports.
func heading(kind tocsin.Kind, phrases []string) string {
	about := strings.Join(phrases[:min(3, len(phrases))], ", ")
	if about == "" {
		return "Similar reports"
	}
	if kind == tocsin.KindFlood {
		return "Near copies: " + about
	}
	first, size := firstRune(about)
	return strings.ToUpper(first) + about[size:]
}

func firstRune(s string) (string, int) {
	for i := range s {
		if i > 0 {
			return s[:i], i
		}
	}
	return s, len(s)
}
