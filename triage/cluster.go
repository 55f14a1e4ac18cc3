package triage

import (
	"cmp"
	"math"
	"slices"
)

// cluster is a set of reports that describe the same thing. A cluster that turned
// out the same as another points to it, and goes by its key.
type cluster struct {
	key    string
	size   int
	looked int      // size when its like was last sought
	into   *cluster // what it was merged into
	centre centre

	counted bool // by a replay
}

// root is the cluster that this one is part of by now.
func (c *cluster) root() *cluster {
	for c.into != nil {
		if c.into.into != nil {
			c.into = c.into.into
		}
		c = c.into
	}
	return c
}

// centre is the sum of vectors.
type centre struct {
	sum   map[uint32]float32
	norm2 float64
}

func (c *centre) add(v vector, factor float32) {
	if c.sum == nil {
		c.sum = make(map[uint32]float32, len(v))
	}
	for _, t := range v {
		old := c.sum[t.slot]
		now := old + factor*t.weight
		c.sum[t.slot] = now
		c.norm2 += float64(now)*float64(now) - float64(old)*float64(old)
	}
}

// cosine of a vector of length 1 to the centre.
func (c *centre) cosine(v vector) float32 {
	if c.norm2 <= 0 {
		return 0
	}
	var dot float32
	for _, t := range v {
		dot += t.weight * c.sum[t.slot]
	}
	return dot / float32(math.Sqrt(c.norm2))
}

// all gives every feature, by slot: in the same order in every run.
func (c *centre) all() vector {
	v := make(vector, 0, len(c.sum))
	for slot, w := range c.sum {
		v = append(v, term{slot, w})
	}
	slices.SortFunc(v, func(a, b term) int { return cmp.Compare(a.slot, b.slot) })
	return v
}

// vector gives the heaviest n features, of length 1.
func (c *centre) vector(n int) vector {
	v := c.all()
	if len(v) > n {
		slices.SortStableFunc(v, func(a, b term) int { return cmp.Compare(b.weight, a.weight) })
		v = v[:n]
		slices.SortFunc(v, func(a, b term) int { return cmp.Compare(a.slot, b.slot) })
	}
	v.normalise()
	return v
}

// How alike is alike: a report joins a cluster when the mean of its cosines to its
// nearest report and to that report's cluster reaches joinAt; two clusters are the
// same when their centres' cosine reaches mergeAt.
const (
	joinAt      = 0.20
	mergeAt     = 0.20
	lookBack    = 512 // posts among which the nearest is sought
	centreTerms = 256 // features by which two centres are compared
)

// settle puts a post into a cluster, or founds one.
func (e *Engine) settle(p *post, forced string) {
	if forced != "" {
		p.cluster = e.named(forced)
	} else if c := e.nearest(p); c != nil {
		p.cluster = c
	} else {
		p.cluster = &cluster{key: p.key}
	}
	c := p.cluster
	c.centre.add(p.terms, 1)
	c.size++
	if c.size >= 2*c.looked {
		e.unite(c)
		c.looked = c.size
	}
}

// nearest finds the cluster that a post belongs to; nil when none is near enough.
func (e *Engine) nearest(p *post) *cluster {
	clear(e.likes)
	for _, place := range e.recent.near(p.terms, e.recent.back(lookBack), searchBudget) {
		cosine := e.recent.take(place)
		c := e.recent.ring[place].cluster.root()
		if cosine > e.likes[c] {
			e.likes[c] = cosine
		}
	}
	var best *cluster
	var top float32
	for c, cosine := range e.likes {
		if cosine < joinAt/2 {
			continue
		}
		like := (cosine + c.centre.cosine(p.terms)) / 2
		if like > top || like == top && best != nil && c.key < best.key {
			best, top = c, like
		}
	}
	if top < joinAt {
		return nil
	}
	return best
}

// unite merges into c every cluster of recent posts whose centre is near c's.
func (e *Engine) unite(c *cluster) {
	v := c.centre.vector(centreTerms)
	seen := map[*cluster]bool{c: true}
	var same []*cluster
	for _, place := range e.recent.near(v, e.recent.back(lookBack), searchBudget) {
		e.recent.take(place)
		o := e.recent.ring[place].cluster.root()
		if seen[o] {
			continue
		}
		seen[o] = true
		if o.centre.cosine(v) >= mergeAt {
			same = append(same, o)
		}
	}
	for _, o := range same {
		o.into = c
		c.size += o.size
		c.centre.add(o.centre.all(), 1)
		o.centre = centre{}
		if o.key < c.key {
			c.key, o.key = o.key, c.key
		}
	}
}
