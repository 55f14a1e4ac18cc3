package mastodon

import (
	"context"
	"slices"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

// How long and how often reports are looked at again, for edits and deletions that
// no event told.
const (
	watchMost  = 40             // reports at once; the newest
	watchFor   = 48 * time.Hour // after they were written
	lookMost   = 5              // calls at a time
	lookPause  = time.Minute
	lookWithin = 10 * time.Second
)

// watch remembers reports, to be looked at again.
func (c *cursor) watch(reports []tocsin.Report) {
	for _, r := range reports {
		id := mastodon.ID(r.ExternalID)
		if !slices.ContainsFunc(c.Watch, func(w watched) bool { return w.ID == id }) {
			c.Watch = append(c.Watch, watched{ID: id, Edited: r.At.Unix()})
		}
	}
	c.Watch = c.Watch[max(0, len(c.Watch)-watchMost):]
}

// lookAgain looks at the reports that were not looked at for longest. Servers tell
// of edits only those who follow the writer. A look that fails says nothing.
func (a *account) lookAgain(ctx context.Context, me self, c *cursor, b *tocsin.Batch) {
	now := a.now()
	if now.Sub(c.looked()) < lookPause {
		return
	}
	c.Looked = now.Unix()
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	n := min(lookMost, len(c.Watch))
	first := c.Watch[:n:n]
	c.Watch = c.Watch[n:]
	for _, w := range first {
		post, err := a.api.GetStatus(ctx, w.ID)
		switch {
		case tocsin.CodeOf(a.said(err, false)) == tocsin.CodeNotFound:
			b.Deleted = append(b.Deleted, string(w.ID))
			continue
		case err != nil:
			a.log.Debug("look again", "post", w.ID, "error", a.said(err, false))
		case now.Sub(post.CreatedAt) > watchFor:
			continue
		case !post.EditedAt.IsZero() && post.EditedAt.Unix() > w.Edited:
			w.Edited = post.EditedAt.Unix()
			b.Edits = append(b.Edits, me.report(post))
		}
		c.Watch = append(c.Watch, w)
	}
}
