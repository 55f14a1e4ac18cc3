package bluesky

import (
	"context"
	"slices"

	"github.com/tocsin/tocsin"
)

// pageSize is how many posts one call brings at most.
// https://docs.bsky.app/docs/api/app-bsky-notification-list-notifications
// https://docs.bsky.app/docs/api/app-bsky-feed-search-posts
const pageSize = 100

// Pull gives what came since the cursor, one page of one feed at a time, so that a
// call that fails takes back nothing of those before it.
func (a *account) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	me, err := a.session.get(ctx)
	if err != nil {
		return tocsin.Batch{}, err
	}
	c := parseCursor(from)
	feed := c.turn(append([]string{notifications}, a.Terms...))
	page, back, err := a.page(ctx, feed, c.Feeds[feed].Back)
	if feed != notifications && alone(ctx, err) {
		a.log.Warn("a term could not be searched; the next round tries again", "term", feed, "error", err)
		c.Todo = c.Todo[1:]
		return tocsin.Batch{Cursor: c.String(), More: len(c.Todo) > 0}, nil
	}
	if err != nil {
		return tocsin.Batch{}, err
	}
	var batch tocsin.Batch
	for _, it := range slices.Backward(c.read(feed, page, back, a.now().Add(-a.Since))) { // oldest first
		a.take(&batch, me.DID, it)
	}
	batch.More = len(c.Todo) > 0
	batch.Cursor = c.String()
	return batch, nil
}

// alone tells whether an error may be one term's alone: then it must not keep the
// other feeds from being read.
func alone(ctx context.Context, err error) bool {
	code := tocsin.CodeOf(err)
	return err != nil && ctx.Err() == nil && code != tocsin.CodeLimited && code != tocsin.CodeUnauthorized
}

// page asks for a page of a feed, newest first, and gives the server's cursor to
// the one behind it.
func (a *account) page(ctx context.Context, feed, back string) ([]item, string, error) {
	params := map[string]any{"limit": pageSize}
	if back != "" {
		params["cursor"] = back
	}
	var out struct {
		Cursor        string `json:"cursor"`
		Notifications []item `json:"notifications"`
		Posts         []item `json:"posts"`
	}
	if feed == notifications {
		params["reasons"] = []string{"mention", "reply", "quote"}
		err := a.get(ctx, "app.bsky.notification.listNotifications", params, &out)
		return out.Notifications, out.Cursor, err
	}
	params["q"], params["sort"] = feed, "latest"
	err := a.get(ctx, "app.bsky.feed.searchPosts", params, &out)
	return out.Posts, out.Cursor, err
}
