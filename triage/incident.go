package triage

import (
	"math"
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
	pace     minutes // its members by the minute
	topic    topic
	past     fits // how well past reports fit the topic
	fresh    int  // people who came after it was seen: nobody picked them to make it look like one
	reviewed int  // size when past was last drawn
	first    int64
	last     int64
	hot      int64   // when it was last more than the usual
	best     finding // the most convincing moment so far
	changed  bool
}

// consider decides what a new post means: it belongs to an incident, it makes one
// visible, or neither.
func (e *Engine) consider(p *post, known time.Time) []Alert {
	if p.stale {
		return nil
	}
	if i := e.flood(p); i != nil {
		return e.bells(i, known)
	}
	if !p.evidence() {
		return nil
	}
	home, sure := e.home(p)
	if home != nil && !sure {
		home = e.apart(p, home)
	}
	if home != nil {
		if !home.people[p.person] {
			home.fresh++
		}
		e.join(home, p)
		return e.bells(home, known)
	}
	if p.inc != nil { // a problem of its own inside another
		return e.bells(p.inc, known)
	}
	found := e.detect(p)
	if found.evidence < e.whisperAt+e.caution() {
		return nil
	}
	i := e.rival(found.group)
	if i == nil {
		i = e.owner(found.group)
	}
	if i == nil {
		i = e.begin(p.key, tocsin.KindIncident)
	}
	e.gather(i, found)
	return e.bells(i, known)
}

// gather puts those of a finding who are free into an incident.
func (e *Engine) gather(i *incident, found finding) {
	for _, m := range found.group {
		if m.inc == nil && !m.human {
			e.join(i, m)
		}
	}
	if found.evidence > i.best.evidence {
		i.best = found
	}
	i.hot = e.now
}

// Figures of caution.
const (
	usualRate = 20  // reports an hour at which the bells need the evidence as it is set
	slope     = 1.1 // how fast the bells grow shy as more is written: more chances, and more of them alike
	coldCost  = 8   // nats more with no past at all
	coldPosts = 50  // past reports that halve it
)

// caution is what evidence must exceed beyond what is set, in nats: the more
// reports an hour, the more chances to be fooled; and while the past is short,
// what is usual has not all been seen yet.
func (e *Engine) caution() float64 {
	return slope*math.Log(max(e.rates.mean(), 2)/usualRate) + coldCost/(1+float64(e.past.len())/coldPosts)
}

func (e *Engine) begin(key string, kind tocsin.Kind) *incident {
	i := &incident{key: key, kind: kind, people: map[uint64]bool{}, hot: e.now}
	e.byKey[key] = i
	e.open = append(e.open, i)
	return i
}

// join puts a post into an incident.
func (e *Engine) join(i *incident, p *post) {
	e.take(i, p)
	if i.kind == tocsin.KindFlood || !p.evidence() {
		return
	}
	if len(i.members) >= leastPeople && len(i.members)*3 >= i.reviewed*4 {
		e.review(i)
	} else {
		e.withTopic(&i.topic, func() { e.place(i, p) })
	}
}

// take counts a post as a member.
func (e *Engine) take(i *incident, p *post) {
	p.inc = i
	i.members = append(i.members, p)
	i.pace.add(p.at)
	i.changed = true
	e.moved[p] = true
	if len(i.members) == 1 || p.at < i.first {
		i.first = p.at
	}
	i.last = max(i.last, p.at)
	i.people[p.person] = true
	if i.kind == tocsin.KindFlood {
		i.hot = max(i.hot, p.at)
		return
	}
	if !p.evidence() {
		return
	}
	i.topic.add(p.words)
	p.told = true
}

// home finds the open incident that a post belongs to, and whether surely.
func (e *Engine) home(p *post) (best *incident, sure bool) {
	top := joinOdds
	for _, i := range e.open {
		if i.kind != tocsin.KindIncident {
			continue
		}
		e.withTopic(&i.topic, func() {
			fit := e.fit(p)
			if o := e.belongs(i, p, fit); o > top {
				best, top = i, o
				sure = e.surely(i, p, fit)
			}
		})
	}
	return best, sure
}

