package x

import (
	"context"
	"slices"
	"time"

	"github.com/dghubble/go-twitter/twitter"
)

// lookAgain looks once an hour at the reports of the past day: some were deleted
// since and must not be quoted any more, some were changed. It is given up before
// mentions are, and when it fails it waits for the next hour.
func (a *account) lookAgain(ctx context.Context, c *cursor, b *incoming) {
	c.remember(b.now)
	last := time.Unix(c.Looked, 0)
	if !a.LookAgain || a.thrifty() || b.now.Before(a.paused[lookupName]) || b.now.Sub(last) < lookEvery {
		return
	}
	if c.Looked == 0 || len(c.Recent) == 0 {
		if len(c.Recent) > 0 {
			c.Looked = b.now.Unix() // the first hour begins
		}
		return
	}
	tweets, resp, err := a.wire.twitter(ctx).Statuses.Lookup(c.Recent, nil)
	if err != nil {
		a.paused[lookupName] = b.now.Add(lookEvery)
		a.log.Warn("look again failed", "error", a.wire.fault(resp, err))
		return
	}
	c.Looked = b.now.Unix()
	for i := range tweets {
		t := &tweets[i]
		if gone, _ := t.Scopes[scopeGone].(bool); gone {
			b.Deleted = append(b.Deleted, t.IDStr)
			c.Recent = slices.DeleteFunc(c.Recent, func(id int64) bool { return id == t.ID })
		} else if changedSince(t, last) {
			if reason, _ := b.refuse(t); reason == "" {
				b.Edits = append(b.Edits, b.report(t))
			}
		}
	}
}

// changedSince tells whether a post has a version that is newer than a moment.
func changedSince(t *twitter.Tweet, last time.Time) bool {
	ids := versions(t)
	return len(ids) > 1 && timeOf(number(ids[len(ids)-1])).After(last)
}
