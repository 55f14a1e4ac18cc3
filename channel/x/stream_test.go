package x

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/dghubble/go-twitter/twitter"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

// listening is a running stream and what it brought.
type listening struct {
	batches chan tocsin.Batch
	done    chan error
	stop    context.CancelFunc
}

func stream(t *testing.T, ch tocsin.Channel, cursor string) *listening {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	l := &listening{batches: make(chan tocsin.Batch, 100), done: make(chan error, 1), stop: stop}
	go func() {
		l.done <- ch.Streamer.Stream(ctx, cursor, func(b tocsin.Batch) error { l.batches <- b; return nil })
	}()
	t.Cleanup(stop)
	return l
}

// next gives the next batch that is wanted.
func (l *listening) next(t *testing.T, want func(tocsin.Batch) bool) tocsin.Batch {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case b := <-l.batches:
			if want(b) {
				return b
			}
		case err := <-l.done:
			require.FailNow(t, "the stream ended", "%v", err)
		case <-late:
			require.FailNow(t, "nothing came")
		}
	}
}

func reports(b tocsin.Batch) bool { return len(b.Reports) > 0 }

func streaming(more map[string]any) map[string]any {
	s := map[string]any{"stream": true, "activity": true, "search": []any{"acme down"}, "poll": "1h"}
	for key, v := range more {
		s[key] = v
	}
	return s
}

// opened waits until a stream was opened so often.
func (x *xServer) opened(t *testing.T, name string, times int) {
	t.Helper()
	require.Eventually(t, func() bool { return x.streaming(name) >= times }, 20*time.Second, time.Millisecond)
}

func TestStreamsBringWhatIsWritten(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.rules = []rule{{ID: "1", Value: "old words", Tag: "tocsin:x-help"}, {ID: "2", Value: "acme", Tag: "somebody else's"}}
	l := stream(t, x.channel(streaming(nil)), "")
	x.opened(t, "filter", 1)
	x.opened(t, "activity", 1)
	require.Equal(t, []string{"acme", "(acme down) -is:retweet"}, []string{x.rules[0].Value, x.rules[1].Value}, "ours are in step, others are left alone")

	began := time.Now()
	p := x.write(xPost{author: x.join("bob"), text: "acme is down"})
	b := l.next(t, reports)
	require.Less(t, time.Since(began), 5*time.Second)
	require.Equal(t, p.id, b.Reports[0].ExternalID)
	require.NotEmpty(t, b.Reports[0].NoReply)
	require.Equal(t, "@bob", b.Reports[0].Reporter.Handle)
	since := readCursor(b.Cursor).Lanes["(acme down) -is:retweet"].Since
	require.WithinDuration(t, p.at.Add(-overlap), timeOf(since), time.Second, "where a search would go on")

	x.write(xPost{author: "5000", text: "acme has news"}) // somebody else's rule
	ids := x.mention(1)
	b = l.next(t, reports)
	require.Equal(t, ids[0], b.Reports[0].ExternalID, "by the activity stream: the next poll is an hour away")
	require.Empty(t, b.Reports[0].NoReply)

	x.mu.Lock()
	x.push("activity", map[string]any{"data": map[string]any{"event_type": "post.delete", "payload": map[string]any{"id": ids[0], "author_id": "5000"}}})
	x.pushRaw("filter", `{"data": {"id"`)
	x.mu.Unlock()
	gone := l.next(t, func(b tocsin.Batch) bool { return len(b.Deleted)+len(b.Rejections) > 0 })
	other := l.next(t, func(b tocsin.Batch) bool { return len(b.Deleted)+len(b.Rejections) > 0 })
	require.Equal(t, ids, slices.Concat(gone.Deleted, other.Deleted))
	require.Len(t, slices.Concat(gone.Rejections, other.Rejections), 1)

	l.stop()
	require.ErrorIs(t, <-l.done, context.Canceled)
}

func TestRulesAndSubscriptionsAreMadeOnce(t *testing.T) {
	t.Parallel()
	x := newX(t)
	for range 2 {
		l := stream(t, x.channel(streaming(nil)), "")
		x.opened(t, "activity", 1)
		l.stop()
		<-l.done
	}
	require.Equal(t, 1, x.called("POST /2/tweets/search/stream/rules"))
	require.Equal(t, 1, x.called("POST /2/activity/subscriptions"))
}

func TestWhatABrokenStreamMissedIsSearchedFor(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(streaming(map[string]any{"activity": false}))
	var g gathered
	g.poll(t, x, ch.Source)
	l := stream(t, ch, g.cursor)
	x.opened(t, "filter", 1)
	bob := x.join("bob")
	x.write(xPost{author: bob, text: "acme is down"})
	b := l.next(t, reports)
	g.cursor = b.Cursor
	x.mu.Lock()
	for _, lines := range x.streams["filter"] {
		lines <- "" // cut
	}
	x.mu.Unlock()
	err := <-l.done
	again, _ := tocsin.Retry(err)
	require.True(t, again, "%v", err)
	x.mu.Lock()
	x.streams = map[string][]chan string{}
	x.mu.Unlock()
	missed := x.write(xPost{author: bob, text: "acme still down"})
	g.poll(t, x, ch.Source)
	require.Contains(t, g.reports, missed.id)
}

