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
