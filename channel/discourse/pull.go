package discourse

import (
	"context"
	"slices"

	"github.com/tocsin/tocsin"
)

const (
	// pageSize is how many posts a page of a list holds at most.
	// https://docs.discourse.org/#tag/Posts/operation/listPosts
	pageSize = 50
	// firstPages is how many pages the very first poll reads at most.
	firstPages = 10
	// windows is how many pages one poll makes up of what was missed.
	windows = 10
	// narrow is the width in ids of a window that fits into a page, whatever is in
	// it, and whether or not the forum counts the bound in.
	narrow = pageSize - 1
)

// list is one of the forum's lists of posts.
type list struct {
	path    string
	private bool
}

func (f *forum) public() list  { return list{path: "/posts.json"} }
func (f *forum) private() list { return list{path: "/private-posts.json", private: true} }

// Pull reads the newest posts, and after a downtime what was missed, oldest first
// and a bounded number at once. A list that failed does not hold up what the other
// brought; it is the first at the next poll, whose error tells of it.
func (f *forum) Pull(ctx context.Context, text string) (tocsin.Batch, error) {
	at, err := readCursor(text)
	if err != nil {
		return tocsin.Batch{}, err
	}
	var b tocsin.Batch
	var failed error
	gained := false
	for n, l := range f.lists(at.PrivateFirst) {
		was := at.String()
		next, err := f.read(ctx, l, at.of(l), &b)
		if err == nil {
			at.set(l, next)
			gained = gained || at.String() != was
			continue
		}
		again, _ := tocsin.Retry(err)
		if again && n == 0 {
			return tocsin.Batch{}, err
		}
		failed, at.PrivateFirst = err, l.private
		gained, b.More = gained || again, b.More || again
	}
	if failed != nil && !gained {
		return tocsin.Batch{}, failed
	}
	b.Cursor = at.String()
	return b, nil
}

// lists are the lists to read, in their order.
func (f *forum) lists(privateFirst bool) []list {
	switch {
	case !f.Messages:
		return []list{f.public()}
	case privateFirst:
		return []list{f.private(), f.public()}
	default:
		return []list{f.public(), f.private()}
	}
}

// read brings what is new in a list into a batch, and gives where to go on.
func (f *forum) read(ctx context.Context, l list, was *position, b *tocsin.Batch) (*position, error) {
	page, err := f.page(ctx, l, 0)
	if err != nil {
		return was, err
	}
	if was == nil {
		return f.first(ctx, l, page, b)
	}
	if len(page) == 0 {
		return was, nil
	}
	empty := was.At == 0 && len(page) < pageSize // there was nothing, and this is all
	if page[0].ID > was.At+1 && !empty {         // the page does not reach down to where we were
		missed, end, err := f.catchUp(ctx, l, was.At, page[0].ID-1)
		f.take(l, missed, b)
		switch {
		case err != nil && end == was.At:
			return was, err
		case end < page[0].ID-1: // the rest, and what broke it off, at the next poll
			b.More = true
			return &position{At: end, Seen: was.Seen}, nil
		}
	}
	f.compare(l, page, was, b)
	return &position{At: max(was.At, page[len(page)-1].ID), Seen: sights(page)}, nil
}

// first reads the newest posts of all, back to the configured age.
func (f *forum) first(ctx context.Context, l list, page []post, b *tocsin.Batch) (*position, error) {
	oldest := f.now().Add(-f.Since)
	all := page
	for range firstPages - 1 {
		if len(all) == 0 || all[0].CreatedAt.Before(oldest) {
			break
		}
		older, err := f.page(ctx, l, all[0].ID)
		if err != nil {
			return nil, err
		}
		older = slices.DeleteFunc(older, func(p post) bool { return p.ID >= all[0].ID })
		if len(older) == 0 {
			break
		}
		all = slices.Concat(older, all)
	}
	f.take(l, slices.DeleteFunc(slices.Clone(all), func(p post) bool { return p.CreatedAt.Before(oldest) }), b)
	next := &position{Seen: sights(page)}
	if len(page) > 0 {
		next.At = page[len(page)-1].ID
	}
	return next, nil
}
