package x

import (
	"context"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dghubble/go-twitter/twitter"
	"golang.org/x/text/unicode/norm"

	"github.com/tocsin/tocsin"
)

const (
	// settled is how long X may take until a post of ours shows in our timeline.
	// Before that, not to see it proves nothing.
	settled = 2 * time.Minute
	// skew is how far X's clock and ours may be apart for a look to hold.
	skew = 5 * time.Minute
	// duplicateFor is for how long X remembers a text, as far as anybody knows.
	duplicateFor = 24 * time.Hour
	// repeatFor is how long ago a public post with the same words is taken to be an
	// earlier try of the same delivery.
	repeatFor = 15 * time.Minute
	// lookPages bounds a look: X shows no more of a timeline than 3,200 posts.
	// https://docs.x.com/x-api/posts/timelines/introduction
	lookPages = 32
)

// Find looks for a message in our own timeline. It is absent only when the whole
// timeline since the try is seen, and X has had the time to show it.
func (a *account) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	to := int64(0)
	if m.Report.ExternalID != "" {
		to = number(routeOf(m.Report).ID)
	}
	since, known := a.now().Add(-duplicateFor), !m.TriedAt.IsZero()
	if known {
		since = m.TriedAt.Add(-skew)
	}
	found, sent, err := a.look(ctx, m, to, since)
	if err != nil || found != tocsin.FoundAbsent {
		return found, sent, err
	}
	if age := a.now().Sub(m.TriedAt); known && age < settled {
		e := tocsin.Errorf(tocsin.CodeUnavailable, "X may not show this post yet.")
		e.Retryable, e.RetryAfter = true, settled-age
		return tocsin.FoundUnclear, tocsin.Sent{}, e
	}
	if !known {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// look reads our own timeline down to a moment.
func (a *account) look(ctx context.Context, m tocsin.Message, to int64, since time.Time) (tocsin.Found, tocsin.Sent, error) {
	self, err := a.who(ctx)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	p := twitter.UserTimelineParams{UserID: self.id, Count: pageMost, SinceID: idAt(since)}
	for range lookPages {
		tweets, resp, err := a.wire.twitter(ctx).Timelines.UserTimeline(&p)
		if err != nil {
			return tocsin.FoundUnclear, tocsin.Sent{}, a.wire.fault(resp, err)
		}
		for i := range tweets {
			if tweets[i].InReplyToStatusID == to && says(&tweets[i], m.Text) {
				return tocsin.FoundPresent, sentAs(tweets[i].IDStr), nil
			}
		}
		next, more := nextOf(resp)
		if !more {
			return tocsin.FoundAbsent, tocsin.Sent{}, nil
		}
		p.MaxID = next
	}
	return tocsin.FoundUnclear, tocsin.Sent{}, nil
}

func nextOf(resp *http.Response) (next int64, more bool) {
	next, err := strconv.ParseInt(resp.Header.Get(nextPage), 10, 64)
	return next, err == nil && next > 0
}

// links is how links look in what X gives back: all of them are its own.
var links = regexp.MustCompile(`https?://\S+`)

// says tells whether a post of ours says a text, whatever opening stands before it.
func says(t *twitter.Tweet, text string) bool {
	text = essence(text)
	return text != "" && strings.HasSuffix(essence(t.FullText), text)
}

// essence is a text without what X changes in it: links, character references,
// forms of letters, and blanks.
func essence(text string) string {
	text = norm.NFC.String(html.UnescapeString(text))
	for _, span := range bareLinks(text) {
		text = strings.Replace(text, span, "https://", 1)
	}
	text = links.ReplaceAllString(text, "https://")
	return strings.Join(strings.Fields(text), " ")
}
