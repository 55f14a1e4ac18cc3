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
	next  uint32 // sequence number of the next post
	first uint32 // sequence number of the oldest that is held
	lists map[uint32]*list
	sum   []float32 // by place in the ring: similarity of the query under way
	hits  []uint32
	of    func(*post) vector // the features by which posts are found here
	order vector             // the query under way, heaviest first
}

type list struct {
	seq    []uint32
	weight []float32
	head   int
}

func newIndex(capacity int, of func(*post) vector) *index {
	return &index{of: of, ring: make([]*post, capacity), lists: map[uint32]*list{}, sum: make([]float32, capacity)}
}

func (x *index) len() int { return int(x.next - x.first) }

func (x *index) at(seq uint32) *post { return x.ring[seq%uint32(len(x.ring))] }

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
			if l.head == len(l.seq) {
				delete(x.lists, t.slot)
			}
		}
	}
}

func (l *list) trim(first uint32) {
	for l.head < len(l.seq) && l.seq[l.head] < first {
		l.head++
	}
	if l.head > 64 && l.head*2 > len(l.seq) {
		n := copy(l.seq, l.seq[l.head:])
		copy(l.weight, l.weight[l.head:])
		l.seq, l.weight, l.head = l.seq[:n], l.weight[:n], 0
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
		l.seq = append(l.seq, x.next)
		l.weight = append(l.weight, t.weight)
	}
	x.ring[x.next%uint32(len(x.ring))] = p
	x.next++
}

// near calls visit for each post of sequence number from or later that shares a
// feature with v, with their cosine. The order is that of first sharing, which
// depends on nothing but the posts. It looks at no more than budget places,
// the rarest features' first.
func (x *index) near(v vector, from uint32, budget int, visit func(p *post, cosine float32)) {
	x.hits = x.hits[:0]
	size := uint32(len(x.ring))
	x.order = append(x.order[:0], v...)
	slices.SortFunc(x.order, func(a, b term) int { return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.slot, b.slot)) })
	for _, t := range x.order {
		l := x.lists[t.slot]
		if l == nil {
			continue
		}
		for i := len(l.seq) - 1; i >= l.head && l.seq[i] >= max(from, x.first); i-- {
			if budget--; budget < 0 {
				break
			}
			place := l.seq[i] % size
			if x.sum[place] == 0 {
				x.hits = append(x.hits, l.seq[i])
			}
			x.sum[place] += t.weight * l.weight[i]
		}
	}
	for _, seq := range x.hits {
		place := seq % size
		visit(x.ring[place], x.sum[place])
		x.sum[place] = 0
	}
}
