package triage

import (
	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/text"
)

// area is a part of the service with the phrases by which users name it.
type area struct {
	name    string
	phrases [][]string // units that all occur
}

func areasOf(areas []tocsin.Area, lex *text.Lexicon) []area {
	out := make([]area, 0, len(areas))
	for _, a := range areas {
		one := area{name: a.Name}
		for _, phrase := range append([]string{a.Title, a.Name}, a.Phrases...) {
			var units []string
			for _, w := range lex.Read(phrase, "").Words {
				if !w.Stop {
					units = append(units, unit(w))
				}
			}
			if len(units) > 0 {
				one.phrases = append(one.phrases, units)
			}
		}
		out = append(out, one)
	}
	return out
}

// named tells whether a text names the area.
func (a area) named(units map[string]bool) bool {
	for _, phrase := range a.phrases {
		all := true
		for _, u := range phrase {
			all = all && units[u]
		}
		if all {
			return true
		}
	}
	return false
}

// areaOf is the area that most of an incident's reports name; "" when none does.
// Of equal ones the first listed wins.
func (e *Engine) areaOf(texts []text.Text) string {
	best, top := "", 0
	for _, a := range e.areas {
		n := 0
		for _, t := range texts {
			units := map[string]bool{}
			for _, w := range t.Words {
				units[unit(w)] = true
			}
			if a.named(units) {
				n++
			}
		}
		if n > top && n*4 >= len(texts) {
			best, top = a.name, n
		}
	}
	return best
}