func TestAStreamThatEndsSaysWhy(t *testing.T) {
	t.Parallel()
	x := newX(t)
	l := stream(t, x.channel(streaming(map[string]any{"activity": false})), "")
	x.opened(t, "filter", 1)
	x.mu.Lock()
	x.push("filter", map[string]any{"errors": []any{map[string]any{"title": "operational-disconnect", "detail": "This stream has been disconnected for operational reasons.", "type": "https://api.x.com/2/problems/operational-disconnect"}}})
	x.mu.Unlock()
	err := <-l.done
	require.ErrorContains(t, err, "operational reasons")
	again, _ := tocsin.Retry(err)
	require.True(t, again)
}

func TestABearerTokenThatIsRefusedEndsTheStream(t *testing.T) {
	t.Parallel()
	x := newX(t)
	l := stream(t, x.channel(streaming(map[string]any{"bearer_token": "revoked-token"})), "")
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(<-l.done))
}

func TestARuleThatXRefusesIsNamed(t *testing.T) {
	t.Parallel()
	x := newX(t)
	l := stream(t, x.channel(streaming(map[string]any{"search": []any{"or"}})), "")
	err := <-l.done
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "(or)")
}

// While X does not open a stream, everything is polled.
func TestPollingGoesOnWhileAStreamIsNotToBeHad(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.limits["GET GET /2/tweets/search/stream"] = &window{reset: x.clock.now().Add(15 * time.Minute)}
	l := stream(t, x.channel(streaming(map[string]any{"activity": false, "poll": "1s"})), "")
	require.Eventually(t, func() bool { return x.called("GET /2/tweets/search/stream") == 1 }, 20*time.Second, time.Millisecond)
	p := x.write(xPost{author: x.join("bob"), text: "acme is down"})
	b := l.next(t, reports)
	require.Equal(t, p.id, b.Reports[0].ExternalID)
	require.Equal(t, 1, x.called("GET /2/tweets/search/stream"))
}

func TestNoStreamIsOpenedThatCannotBePaid(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(streaming(map[string]any{"monthly_budget_usd": 0.012}))
	l := stream(t, ch, "")
	x.opened(t, "activity", 1)
	require.Zero(t, x.streaming("filter"))
	l.stop()
	<-l.done
}

// A stream that says nothing, not even that it lives, is given up.
func TestASilentStreamIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gone := make(chan struct{})
		w := &wire{base: "https://x.test", now: time.Now, meter: newMeter(time.Now, 0)}
		w.tapped = map[by]http.RoundTripper{byApp: roundTrip(func(req *http.Request) (*http.Response, error) {
			resp := answered(req, http.StatusOK, nil, nil)
			resp.Body = &mute{ctx: req.Context(), gone: gone}
			return resp, nil
		})}
		began := time.Now()
		s, err := listen(t.Context(), &tap{wire: w, path: "/", old: func(b []byte) []byte { return b }}).Filter(&twitter.StreamFilterParams{})
		require.NoError(t, err)
		said, _ := (<-s.Messages).(error)
		require.ErrorContains(t, said, errSilent.Error())
		require.Equal(t, silence, time.Since(began))
		_, more := <-s.Messages
		require.False(t, more, "it does not open it again by itself")
		<-gone
	})
}

// mute is a body on which nothing ever comes.
type mute struct {
	ctx  context.Context //nolint:containedctx // a body has no other way to learn that the call ended
	gone chan struct{}
}

func (m *mute) Read([]byte) (int, error) { <-m.ctx.Done(); return 0, m.ctx.Err() }
func (m *mute) Close() error {
	select {
	case <-m.gone:
	default:
		close(m.gone)
	}
	return nil
}

func TestALineThatIsTooLongEndsTheStream(t *testing.T) {
	t.Parallel()
	x := newX(t)
	l := stream(t, x.channel(streaming(map[string]any{"activity": false})), "")
	x.opened(t, "filter", 1)
	x.mu.Lock()
	x.pushRaw("filter", strings.Repeat("x", maxLine+1))
	x.mu.Unlock()
	again, _ := tocsin.Retry(<-l.done)
	require.True(t, again)
}

func TestAFailedEmitIsGivenBack(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.mention(1)
	full := &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "The disk is full.", Retryable: true, RetryAfter: time.Hour}
	err := x.channel(streaming(nil)).Streamer.Stream(t.Context(), "", func(tocsin.Batch) error { return full })
	require.ErrorIs(t, err, full)
}

func TestStreamsSurviveFaultyPolls(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.Break(channeltest.Down)
	err := x.channel(streaming(nil)).Streamer.Stream(t.Context(), "", func(tocsin.Batch) error { return nil })
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err))
}
