package discourse

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/tocsin/tocsin"
)

// page reads the newest posts of a list whose ids are below before (0: the newest
// of all), and gives them with the lowest id first.
func (f *forum) page(ctx context.Context, l list, before int64) ([]post, error) {
	path := l.path
	if before > 0 {
		path = fmt.Sprintf("%s?before=%d", path, before)
	}
	var answer struct {
		Latest  []post `json:"latest_posts"`
		Private []post `json:"private_posts"`
	}
	if err := f.budget.read(ctx); err != nil {
		return nil, err
	}
	if _, err := f.call(ctx, http.MethodGet, path, nil, &answer); err != nil {
		return nil, err
	}
	posts := slices.Concat(answer.Latest, answer.Private)
	slices.SortFunc(posts, func(a, b post) int { return cmp.Compare(a.ID, b.ID) })
	return posts, nil
}

// catchUp reads what was written with ids above from, up to and with to, in
// ascending order, and gives how far it came. It goes by windows of ids, so that
// none can hide behind a full page: a wider window than a page counts only when its
// page reaches down to where the window begins.
func (f *forum) catchUp(ctx context.Context, l list, from, to int64) (missed []post, at int64, err error) {
	at = from
	width := int64(narrow)
	for n := 0; n < windows && at < to; n++ {
		end := min(to, at+width)
		page, err := f.page(ctx, l, end+1)
		if err != nil {
			return missed, at, err
		}
		if width > narrow && len(page) > 0 && page[0].ID > at {
			width = narrow
			continue
		}
		fresh := slices.DeleteFunc(page, func(p post) bool { return p.ID <= at || p.ID > end })
		missed = append(missed, fresh...)
		at = end
		if width *= 2; len(fresh) > pageSize/4 {
			width = narrow
		}
	}
	return missed, at, nil
}

// take makes reports of those posts that are wanted and to be seen.
func (f *forum) take(l list, posts []post, b *tocsin.Batch) {
	for i := range posts {
		if p := &posts[i]; f.wanted(p, l.private) && p.version() != gone {
			b.Reports = append(b.Reports, f.report(p, posts))
		}
	}
}

// compare holds the newest page against what was seen at the last poll: it finds
// what is new, changed and gone.
func (f *forum) compare(l list, page []post, was *position, b *tocsin.Batch) {
	there := map[int64]bool{}
	for i := range page {
		p := &page[i]
		there[p.ID] = true
		old, seen := was.find(p.ID)
		switch {
		case p.ID > was.At, !seen && p.ID > was.since():
			if f.wanted(p, l.private) && p.version() != gone {
				b.Reports = append(b.Reports, f.report(p, page))
			}
		case !seen || old.Version == p.version():
		case p.version() == gone:
			b.Deleted = append(b.Deleted, externalID(p.ID))
		case f.wanted(p, l.private):
			now := f.report(p, page)
			b.Edits = append(b.Edits, now)
			if old.Version == gone { // it may never have been brought
				b.Reports = append(b.Reports, now)
			}
		}
	}
	for _, s := range was.Seen {
		if s.ID >= page[0].ID && !there[s.ID] {
			b.Deleted = append(b.Deleted, externalID(s.ID))
		}
	}
}
