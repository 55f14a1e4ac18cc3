package triage

import "github.com/tocsin/tocsin"

// A flood is many near copies from accounts that were made for the occasion.
const (
	copyShare   = 0.6         // share of the words from which one text is a near copy of another
	copyWords   = 2           // fewer shared words are no copy
	floodWindow = 2 * 60 * 60 // seconds
	floodPeople = 5
	floodYoung  = 0.7 // least share of young accounts
)

// flood tells whether a post is one of a wave of near copies, and gives the wave.
func (e *Engine) flood(p *post) *incident {
	if len(p.words) < copyWords || !p.young && !p.unknown {
		return nil
	}
	people, young := map[uint64]bool{p.person: true}, count(p.young)
	var copies []*post
	var wave *incident
	for _, place := range e.words.near(p.words, e.words.first, searchBudget) {
		shared := e.words.take(place)
		if shared < max(copyWords, copyShare*float32(len(p.words))) {
			continue
		}
		q := e.words.ring[place]
		if shared < copyShare*float32(len(q.words)) || p.at-q.at > floodWindow {
			continue
		}
		if q.inc != nil && q.inc.kind == tocsin.KindFlood {
			wave = q.inc
		}
		copies = append(copies, q)
		if !people[q.person] {
			people[q.person] = true
			young += count(q.young)
		}
	}
	if wave == nil {
		if len(people) < floodPeople || float64(young) < floodYoung*float64(len(people)) {
			return nil
		}
		wave = e.begin(p.key, tocsin.KindFlood)
		e.open = append(e.open, wave)
	}
	for _, q := range append(copies, p) {
		if q.inc == nil && !q.human && !q.outdated && (q.young || q.unknown) {
			if q.reason == "" {
				q.reason = reasonFlood
			}
			e.join(wave, q)
		}
	}
	return wave
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