// owner is the open incident that most of a group belongs to already.
func (e *Engine) owner(group []*post) *incident {
	members := map[*incident]int{}
	for _, m := range group {
		if i := m.inc; i != nil && i.kind == tocsin.KindIncident && e.byKey[i.key] == i {
			members[i]++
			if members[i]*2 >= len(group)-1 {
				return i
			}
		}
	}
	return nil
}

// bells gives the bells that an incident has earned and not had yet.
func (e *Engine) bells(i *incident, known time.Time) []Alert {
	var alerts []Alert
	if tocsin.TierWhisper.Louder(i.tier) {
		alerts = append(alerts, i.alert(tocsin.TierWhisper, known))
	}
	if i.kind == tocsin.KindFlood {
		return alerts
	}
	w := e.weigh(i)
	if w >= stillHot {
		i.hot = e.now
	}
	if len(i.people) >= ringPeople && i.fresh >= ringFresh && e.lively(i) && w >= e.ringAt+e.caution() && tocsin.TierRing.Louder(i.tier) {
		alerts = append(alerts, i.alert(tocsin.TierRing, known))
	}
	return alerts
}

// lively tells whether people surely of an incident still write: a straggler
// hours later is no reason to wake anybody.
func (e *Engine) lively(i *incident) bool {
	n := 0
	for _, m := range i.members[max(0, len(i.members)-mostWeighed):] {
		n += count(m.sure && m.at > e.now-livelySpan)
	}
	return n >= ringFresh
}

const (
	livelySpan  = 45 * 60 // seconds
	stillHot    = 2.0     // evidence above which an incident is not over
	ringPeople  = 6
	ringFresh   = 2
	mostWeighed = 60 // members, the newest, that weigh looks at
)

// weigh is the evidence for an incident now, over the window that shows it best.
func (e *Engine) weigh(i *incident) float64 {
	best := math.Inf(-1)
	e.withTopic(&i.topic, func() {
		recent := i.members[max(0, len(i.members)-mostWeighed):]
		all := make([]float64, len(recent))
		for k, m := range recent {
			all[k] = odds(i.past.share(e.fit(m)))
		}
		for _, w := range windows {
			seen := map[uint64]bool{}
			var within []float64
			for k, m := range recent {
				if m.evidence() && m.at >= e.now-w && !seen[m.person] {
					seen[m.person] = true
					within = append(within, all[k])
				}
			}
			mu := float64(len(within))
			lambda := max(e.rates.expected(e.now, w), float64(e.minutes.count(e.now, w))-mu)
			if v := evidence(within, mu, lambda); v > best {
				best = v
				if v > i.best.evidence {
					i.best = finding{evidence: v, expected: lambda, window: w, group: i.best.group}
				}
			}
		}
	})
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
		kind := tocsin.KindIncident
		if p.reason == reasonFlood {
			kind = tocsin.KindFlood
		}
		i = e.begin(key, kind)
		i.tier = tocsin.TierWhisper
	}
	e.join(i, p)
	e.mark(p, sure)
	i.changed, i.hot = false, p.at
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

// gone drops the incidents that are over from those that are open.
func (e *Engine) gone(before int64) {
	e.open = slices.DeleteFunc(e.open, func(i *incident) bool {
		if i.hot >= before || i.changed && e.closed == nil {
			return false
		}
		e.settleMembers(i)
		delete(e.byKey, i.key)
		if e.closed != nil {
			e.closed(i)
		}
		return true
	})
}

// settleMembers looks a last time at who is of an incident.
func (e *Engine) settleMembers(i *incident) {
	if i.kind == tocsin.KindIncident {
		e.review(i)
		e.review(i)
	}
}
