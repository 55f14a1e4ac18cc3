package x

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/dghubble/go-twitter/twitter"

	"github.com/tocsin/tocsin"
)

// How deep X's lists go.
// https://docs.x.com/x-api/posts/timelines/introduction
// https://docs.x.com/x-api/posts/search/introduction
const (
	timelineDepth = 800
	searchDepth   = 7 * 24 * time.Hour
	searchEdge    = time.Minute // kept off the edge of what can be searched
)

// laneRest is how long a lane that failed is left alone, so that the others go on.
const laneRest = time.Minute

// Pull brings at most one page with posts: mentions first, then each search. A
// search that fails is an error once and then left alone for a while; mentions go
// on. CodeLimited says that X's limit, or the operator's budget, is used up.
func (a *account) Pull(ctx context.Context, stored string) (tocsin.Batch, error) {
	return a.pull(ctx, stored, a.lanes())
}

// lanes are the lists that we read: the mentions, and each search by its query.
func (a *account) lanes() []string { return append([]string{mentionsName}, a.Search...) }

func (a *account) pull(ctx context.Context, stored string, lanes []string) (tocsin.Batch, error) {
	a.pulling.Lock()
	defer a.pulling.Unlock()
	c := a.load(stored)
	if a.meter.over(1) {
		clear(a.swept)
		return tocsin.Batch{}, a.spentAll()
	}
	self, err := a.who(ctx)
	if err != nil {
		return tocsin.Batch{}, err
	}
	b := &incoming{channel: a.name, self: self, now: a.now()}
	if a.lookAgain(ctx, &c, b); len(b.Deleted)+len(b.Edits) > 0 {
		return a.seal(c, b, true), nil
	}
	for i, key := range lanes {
		more, err := a.read(ctx, key, &c, b)
		if err != nil {
			clear(a.swept)
			return tocsin.Batch{}, err
		}
		if got := len(b.Reports) + len(b.Rejections); got > 0 || more {
			return a.seal(c, b, more || i < len(lanes)-1), nil
		}
	}
	return a.seal(c, b, false), nil
}

// seal ends a batch. When there is no more, the next sweep begins.
func (a *account) seal(c cursor, b *incoming, more bool) tocsin.Batch {
	if !more {
		clear(a.swept)
	}
	b.Cursor, b.More = a.store(c), more
	return b.Batch
}

// load reads a cursor, begins lanes that it lacks and forgets those that are no
// longer configured.
func (a *account) load(stored string) cursor {
	c := readCursor(stored)
	a.meter.load(c.Month, c.Spent)
	kept := map[string]lane{}
	for _, key := range a.lanes() {
		l, ok := c.Lanes[key]
		if !ok {
			// To the second, so that a first look is the same when it is repeated.
			l = lane{Since: idAt(a.now().Add(-a.Since).Truncate(time.Second))}
		}
		kept[key] = l
	}
	c.Lanes = kept
	return c
}

// store writes a cursor, with what was spent so far.
func (a *account) store(c cursor) string {
	c.Month, c.Spent = a.meter.total()
	return c.String()
}

// read reads one page of a lane into the batch, unless the lane is to be left
// alone, and tells whether the lane has more.
func (a *account) read(ctx context.Context, key string, c *cursor, b *incoming) (more bool, err error) {
	l := c.Lanes[key]
	if a.swept[key] == l || a.now().Before(a.paused[key]) || key != mentionsName && a.thrifty() {
		return false, nil
	}
	tweets, next, err := a.page(ctx, key, l)
	if err != nil {
		if key != mentionsName {
			_, after := tocsin.Retry(err)
			a.paused[key] = a.now().Add(max(after, laneRest))
		}
		return false, err
	}
	if wait := a.meter.spread(limitOf(key, l)); wait > 0 {
		a.paused[key] = a.now().Add(wait)
	}
	newest, oldest, err := l.bounds(tweets)
	if err != nil {
		return false, err
	}
	for i := range tweets {
		b.take(&tweets[i])
	}
	for _, r := range b.Reports {
		c.remember(b.now, number(r.ExternalID))
	}
	if key == mentionsName && !l.Deep && next == 0 && l.Count+len(tweets) >= timelineDepth {
		next, l.Deep = oldest-1, true
	}
	more = l.advance(newest, next, len(tweets))
	c.Lanes[key] = l
	if !more {
		a.swept[key] = l
	}
	return more, nil
}

