package triage

import (
	"cmp"
	"slices"
)

// index finds the posts that share features with a vector. It holds at most cap
// posts, the newest, in a ring; a place in a list of an older one is dropped when
// the list is next walked.
type index struct {
	ring  []*post
	base  []float32 // by place, beside the posts: what a fit begins with
	next  uint32    // sequence number of the next post
	first uint32    // sequence number of the oldest that is held
	lists map[uint32]*list
	sum   []float32 // by place in the ring: similarity of the query under way
	hits  []uint32
	of    func(*post) vector // the features by which posts are found here
	order vector             // the query under way, heaviest first
}

// list is the posts that hold one feature, the oldest first.
type list struct {
	entries []entry
	head    int // before it are posts that the index has dropped
}

type entry struct {
	seq    uint32
	weight float32
}

func newIndex(capacity int, of func(*post) vector) *index {
	return &index{of: of, ring: make([]*post, capacity), base: make([]float32, capacity), lists: map[uint32]*list{}, sum: make([]float32, capacity)}
}

func (x *index) len() int { return int(x.next - x.first) }

func (x *index) at(seq uint32) *post { return x.ring[seq%uint32(len(x.ring))] }

// oldest is the post that has been held the longest; there must be one.
func (x *index) oldest() *post { return x.at(x.first) }

// each visits the posts from the newest to the oldest, until visit says false.
func (x *index) each(visit func(*post) bool) {
	for seq := x.next; seq > x.first; seq-- {
		if !visit(x.at(seq - 1)) {
			return
		}
	}
}

// back is the sequence number of the post n before the end, or of the oldest.
func (x *index) back(n int) uint32 {
	if x.len() <= n {
		return x.first
	}
	return x.next - uint32(n)
}

// drop forgets the oldest post.
func (x *index) drop() {
	p := x.at(x.first)
	x.ring[x.first%uint32(len(x.ring))] = nil
	x.first++
	for _, t := range x.of(p) {
		if l := x.lists[t.slot]; l != nil {
			l.trim(x.first)
			if l.head == len(l.entries) {
				delete(x.lists, t.slot)
			}
		}
	}
}

func (l *list) trim(first uint32) {
	for l.head < len(l.entries) && l.entries[l.head].seq < first {
		l.head++
	}
	if l.head > 64 && l.head*2 > len(l.entries) {
		l.entries, l.head = l.entries[:copy(l.entries, l.entries[l.head:])], 0
	}
}

// add takes a post in, in place of the oldest when it is full.
func (x *index) add(p *post) {
	if x.len() == len(x.ring) {
		x.drop()
	}
	for _, t := range x.of(p) {
		l := x.lists[t.slot]
		if l == nil {
			l = &list{}
			x.lists[t.slot] = l
		}
		l.entries = append(l.entries, entry{x.next, t.weight})
	}
	place := x.next % uint32(len(x.ring))
	x.ring[place] = p
	x.base[place] = p.base()
	x.next++
}

// near gives the places of the posts, of sequence number from or later, that share
// a feature with v; take gives what each shares. The order is that of first
// sharing, which depends on nothing but the posts. It looks at no more than budget
// entries, the heaviest features' first. What it gives is valid until the next call.
func (x *index) near(v vector, from uint32, budget int) []uint32 {
	x.hits = x.hits[:0]
	x.order = append(x.order[:0], v...)
	slices.SortFunc(x.order, func(a, b term) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.slot, b.slot)) })
	from = max(from, x.first)
	mask := uint32(len(x.ring) - 1)
	for _, t := range x.order {
		l := x.lists[t.slot]
		if l == nil || t.weight <= 0 {
			continue
		}
		for i := len(l.entries) - 1; i >= l.head && l.entries[i].seq >= from && budget > 0; i-- {
			budget--
			place := l.entries[i].seq & mask
			if x.sum[place] == 0 {
				x.hits = append(x.hits, place)
			}
			x.sum[place] += t.weight * l.entries[i].weight
		}
	}
	return x.hits
}

// take gives what the post at a place shares with the query, and forgets it. It
// must be called once for each place that near gave.
func (x *index) take(place uint32) float32 {
	sum := x.sum[place]
	x.sum[place] = 0
	return sum
}
