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
const none = -math.Ln2 // math.Log(1 - fromTopic)

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

// remove takes a vector out that was added.
func (t *topic) remove(v vector) {
	t.size--
	for _, w := range v {
		if i, found := slices.BinarySearchFunc(t.words, w.slot, func(c wordCount, slot uint32) int { return cmp.Compare(c.slot, slot) }); found {
			if t.words[i].count--; t.words[i].count == 0 {
				t.words = slices.Delete(t.words, i, i+1)
			}
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
	return float64(sum + p.base())
}

// base is the fit of a post of whose words a topic holds none.
func (p *post) base() float32 { return none*float32(len(p.words)) - p.usual }

// fits are how well the reports of the past fit a topic, as a histogram.
type fits struct {
	tail  [fitSteps + 1]int32 // by step: how many fit at least so well
	best  float32
	total int
}

// Figures of fits.
const (
	fitSteps = 320
	perNat   = 8   // steps of the histogram in a nat
	beyond   = 0.3 // how fast, per nat, the share falls beyond the best fit seen
	atWorst  = 0.2 // a share that is no evidence at all
)

func (f *fits) begin(total int) { *f = fits{total: total} }

// add counts a fit. None below 0 is counted: no report that fits so badly is
// ever taken for one of the topic.
func (f *fits) add(fit float32) {
	if fit > 0 {
		f.tail[min(int(fit*perNat), fitSteps-1)]++
		f.best = max(f.best, fit)
	}
}

// end makes the histogram one of how many fit at least so well.
func (f *fits) end() {
	for i := fitSteps - 1; i >= 0; i-- {
		f.tail[i] += f.tail[i+1]
	}
}

// share is the share of past reports that fit at least so well. It is never 0:
// what was not seen in so many reports may yet be in the next.
func (f *fits) share(fit float64) float64 {
	if fit <= 0 {
		return 1
	}
	at := min(fit*perNat, fitSteps-1)
	i := int(at)
	above, here := float64(f.tail[i+1]), float64(f.tail[i]-f.tail[i+1])
	q := (above + here*(1-(at-float64(i))) + .5) / (float64(f.total) + 1)
	if fit > float64(f.best) {
		q = .5 / (float64(f.total) + 1) * math.Exp(-beyond*(fit-float64(f.best)))
	}
	return q
}

// pastFits measures the past by a query.
func (e *Engine) pastFits(past *index, query vector, f *fits) {
	f.begin(past.len())
	for _, place := range past.near(query, past.first, e.budget()) {
		f.add(past.take(place) + past.base[place])
	}
	f.end()
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
// have asked before is usual. It also measures the past by the post, into e.alone.
func (e *Engine) usualness(p *post) float32 {
	one := topic{}
	one.add(p.words)
	e.self = e.query(&one, e.self)
	base := none * float32(len(p.words))
	least := e.exp.of(temper * base)
	e.alone.begin(e.past.len())
	sum := 1 + float64(e.past.len())*float64(least)
	for _, place := range e.past.near(e.self, e.past.first, e.budget()) {
		gains := e.past.take(place)
		sum += float64(e.exp.of(temper*(gains+base)) - least)
		e.alone.add(gains + e.past.base[place])
	}
	e.alone.end()
	return float32(math.Log(sum/float64(e.past.len()+1)) / temper)
}

// expTable is the exponential function, to about one part in a hundred: what it
// is used for is no more exact than that, and it is asked a thousand times a report.
type expTable [40 * expSteps]float32

const (
	expLeast = -12
	expSteps = 64
)

func newExpTable() *expTable {
	var t expTable
	for i := range t {
		t[i] = float32(math.Exp((float64(i)+.5)/expSteps + expLeast))
	}
	return &t
}

func (t *expTable) of(x float32) float32 {
	return t[min(max(int((x-expLeast)*expSteps), 0), len(t)-1)]
}
