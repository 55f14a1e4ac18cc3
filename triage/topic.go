package triage

import (
	"cmp"
	"math"
	"slices"
)

// A topic is what a few reports have in common: how many of them hold each word.
// A report's fit to it is a likelihood ratio: how much likelier are its words if
// they were drawn half from the topic, than if they were usual here.
type topic struct {
	words []wordCount // by slot
	size  int         // reports
}

type wordCount struct {
	slot  uint32
	count int32
}

const fromTopic = 0.5 // share of a report's words that its topic explains

// none is what a word adds to the logarithm when the topic does not hold it.
var none = math.Log(1 - fromTopic) //nolint:gochecknoglobals // a constant

func (t *topic) add(v vector) {
	t.size++
	for _, w := range v {
		i, found := slices.BinarySearchFunc(t.words, w.slot, func(c wordCount, slot uint32) int { return cmp.Compare(c.slot, slot) })
		if found {
			t.words[i].count++
		} else {
			t.words = slices.Insert(t.words, i, wordCount{w.slot, 1})
		}
	}
}

// gain is what a word adds to the logarithm when a share x of the topic's reports
// holds it, against a word that none holds.
func (r *rarity) gain(slot uint32, x float64) float32 {
	p := (float64(r.df[slot]) + .5) / (r.total + 1)
	return float32(math.Log1p(fromTopic / (1 - fromTopic) * x / p))
}

// query is the topic as a query of an index: each word with its gain.
func (e *Engine) query(t *topic, into vector) vector {
	into = into[:0]
	for _, w := range t.words {
		into = append(into, term{w.slot, e.rarity.gain(w.slot, float64(w.count)/float64(t.size))})
	}
	return into
}

// load makes the query the one that fit measures by. It must be unloaded.
func (e *Engine) load(query vector) {
	for _, t := range query {
		e.gains[t.slot] = t.weight
	}
}

func (e *Engine) unload(query vector) {
	for _, t := range query {
		e.gains[t.slot] = 0
	}
}

// fit is how well a post fits the loaded topic, in nats, beside how usual it is.
func (e *Engine) fit(p *post) float64 {
	var sum float32
	for _, w := range p.words {
		sum += e.gains[w.slot]
	}
	return p.fitOf(sum)
}

// fitOf makes a fit of the sum of a post's gains.
func (p *post) fitOf(gains float32) float64 {
	return float64(gains) + none*float64(len(p.words)) - float64(p.usual)
}

// fits are how well the reports of the past fit a topic: the upper end of them,
// ascending, out of so many.
type fits struct {
	upper []float64
	total int
}

// pastFits measures the past by a query. It keeps no fit below 0: no report that
// fits so badly is ever taken for one of the topic.
func (e *Engine) pastFits(past *index, query vector, into []float64) fits {
	f := fits{upper: into[:0], total: past.len()}
	past.near(query, past.first, e.budget(), func(p *post, gains float32) {
		if d := p.fitOf(gains); d > 0 {
			f.upper = append(f.upper, d)
		}
	})
	slices.Sort(f.upper)
	return f
}

// Figures of share.
const (
	beyond  = 0.3 // how fast, per nat, the share falls beyond the best fit seen
	atWorst = 0.2 // a share that is no evidence at all
)

// share is the share of past reports that fit at least so well. It is never 0:
// what was not seen in so many reports may yet be in the next.
func (f fits) share(fit float64) float64 {
	if fit <= 0 {
		return 1
	}
	i, _ := slices.BinarySearch(f.upper, fit)
	q := (float64(len(f.upper)-i) + .5) / (float64(f.total) + 1)
	if i == len(f.upper) && i > 0 {
		q *= math.Exp(-beyond * (fit - f.upper[i-1]))
	}
	return q
}

// Figures of odds: of reports about one topic, the share that looks at least so
// fitting by chance is distributed as q to the power of likeFew.
const (
	likeFew = 0.2
	maxOdds = 8000
)

// odds is how much likelier a share is for a report about the topic than for any other.
func odds(share float64) float64 {
	return min(likeFew*math.Pow(share, likeFew-1), maxOdds)
}

// temper softens likelihoods of words, which are not as independent as the sum
// of their logarithms pretends.
const temper = 0.5

// usualness is the log-likelihood of a post's words among the past reports, each
// taken as a topic of its own, against that of words drawn at random. What many
// have asked before is usual. It also gives how well the past fits the post.
func (e *Engine) usualness(p *post, into []float64) (float32, fits) {
	one := topic{}
	one.add(p.words)
	e.self = e.query(&one, e.self)
	base := none * float64(len(p.words))
	least := math.Exp(temper * base)
	f := fits{upper: into[:0], total: e.past.len()}
	sum := 1 + float64(f.total)*least
	e.past.near(e.self, e.past.first, e.budget(), func(q *post, gains float32) {
		if x := temper * (float64(gains) + base); x > -3 {
			sum += math.Exp(x) - least
		}
		if d := q.fitOf(gains); d > 0 {
			f.upper = append(f.upper, d)
		}
	})
	return float32(math.Log(sum/float64(f.total+1)) / temper), f
}
