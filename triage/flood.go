package triage

import "github.com/tocsin/tocsin"

// A flood is many near copies from accounts that were made for the occasion.
const (
	copyAt      = 0.75        // cosine from which one text is a near copy of another
	floodWindow = 2 * 60 * 60 // seconds
	floodPeople = 6
	floodYoung  = 0.7 // least share of young accounts
)

// flood tells whether a post is one of a wave of near copies, and gives the wave.
func (e *Engine) flood(p *post) *incident {
	if len(p.terms) == 0 {
		return nil
	}
	people, young := map[uint64]bool{p.person: true}, 0
	if p.young {
		young++
	}
	var copies []*post
	var wave *incident
	e.recent.near(p.terms, e.recent.first, searchBudget, func(q *post, cosine float32) {
		if cosine < copyAt || p.at-q.at > floodWindow {
			return
		}
		if q.inc != nil && q.inc.kind == tocsin.KindFlood {
			wave = q.inc
		}
		copies = append(copies, q)
		if !people[q.person] {
			people[q.person] = true
			if q.young {
				young++
			}
		}
	})
	if wave == nil {
		if len(people) < floodPeople || float64(young) < floodYoung*float64(len(people)) {
			return nil
		}
		wave = e.begin(p.key, tocsin.KindFlood)
		e.open = append(e.open, wave)
	}
	for _, q := range append(copies, p) {
		if q.inc == nil && !q.human {
			if q.reason == "" {
				q.reason = reasonFlood
			}
			e.join(wave, q)
		}
	}
	return wave
}
