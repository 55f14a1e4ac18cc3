package triage

import (
	"cmp"
	"math"
	"slices"
)

// windows are the spans, in seconds, over which people are counted at once: a
// sharp burst shows in the first, a slow one in the last.
var windows = [...]int64{5 * 60, 10 * 60, 20 * 60, 40 * 60, 80 * 60, 160 * 60, 240 * 60} //nolint:gochecknoglobals // a constant table

const (
	longest     = 240 * 60 // seconds: the last of windows
	leastPeople = 3        // fewer people are no incident, however alike
	mostPeople  = 12       // a group need not grow further to be seen
	candidates  = 48       // neighbours that may join a group
	floor       = 0.3      // reports that are always to be expected: nothing is ever sure
)

// finding is a group of reports of different people about one thing, with the
// evidence that it is no chance.
type finding struct {
	group    []*post
	evidence float64 // nats: logarithm of the likelihood ratio
	expected float64 // reports about anything in the window
	window   int64   // seconds
}

type neighbour struct {
	p     *post
	fit   float64 // to the one new report
	share float64
	odds  float64
	age   int64
	used  bool
}

// detect looks for a group around a new post: first by its neighbours alone, which
// is cheap; where these promise something, by growing a topic from it.
func (e *Engine) detect(x *post) finding {
	near := e.neighbours(x)
	if len(near) < leastPeople-1 {
		return finding{}
	}
	for i := range near {
		near[i].share = e.alone.share(near[i].fit)
		near[i].odds = odds(near[i].share)
	}
	best := finding{}
	for _, v := range e.views(x, near) {
		if f := e.grow(x, near, v); f.evidence > best.evidence && !e.hollow(f.group) {
			best = f
		}
	}
	return best
}

// view is one window with what is to be expected in it.
type view struct {
	window  int64
	lambda  float64 // reports of evidence that are usual in it
	n       float64 // that were there
	promise float64 // evidence of the nearest neighbours alone
}

// Growing a group costs much, so it is tried in few windows, and only where the
// neighbours alone promise something.
const (
	views      = 2
	leastHopes = 1.0
)

// views are the most promising windows.
func (e *Engine) views(x *post, near []neighbour) []view {
	all := e.viewed[:0]
	for _, w := range windows {
		v := view{window: w, lambda: e.rates.expected(x.at, w), n: max(1, float64(e.minutes.count(x.at, w)+1)-float64(e.explained.count(x.at, w)))}
		v.promise = e.promise(near, w, max(v.lambda, v.n/2))
		if v.promise > leastHopes {
			all = append(all, v)
		}
	}
	e.viewed = all
	slices.SortStableFunc(all, func(a, b view) int { return cmp.Compare(b.promise, a.promise) })
	return all[:min(len(all), views)]
}

// evidence is the logarithm of the likelihood of seeing reports with these odds,
// if mu of them were of one topic, beside lambda of anything.
func evidence(odds []float64, mu, lambda float64) float64 {
	sum := -mu
	for _, o := range odds {
		sum += math.Log1p(mu / (lambda + floor) * o)
	}
	return sum
}

// levels are the shares at which reports are counted as either alike or not.
var levels = [...]float64{.01, .02, .04, .07, .1, .15} //nolint:gochecknoglobals // a constant table

// levelCost is what a count at the best of the levels must exceed, in nats: any
// of many levels could have been it.
const levelCost = 4.0

// counted is the evidence of how many reports are alike at the level that shows
// it best, whatever is beyond. It is strong where many ask much the same, and
// none of them is very near to another.
func counted(shares []float64, lambda float64) float64 {
	best := 0.0
	for _, level := range levels {
		k := 0.0
		for _, q := range shares {
			if q <= level {
				k++
			}
		}
		if k >= leastPeople-1 {
			best = max(best, k*math.Log1p(k/((lambda+floor)*level))-k-levelCost)
		}
	}
	return best
}

// promise is the evidence of the nearest neighbours within a window.
func (e *Engine) promise(near []neighbour, window int64, lambda float64) float64 {
	all, shares := e.odds[:0], e.shares[:0]
	best := math.Inf(-1)
	for i := range near {
		if near[i].age > window {
			continue
		}
		all, shares = append(all, near[i].odds), append(shares, near[i].share)
		best = max(best, evidence(all, float64(len(all)), lambda))
		if len(all) == 6 {
			break
		}
	}
	e.odds, e.shares = all, shares
	return max(best, counted(shares, lambda))
}

