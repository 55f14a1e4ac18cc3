package triage

import (
	"cmp"
	"slices"

	"github.com/tocsin/tocsin"
)

// Figures of belonging.
const (
	joinOdds   = 1.0         // odds that a report is one of the incident's, from which it counts as evidence
	sureOdds   = 5.0         // from which its writer may be answered as one of it, if the text fits as well as
	sureFit    = 3.0         // nats
	sureMore   = 5.0         // nats of evidence beyond a whisper's before anybody is surely of an incident
	lateFit    = 2.0         // nats from which an earlier report is taken in afterwards
	placedFor  = 8 * 60 * 60 // seconds for which a member's place is looked at again
	retellFrom = 5           // sure members from which they alone tell the topic
	moment     = 60 * 60     // seconds around a report in which the incident's speed is measured
)

// withTopic does something while a topic is the one that fit measures by. It does not nest.
func (e *Engine) withTopic(t *topic, do func()) {
	e.topic = e.query(t, e.topic)
	e.load(e.topic)
	do()
	e.unload(e.topic)
}

// place decides anew how surely a member belongs.
func (e *Engine) place(i *incident, p *post) {
	sure := p.human || p.evidence() && e.credible(i) && e.surely(i, p, e.fitWithout(i, p))
	if sure != p.sure {
		e.mark(p, sure)
		e.moved[p] = true
	}
}

// mark writes down whether a post surely belongs to its incident.
func (e *Engine) mark(p *post, sure bool) {
	switch {
	case sure && !p.sure:
		e.explained.add(p.at)
	case p.sure && !sure:
		e.explained.remove(p.at)
	}
	p.sure = sure
}

// surely tells whether a post that fits an incident's topic so well is one of it.
func (e *Engine) surely(i *incident, p *post, fit float64) bool {
	return fit >= sureFit && e.belongs(i, p, fit) >= sureOdds
}

// credible tells whether an incident is so well founded that people can surely be
// of it.
func (e *Engine) credible(i *incident) bool {
	return i.tier == tocsin.TierRing || i.best.evidence >= e.whisperAt+e.caution()+sureMore
}

// review draws anew how well the past fits the incident, and looks again at its
// members, and at the recent reports that did not fit it before.
func (e *Engine) review(i *incident) {
	e.retell(i)
	var late []*post
	e.withTopic(&i.topic, func() {
		e.pastFits(e.past, e.topic, &i.past)
		for _, m := range i.members {
			if m.at > e.now-placedFor {
				e.place(i, m)
			}
		}
		for _, at := range e.words.near(e.topic, e.words.first, e.budget()) {
			fit := float64(e.words.take(at) + e.words.base[at])
			if p := e.words.ring[at]; fit > lateFit && p.inc == nil && !p.human && !p.over && !p.stale && p.evidence() && e.belongs(i, p, fit) > joinOdds {
				late = append(late, p)
			}
		}
	})
	for _, p := range late {
		e.take(i, p)
	}
	e.withTopic(&i.topic, func() {
		for _, p := range late {
			e.place(i, p)
		}
	})
	i.reviewed = len(i.members)
}

// retell draws the topic anew from those who are surely of the incident, where
// there are enough of them.
func (e *Engine) retell(i *incident) {
	sure := 0
	for _, m := range i.members {
		sure += count(m.sure)
	}
	i.topic = topic{}
	for _, m := range i.members {
		m.told = m.evidence() && (m.sure || sure < retellFrom)
		if m.told {
			i.topic.add(m.words)
		}
	}
}

// belongs gives the odds that a post that fits an incident's topic so well is one
// of it: how fast the incident grew at that time beside everything else, times how
// much better it fits than the past.
func (e *Engine) belongs(i *incident, p *post, fit float64) float64 {
	q := i.past.share(fit)
	if q > atWorst {
		return 0
	}
	mu := i.pace.count(p.at+moment, 2*moment) - count(p.inc == i)
	n := e.minutes.count(p.at, moment) - mu
	lambda := max(e.rates.expected(p.at, moment), float64(n))
	return float64(mu) / (lambda + floor) * odds(q)
}

// fitWithout is how well a post fits an incident's topic as the others tell it.
func (e *Engine) fitWithout(i *incident, p *post) float64 {
	own := int32(0)
	if p.inc == i && p.told {
		own = 1
	}
	size := float64(int32(i.topic.size) - own)
	if size <= 0 {
		return 0
	}
	sum := float64(p.base())
	for _, w := range p.words {
		if at, found := slices.BinarySearchFunc(i.topic.words, w.slot, func(c wordCount, slot uint32) int { return cmp.Compare(c.slot, slot) }); found {
			sum += float64(e.rarity.gain(w.slot, float64(i.topic.words[at].count-own)/size))
		}
	}
	return sum
}
