package triage

import (
	"math"
	"slices"

	"github.com/tocsin/tocsin"
)

// What makes a group a problem of its own beside an open incident, a report: it is told
// so much better, in nats, by its own words; and the mean logarithm of the odds that it is
// the incident's is not above this. Of groups of one problem nine in ten are above
// 0.4, of groups of another nine in ten below -0.5.
const (
	apartNats = 4.0
	apartOdds = -0.7
)

// apart looks whether a post that may belong to an incident is rather one of a
// second problem inside the first, among those of whom the first is not sure. It
// gives the incident to which the post goes, nil when it found a new one.
func (e *Engine) apart(p *post, home *incident) *incident {
	found := e.detect(p)
	if found.evidence < e.whisperAt+e.caution() || e.rival(found.group) != nil {
		return home
	}
	i := e.owner(found.group)
	if i == nil || i == home {
		i = e.begin(p.key, tocsin.KindIncident)
	}
	for _, m := range found.group {
		if m.inc != nil && m.inc != i && !m.human {
			e.leave(m)
		}
	}
	e.gather(i, found)
	return nil
}

// rival is the open incident that tells a group as well as the group's own words
// do, each report's by those of the others; nil when there is none.
func (e *Engine) rival(group []*post) *incident {
	all, own := topic{}, 0.0
	for _, m := range group {
		all.add(m.words)
	}
	for _, m := range group {
		rest := topic{size: all.size, words: slices.Clone(all.words)}
		rest.remove(m.words)
		e.withTopic(&rest, func() { own += e.fit(m) })
	}
	for _, i := range e.open {
		if i.kind != tocsin.KindIncident {
			continue
		}
		theirs, like := 0.0, 0.0
		for _, m := range group {
			fit := e.fitWithout(i, m)
			theirs += fit
			like += math.Log(odds(i.past.share(fit)))
		}
		if n := float64(len(group)); own-theirs < apartNats*n || like > apartOdds*n {
			return i
		}
	}
	return nil
}

// leave takes a post out of its incident.
func (e *Engine) leave(p *post) {
	i := p.inc
	e.mark(p, false)
	p.inc = nil
	i.pace.remove(p.at)
	if at := slices.Index(i.members, p); at >= 0 {
		i.members = slices.Delete(i.members, at, at+1)
		if p.told {
			i.topic.remove(p.words)
			p.told = false
		}
		if !slices.ContainsFunc(i.members, func(m *post) bool { return m.person == p.person }) {
			delete(i.people, p.person)
		}
	}
	i.changed = true
	e.moved[p] = true
}