// grow begins with one post and adds, one at a time, the post that fits best to
// those it has, as long as there is one that does not fit by mere chance. It
// gives the group at its most convincing size.
func (e *Engine) grow(x *post, near []neighbour, v view) finding {
	t, past := &topic{}, &e.alone
	t.add(x.words)
	for i := range near {
		near[i].used = near[i].age > v.window
	}
	best := finding{window: v.window, expected: v.lambda}
	group, all, shares := []*post{x}, []float64{}, []float64{}
	for len(group) < mostPeople {
		e.topic = e.query(t, e.topic)
		e.load(e.topic)
		next, top := e.fittest(near)
		e.unload(e.topic)
		if next == nil {
			break
		}
		if t.size == 2 || t.size == 3 || t.size == 5 || t.size == 8 {
			past = &e.sampled
			e.pastFits(e.sample, e.topic, past)
		}
		q := past.share(top)
		if q > atWorst {
			break
		}
		next.used = true
		group, all, shares = append(group, next.p), append(all, odds(q)), append(shares, q)
		t.add(next.p.words)
		k := float64(len(group))
		lambda := max(v.lambda, v.n-k)
		if sum := max(evidence(all, k-1, lambda), counted(shares, lambda)); len(group) >= leastPeople && sum > best.evidence {
			best.evidence, best.group = sum, group
		}
	}
	best.group = slices.Clone(best.group)
	return best
}

// fittest is the unused neighbour that fits the loaded topic best.
func (e *Engine) fittest(near []neighbour) (*neighbour, float64) {
	var best *neighbour
	var top float64
	for i := range near {
		if near[i].used {
			continue
		}
		if d := e.fit(near[i].p); d > top {
			best, top = &near[i], d
		}
	}
	return best, top
}

// neighbours are the recent reports that fit a new one best, one for each other
// person, the best first. Who is surely of an incident is left out: what does not
// fit that one is watched as if it were alone.
func (e *Engine) neighbours(x *post) []neighbour {
	least := e.measure()
	near := e.near[:0]
	for _, m := range e.measured {
		if m.fit < least {
			continue
		}
		p := e.words.ring[m.place]
		age := max(x.at-p.at, p.at-x.at)
		if age <= longest && p.evidence() && !p.stale && p.person != x.person && !p.sure {
			near = append(near, neighbour{p: p, fit: float64(m.fit), age: age})
		}
	}
	e.near = near
	slices.SortFunc(near, func(a, b neighbour) int {
		return cmp.Or(cmp.Compare(b.fit, a.fit), cmp.Compare(b.p.at, a.p.at), cmp.Compare(a.p.key, b.p.key))
	})
	clear(e.people)
	near = slices.DeleteFunc(near, func(n neighbour) bool {
		twice := e.people[n.p.person]
		e.people[n.p.person] = true
		return twice
	})
	return near[:min(len(near), candidates)]
}

// measured is how well a recent post fits the newest one.
type measured struct {
	place uint32
	fit   float32
}

// measure fits the recent posts to the newest one, into e.measured, and gives the
// fit that the best of them reach: there may be thousands, and few are needed.
func (e *Engine) measure() float32 {
	e.measured = e.measured[:0]
	var steps [fitSteps]int32
	for _, place := range e.words.near(e.self, e.words.first, e.budget()) {
		if fit := e.words.take(place) + e.words.base[place]; fit > 0 {
			e.measured = append(e.measured, measured{place, fit})
			steps[min(int(fit*perNat), fitSteps-1)]++
		}
	}
	enough := int32(4 * candidates)
	for i := fitSteps - 1; i > 0; i-- {
		if enough -= steps[i]; enough <= 0 {
			return float32(i) / perNat
		}
	}
	return 0
}

// Figures of hollow.
const (
	pleading   = 0.6     // least share of a group that asks or complains
	glad       = -3.0    // mean log-odds of praise above which not to ask is to be glad
	noiseSpan  = 60 * 60 // seconds in which noise of the same kind is looked for
	noiseShare = 0.5     // as much noise as this beside a group makes it noise
)

// hollow tells whether a group is no problem of many: few of it ask or complain
// and they sound glad or share a hashtag; their accounts were made for it; or as
// many again who write the same are noise.
func (e *Engine) hollow(group []*post) bool {
	pleads, young, praise, t := 0, 0, 0.0, &topic{}
	tagged := 0
	for _, p := range group {
		praise += float64(p.praise)
		tagged += count(p.tag != 0 && p.tag == group[0].tag)
		pleads += count(p.pleads)
		young += count(p.young)
		t.add(p.words)
	}
	size := float64(len(group))
	if float64(pleads) < pleading*size && (praise > glad*size || 2*tagged > len(group)) || 2*young > len(group) {
		return true
	}
	e.topic = e.query(t, e.topic)
	e.load(e.topic)
	defer e.unload(e.topic)
	least := math.Inf(1)
	for _, p := range group {
		least = min(least, e.fit(p))
	}
	clear(e.people)
	e.words.each(func(p *post) bool {
		if !p.evidence() && e.fit(p) >= least {
			e.people[p.person] = true
		}
		return group[0].at-p.at <= noiseSpan
	})
	return float64(len(e.people)) >= noiseShare*size
}
