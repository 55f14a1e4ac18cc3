package triage

import (
	"cmp"
	"slices"
	"sort"
)

// windows are the spans, in seconds, over which people are counted at once: a
// sharp burst shows in the first, a slow one in the last.
var windows = [...]int64{10 * 60, 20 * 60, 40 * 60, 80 * 60, 160 * 60, 240 * 60} //nolint:gochecknoglobals // a constant table

const (
	longest      = 240 * 60 // seconds: the last of windows
	searchBudget = 6000     // places of an index that one query may look at
	leastAlike   = 0.06     // cosine below which two reports say nothing about each other
	leastPeople  = 3        // fewer people are no incident, however alike
)

// finding is what the neighbours of a report show: people who write alike, in a
// span of time, against how many were to be expected.
type finding struct {
	group    []*post
	surprise float64
	expected float64
	people   int
	window   int64
}

type neighbour struct {
	p      *post
	cosine float32
	age    int64
}

// detect counts the distinct people who lately wrote like x, at every degree of
// likeness and over every window, against the share of past reports that are as
// much like x. It gives the least likely combination.
func (e *Engine) detect(x *post) finding {
	near := e.neighbours(x)
	if len(near) < leastPeople-1 {
		return finding{}
	}
	past := e.likenesses(x)
	best := finding{}
	for _, w := range windows {
		total := float64(e.countWithin(x, w))
		k := 0
		for i, n := range near {
			if n.age > w {
				continue
			}
			k++
			if k < leastPeople-1 || i+1 < len(near) && near[i+1].cosine == n.cosine && near[i+1].age <= w {
				continue
			}
			expected := total * past.share(n.cosine)
			if s := surprise(k, expected); s > best.surprise {
				best = finding{surprise: s, expected: expected, people: k + 1, window: w}
				best.group = append(best.group, x)
				for _, m := range near[:i+1] {
					if m.age <= w {
						best.group = append(best.group, m.p)
					}
				}
			}
		}
	}
	return best
}

// neighbours are the recent reports like x, one for each other person, the most
// alike first.
func (e *Engine) neighbours(x *post) []neighbour {
	byPerson := map[uint64]int{x.person: -1}
	near := e.scratch[:0]
	e.recent.near(x.terms, e.recent.first, searchBudget, func(p *post, cosine float32) {
		age := max(x.at-p.at, p.at-x.at)
		if cosine < leastAlike || age > longest || !p.evidence() || p.stale {
			return
		}
		i, ok := byPerson[p.person]
		switch {
		case !ok:
			byPerson[p.person] = len(near)
			near = append(near, neighbour{p, cosine, age})
		case i >= 0 && cosine > near[i].cosine:
			near[i] = neighbour{p, cosine, age}
		}
	})
	slices.SortFunc(near, func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.cosine, a.cosine), cmp.Compare(a.p.key, b.p.key))
	})
	e.scratch = near
	return near
}

// likeness is how like the past reports are to one report.
type likeness struct {
	cosines []float64 // ascending
	total   int
}

func (e *Engine) likenesses(x *post) likeness {
	l := likeness{total: e.past.len()}
	e.past.near(x.terms, e.past.first, searchBudget, func(_ *post, cosine float32) {
		if cosine >= leastAlike {
			l.cosines = append(l.cosines, float64(cosine))
		}
	})
	sort.Float64s(l.cosines)
	return l
}

// share is the share of past reports at least so alike. It is never 0: what was
// not seen in so many reports may yet be in the next.
func (l likeness) share(cosine float32) float64 {
	i := sort.SearchFloat64s(l.cosines, float64(cosine))
	return (float64(len(l.cosines)-i) + .5) / (float64(l.total) + 1)
}

// countWithin counts the recent reports within a window of x that are evidence.
func (e *Engine) countWithin(x *post, window int64) int {
	n := 0
	for seq := e.recent.next; seq > e.recent.first; seq-- {
		p := e.recent.at(seq - 1)
		if x.at-p.at > window {
			break
		}
		if p.evidence() {
			n++
		}
	}
	return n
}
