package mastodon

import (
	"context"
	"slices"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

// How many posts one call brings at most.
// https://docs.joinmastodon.org/methods/notifications/#get
// https://docs.joinmastodon.org/methods/timelines/#tag
const (
	mentionsPage = 80
	hashtagPage  = 40
)

// notOurs are the notifications that are no post to us.
// https://docs.joinmastodon.org/entities/Notification/#type
func notOurs() []string {
	return []string{
		"status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "admin.sign_up", "admin.report",
		"severed_relationships", "moderation_warning", "quoted_update",
	}
}

// written tells whether a notification is of somebody's words to us.
func written(kind string) bool { return kind == "mention" || kind == "quote" }

// item is a post in a feed, with the id by which the feed is paged.
type item struct {
	id   mastodon.ID
	at   time.Time
	post *mastodon.Status // nil if it is nothing for us
}

// Pull gives what came since the cursor, one page of one feed at a time, so that a
// call that fails takes back nothing of those before it. When all feeds were read
// it looks again at a few of the newest reports.
func (a *account) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	me, err := a.know(ctx)
	if err != nil {
		return tocsin.Batch{}, err
	}
	c := parseCursor(from)
	feed := c.turn(append([]string{mentions}, a.Hashtags...))
	page, err := a.page(ctx, feed, c.Feeds[feed])
	if feed != mentions && alone(ctx, err) {
		a.log.Warn("a hashtag could not be read; the next round tries again", "hashtag", feed, "error", err)
		c.Todo = c.Todo[1:]
		return tocsin.Batch{Cursor: c.String(), More: len(c.Todo) > 0}, nil
	}
	if err != nil {
		return tocsin.Batch{}, err
	}
	var batch tocsin.Batch
	for _, it := range slices.Backward(c.read(feed, page, a.now().Add(-a.Since))) { // oldest first
		me.take(&batch, it.post)
	}
	c.watch(batch.Reports)
	batch.More = len(c.Todo) > 0
	if !batch.More {
		a.lookAgain(ctx, me, &c, &batch)
	}
	batch.Cursor = c.String()
	return batch, nil
}

// alone tells whether an error may be one hashtag's alone: then it must not keep
// the other feeds from being read.
func alone(ctx context.Context, err error) bool {
	code := tocsin.CodeOf(err)
	return err != nil && ctx.Err() == nil && code != tocsin.CodeLimited && code != tocsin.CodeUnauthorized
}

// page asks for the page of a feed that follows its mark, and gives it newest first.
func (a *account) page(ctx context.Context, feed string, at mark) ([]item, error) {
	ask := &mastodon.Pagination{MinID: at.Last, Limit: hashtagPage}
	if at.backwards() {
		ask = &mastodon.Pagination{MaxID: at.Back, Limit: hashtagPage}
	}
	var items []item
	if feed == mentions {
		ask.Limit = mentionsPage
		not := notOurs()
		told, err := a.api.GetNotificationsExclude(ctx, &not, ask)
		if err != nil {
			return nil, a.said(err, false)
		}
		for _, n := range told {
			it := item{id: n.ID, at: n.CreatedAt}
			if written(n.Type) { // servers have types of their own
				it.post = n.Status
			}
			items = append(items, it)
		}
	} else {
		posts, err := a.api.GetTimelineHashtag(ctx, feed, false, ask)
		if err != nil {
			return nil, a.said(err, false)
		}
		for _, p := range posts {
			items = append(items, item{p.ID, p.CreatedAt, p})
		}
	}
	slices.SortFunc(items, func(a, b item) int { return b.id.Compare(a.id) })
	return items, nil
}