// bounds are the newest and the oldest id of a page. A page above where we asked
// shows nothing about what is below.
func (l lane) bounds(tweets []twitter.Tweet) (newest, oldest int64, err error) {
	oldest = l.Next
	for i := range tweets {
		id := tweets[i].ID
		if l.Next > 0 && id > l.Next {
			return 0, 0, garbled(errRepeated, http.MethodGet)
		}
		newest = max(newest, id)
		if id > 0 && (id < oldest || oldest == 0) {
			oldest = id
		}
	}
	return newest, oldest, nil
}

// errRepeated is what a page is that lies above where we asked.
var errRepeated = errors.New("a page came twice")

// page asks for one page of a lane, and gives where the next one begins; 0 is nowhere.
func (a *account) page(ctx context.Context, key string, l lane) (tweets []twitter.Tweet, next int64, err error) {
	client := a.wire.twitter(ctx)
	var resp *http.Response
	if key == mentionsName && !l.Deep {
		tweets, resp, err = client.Timelines.MentionTimeline(&twitter.MentionTimelineParams{Count: pageMost, SinceID: l.Since, MaxID: l.Next})
	} else {
		q := key
		if l.Deep {
			self, err := a.who(ctx)
			if err != nil {
				return nil, 0, err
			}
			q = query("@" + self.handle)
		}
		// X refuses a search that reaches back further than it can.
		since := max(l.Since, idAt(a.now().Add(searchEdge-searchDepth)))
		var found *twitter.Search
		found, resp, err = client.Search.Tweets(&twitter.SearchTweetParams{Query: q, Count: pageMost, SinceID: since, MaxID: l.Next})
		if found != nil {
			tweets = found.Statuses
		}
	}
	if err != nil {
		return nil, 0, a.wire.fault(resp, err)
	}
	next, _ = strconv.ParseInt(resp.Header.Get(nextPage), 10, 64) // none is 0
	return tweets, next, nil
}

// limitOf names the limit that a lane's calls count against.
func limitOf(key string, l lane) string {
	if key == mentionsName && !l.Deep {
		return mentionsName
	}
	return searchName
}

// who tells who we are. It asks X once.
func (a *account) who(ctx context.Context) (person, error) {
	a.knowing.Lock()
	defer a.knowing.Unlock()
	if a.self != nil {
		return *a.self, nil
	}
	self, _, err := a.ask(ctx)
	if err != nil {
		return person{}, err
	}
	a.wire.self.Store(self.id)
	a.self = &self
	return self, nil
}

// ask asks X who we are, and gives the header of its answer too.
func (a *account) ask(ctx context.Context) (person, http.Header, error) {
	u, resp, err := a.wire.twitter(ctx).Accounts.VerifyCredentials(nil)
	var header http.Header
	if resp != nil {
		header = resp.Header
	}
	if err != nil {
		return person{}, header, a.wire.fault(resp, err)
	}
	if u.ID == 0 || !handles.MatchString(u.ScreenName) {
		return person{}, header, garbled(nil, http.MethodGet)
	}
	return person{id: u.ID, handle: u.ScreenName}, header, nil
}

// thrifty tells whether only mentions may be read for the rest of the month.
func (a *account) thrifty() bool { return a.meter.over(searchShare) }

// spentAll says that the month's budget is used up.
func (a *account) spentAll() error {
	month := nextMonth(a.now())
	e := tocsin.Errorf(tocsin.CodeLimited, "The month's budget for X is used up: nothing is read before %s. Raise monthly_budget_usd to go on.", month.Format(time.DateOnly))
	e.Retryable, e.RetryAfter = true, month.Sub(a.now())
	return e
}
