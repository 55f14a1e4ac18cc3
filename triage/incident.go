package triage

import (
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// incident is a problem that many people describe, while it is open.
type incident struct {
	key      string
	kind     tocsin.Kind
	tier     tocsin.Tier
	members  []*post
	people   map[uint64]bool
	centre   centre
	first    int64
	last     int64
	best     finding // the most surprising moment so far
	joinAt   float32 // cosine to the centre from which a report counts
	sureAt   float32 // from which its writer may be answered
	reviewed int     // size when the thresholds were last drawn
	changed  bool
}

// consider decides what a new post means: it belongs to an incident, it makes one
// visible, or neither.
func (e *Engine) consider(p *post, known time.Time) []Alert {
	if p.stale {
		return nil
	}
	if i := e.flood(p); i != nil {
		return e.ring(i, known)
	}
	if !p.evidence() {
		return nil
	}
	if i := e.fits(p); i != nil {
		e.join(i, p)
		return e.ring(i, known)
	}
	found := e.detect(p)
	if found.surprise < whisperAt {
		return nil
	}
	i := e.owner(found.group)
	if i == nil {
		i = e.begin(p.key, tocsin.KindIncident)
		e.open = append(e.open, i)
	}
	for _, m := range found.group {
		if m.inc == nil && !m.human {
			e.join(i, m)
		}
	}
	if found.surprise > i.best.surprise {
		i.best = found
	}
	return e.ring(i, known)
}

// Evidence that each bell asks for, as surprise (see there) and people.
const (
	whisperAt  = 4.5
	ringAt     = 8.0
	ringPeople = 6
)

func (e *Engine) begin(key string, kind tocsin.Kind) *incident {
	i := &incident{key: key, kind: kind, people: map[uint64]bool{}, joinAt: 1, sureAt: 1}
	e.byKey[key] = i
	return i
}

// join puts a post into an incident.
func (e *Engine) join(i *incident, p *post) {
	p.inc = i
	i.members = append(i.members, p)
	i.changed = true
	e.moved[p] = true
	if len(i.members) == 1 || p.at < i.first {
		i.first = p.at
	}
	i.last = max(i.last, p.at)
	if !p.evidence() && i.kind == tocsin.KindIncident {
		return
	}
	i.people[p.person] = true
	i.centre.add(p.terms, 1)
	if len(i.members) >= leastPeople && len(i.members) >= i.reviewed*3/2 {
		e.review(i)
	}
	p.sure = p.human || i.kind == tocsin.KindIncident && i.centre.cosine(p.terms) >= i.sureAt
}

// review draws the two thresholds anew: from the share of past reports that are
// as near to the incident's centre by chance.
func (e *Engine) review(i *incident) {
	i.reviewed = len(i.members)
	past := likeness{total: e.past.len()}
	e.past.near(i.centre.vector(centreTerms), e.past.first, searchBudget*4, func(_ *post, cosine float32) {
		past.cosines = append(past.cosines, float64(cosine))
	})
	slices.Sort(past.cosines)
	i.joinAt = max(.2, past.quantile(.01))
	i.sureAt = max(.3, past.quantile(.002))
	for _, m := range i.members {
		sure := m.human || i.kind == tocsin.KindIncident && i.centre.cosine(m.terms) >= i.sureAt
		if sure != m.sure {
			m.sure = sure
			e.moved[m] = true
		}
	}
}

// quantile is the cosine that no more than a share of the past reports reaches.
func (l likeness) quantile(share float64) float32 {
	n := len(l.cosines) - int(share*float64(l.total)) - 1
	if n < 0 || len(l.cosines) == 0 {
		return 0
	}
	return float32(l.cosines[n])
}

// fits finds the open incident that a post belongs to.
func (e *Engine) fits(p *post) *incident {
	var best *incident
	var top float32
	for _, i := range e.open {
		if i.kind != tocsin.KindIncident {
			continue
		}
		if c := i.centre.cosine(p.terms); c >= i.joinAt && c > top {
			best, top = i, c
		}
	}
	return best
}

// owner is the open incident that most of a group belongs to already.
func (e *Engine) owner(group []*post) *incident {
	count := map[*incident]int{}
	for _, m := range group {
		if m.inc != nil && m.inc.kind == tocsin.KindIncident && slices.Contains(e.open, m.inc) {
			count[m.inc]++
			if count[m.inc]*2 >= len(group)-1 {
				return m.inc
			}
		}
	}
	return nil
}

// ring gives the bells that an incident has earned and not had yet.
func (e *Engine) ring(i *incident, known time.Time) []Alert {
	var alerts []Alert
	if tocsin.TierWhisper.Louder(i.tier) {
		alerts = append(alerts, i.alert(tocsin.TierWhisper, known))
	}
	if i.kind == tocsin.KindIncident && len(i.people) >= ringPeople && tocsin.TierRing.Louder(i.tier) {
		if i.best.surprise = max(i.best.surprise, e.weight(i)); i.best.surprise >= ringAt {
			alerts = append(alerts, i.alert(tocsin.TierRing, known))
		}
	}
	return alerts
}

// weight is how surprising the incident's people are, over the window that shows
// them best, against the past reports that its centre would have drawn.
func (e *Engine) weight(i *incident) float64 {
	best := 0.0
	for _, w := range windows {
		n := 0
		for _, m := range i.members {
			if m.evidence() && m.at > e.now-w {
				n++
			}
		}
		total := 0
		for seq := e.recent.next; seq > e.recent.first && e.recent.at(seq-1).at > e.now-w; seq-- {
			total++
		}
		best = max(best, surprise(n, float64(total)*.01))
	}
	return best
}

func (i *incident) alert(t tocsin.Tier, known time.Time) Alert {
	i.tier, i.changed = t, true
	a := Alert{At: known, Tier: t, Kind: i.kind, Incident: i.key}
	for _, m := range i.members {
		if m.evidence() || i.kind == tocsin.KindFlood {
			a.Reports = append(a.Reports, m.external())
		}
	}
	return a
}

// rejoin puts a recalled post into the incident that it was judged into.
func (e *Engine) rejoin(p *post, key string, sure bool) {
	i := e.byKey[key]
	if i == nil {
		i = e.begin(key, tocsin.KindIncident)
		if p.reason == reasonFlood {
			i.kind = tocsin.KindFlood
		}
		i.tier = tocsin.TierWhisper
		e.open = append(e.open, i)
	}
	e.join(i, p)
	p.sure = sure
	i.changed = false
	delete(e.moved, p)
}

// named is the cluster of a key from an earlier life.
func (e *Engine) named(key string) *cluster {
	c := e.names[key]
	if c == nil {
		c = &cluster{key: key}
		e.names[key] = c
	}
	return c.root()
}
