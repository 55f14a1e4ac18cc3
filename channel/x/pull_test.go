package x

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

// gathered is what a poller brought, as the store would keep it.
type gathered struct {
	cursor  string
	reports map[string]tocsin.Report
	came    int // reports, repeats included
	batches []tocsin.Batch
	errs    []error
}

// poll pulls as ingest does until a sweep ends and brings nothing, and lets the
// time pass that errors ask for.
func (g *gathered) poll(t *testing.T, x *xServer, source tocsin.Source) {
	t.Helper()
	if g.reports == nil {
		g.reports = map[string]tocsin.Report{}
	}
	quiet := 0
	for range 3000 {
		b, err := source.Pull(t.Context(), g.cursor)
		if err != nil {
			g.errs = append(g.errs, err)
			again, after := tocsin.Retry(err)
			require.True(t, again, "%v", err)
			x.clock.forward(max(after, time.Second))
			continue
		}
		g.batches = append(g.batches, b)
		for _, r := range b.Reports {
			g.came++
			g.reports[r.ExternalID] = r
		}
		if b.Cursor != "" {
			g.cursor = b.Cursor
		}
		if b.More {
			quiet = 0
			continue
		}
		if quiet++; quiet > 3 {
			return
		}
		x.clock.forward(15 * time.Second)
	}
	require.Fail(t, "it never ends")
}

func TestTenThousandReportsComeInOnceWhileOneCallOfTenFails(t *testing.T) {
	t.Parallel()
	const all = 10_000
	x := newX(t)
	source := x.channel(map[string]any{"monthly_budget_usd": 0}).Source
	var g gathered
	g.poll(t, x, source)
	want := x.mention(all)
	x.Break(channeltest.Rare)
	for range 20 {
		g.poll(t, x, source)
		if len(g.reports) == all {
			break
		}
		x.clock.forward(time.Minute)
	}
	require.NotEmpty(t, g.errs)
	require.Len(t, g.reports, all)
	require.Equal(t, all, g.came, "none came twice")
	for _, id := range want { // require.Contains looks through all of them, each time
		_, ok := g.reports[id]
		require.True(t, ok, id)
	}
}

func TestAReportKnowsAllThatXTells(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ana := x.join("ana_b")
	root := x.write(xPost{author: ana, text: "something else"})
	p := x.write(xPost{
		author: ana, text: "@AcmeHelp cut…", long: "@AcmeHelp the whole &amp; long text", mentions: []string{selfID}, conversation: root.id,
	})
	var g gathered
	g.poll(t, x, x.channel(nil).Source)
	require.Len(t, g.reports, 1)
	r := g.reports[p.id]
	require.Equal(t, "@AcmeHelp the whole & long text", r.Raw)
	require.Equal(t, root.id, r.Thread)
	require.Equal(t, "en", r.Lang)
	require.Equal(t, "https://x.com/ana_b/status/"+p.id, r.URL)
	require.Empty(t, r.NoReply)
	require.WithinDuration(t, p.at, r.At, time.Second)
	require.Equal(t, tocsin.Reporter{
		ID: "x:" + ana, Handle: "@ana_b", Name: "Name of ana_b", URL: "https://x.com/ana_b", Since: time.Date(2019, 5, 1, 10, 0, 0, 0, time.UTC),
	}, r.Reporter)
}

func TestWhoDidNotMentionUsIsHeardButNotAnswered(t *testing.T) {
	t.Parallel()
	x := newX(t)
	p := x.write(xPost{author: x.join("bob"), text: "acme is down again"})
	ch := x.channel(map[string]any{"search": []any{"acme down"}})
	var g gathered
	g.poll(t, x, ch.Source)
	r := g.reports[p.id]
	require.Contains(t, r.NoReply, "mention")
	r.NoReply = "" // a store that forgets it must not bring us to break X's rule
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "k", Text: "Thanks.", Report: r})
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	require.False(t, tocsin.Uncertain(err))
	require.Zero(t, x.called("POST /2/tweets"), "X was not even asked")
}

func TestWhatIsNoReportIsRejectedByName(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ana := x.join("ana")
	x.write(xPost{author: selfID, text: "@AcmeHelp we are on it", mentions: []string{selfID}})
	x.write(xPost{author: ana, text: "RT @AcmeHelp: hello", mentions: []string{selfID}})
	x.write(xPost{author: ana, text: " ", mentions: []string{selfID}})
	var g gathered
	g.poll(t, x, x.channel(nil).Source)
	require.Empty(t, g.reports)
	var reasons []string
	for _, b := range g.batches {
		for _, r := range b.Rejections {
			reasons = append(reasons, r.Reason)
		}
	}
	require.ElementsMatch(t, []string{tocsin.ReasonOwn, reasonRepost, tocsin.ReasonEmpty}, reasons)
}

func TestAnEditChangesTheReportThatWeHave(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ana := x.join("ana")
	first := x.write(xPost{author: ana, text: "@AcmeHelp it brakes", mentions: []string{selfID}})
	source := x.channel(nil).Source
	var g gathered
	g.poll(t, x, source)
	g.batches = nil
	second := x.write(xPost{author: ana, text: "@AcmeHelp it breaks", mentions: []string{selfID}, history: []string{first.id}})
	g.poll(t, x, source)
	require.Len(t, g.reports, 1, "it is the same report")
	require.Equal(t, "@AcmeHelp it breaks", g.batches[0].Edits[0].Raw)
	require.Equal(t, first.id, g.batches[0].Edits[0].ExternalID)
	require.Contains(t, string(g.batches[0].Edits[0].Route), second.id, "the reply goes to the latest version")
}

func TestWhatIsDeletedOrChangedLaterIsNoticed(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ids := x.mention(3)
	source := x.channel(nil).Source
	var g gathered
	g.poll(t, x, source)
	require.Len(t, g.reports, 3)
	x.mu.Lock()
	x.posts[1].deleted = true
	x.mu.Unlock()
	x.clock.forward(61 * time.Minute)
	g.batches = nil
	g.poll(t, x, source)
	var deleted []string
	for _, b := range g.batches {
		deleted = append(deleted, b.Deleted...)
	}
	require.Equal(t, []string{ids[1]}, deleted)
	x.clock.forward(61 * time.Minute)
	g.batches = nil
	g.poll(t, x, source)
	for _, b := range g.batches {
		require.Empty(t, b.Deleted, "it is told once")
	}
	require.Equal(t, 2, x.called("GET /2/tweets"))
}

func TestSearchReachesBackNoFurtherThanXShows(t *testing.T) {
	t.Parallel()
	x := newX(t)
	source := x.channel(map[string]any{"search": []any{"acme down"}, "look_again": false}).Source
	var g gathered
	g.poll(t, x, source)
	x.clock.forward(10 * 24 * time.Hour) // our own downtime
	p := x.write(xPost{author: x.join("bob"), text: "acme is down"})
	g.poll(t, x, source)
	require.Contains(t, g.reports, p.id)
	require.Empty(t, g.errs)
}

func TestASearchThatFailsDoesNotHoldUpMentions(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(map[string]any{"search": []any{"acme down"}})
	x.garbage["/2/tweets/search/recent"] = "<html>"
	b, err := ch.Source.Pull(t.Context(), "")
	require.ErrorContains(t, err, "JSON")
	for range 3 {
		ids := x.mention(1)
		b, err = ch.Source.Pull(t.Context(), b.Cursor)
		require.NoError(t, err)
		require.Equal(t, ids[0], b.Reports[0].ExternalID)
		b, err = ch.Source.Pull(t.Context(), b.Cursor)
		require.NoError(t, err, "the search is left alone for a while")
	}
	require.Equal(t, 1, x.called("GET /2/tweets/search/recent"))
	x.clock.forward(laneRest)
	_, err = ch.Source.Pull(t.Context(), b.Cursor)
	require.Error(t, err, "then it is tried again, and tells")
}

func TestAPageThatComesTwiceLosesNothing(t *testing.T) {
	t.Parallel()
	x := newX(t)
	source := x.channel(nil).Source
	var g gathered
	g.poll(t, x, source)
	x.mention(350)
	x.twin = true
	g.poll(t, x, source)
	require.Len(t, g.reports, 350)
	require.Len(t, g.errs, 1)
}

func TestWhatIsDeeperThanTheTimelineIsSearchedFor(t *testing.T) {
	t.Parallel()
	x := newX(t)
	source := x.channel(nil).Source
	var g gathered
	g.poll(t, x, source)
	x.mention(timelineDepth + 150)
	g.poll(t, x, source)
	require.Len(t, g.reports, timelineDepth+150)
	require.Positive(t, x.called("GET /2/tweets/search/recent"))
}

func TestLastCallsOfALimitAreSpreadOut(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.most = 40
	source := x.channel(map[string]any{"look_again": false}).Source
	for range 15 * 60 / 5 { // each 5 seconds for a quarter of an hour
		_, err := source.Pull(t.Context(), "")
		require.NoError(t, err, "X never has to say no")
		x.clock.forward(5 * time.Second)
	}
	path := "GET /2/users/" + selfID + "/mentions"
	require.Greater(t, x.called(path), 35)
	require.LessOrEqual(t, x.called(path), 2*40)
}

func TestOlderNamesOfFieldsAreSpokenWhereNeeded(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.legacy = true
	ids := x.mention(2)
	x.posts[0].long = "@AcmeHelp all of it"
	var g gathered
	g.poll(t, x, x.channel(nil).Source)
	require.Len(t, g.reports, 2)
	require.Equal(t, "@AcmeHelp all of it", g.reports[ids[0]].Raw)
	asked := 0
	for _, q := range x.queries {
		if q.Has("post.fields") {
			asked++
		}
	}
	require.Equal(t, 1, asked, "it is learnt once")
}

func TestTokenThatExpiredIsNamed(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(map[string]any{"access_token_secret": "revoked-in-the-console"})
	_, err := ch.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "developer console")
	again, _ := tocsin.Retry(err)
	require.False(t, again)
}

func TestQueriesLeaveRepostsOut(t *testing.T) {
	t.Parallel()
	require.Equal(t, "(acme down) -is:retweet", query(" acme down "))
	require.Equal(t, "acme -is:retweet", query("acme -is:retweet"))
}

func FuzzCursor(f *testing.F) {
	f.Add(`{"lanes":{"mentions":{"since":5,"next":9}},"recent":[1,2],"spent":-4}`, int64(77))
	f.Add(`[`, int64(-1))
	f.Fuzz(func(t *testing.T, stored string, id int64) {
		c := readCursor(stored)
		c.remember(time.Now(), id)
		require.LessOrEqual(t, len(c.Recent), recentMost)
		for _, l := range c.Lanes {
			require.False(t, l.Since < 0 || l.Next < 0)
		}
		again := readCursor(c.String())
		require.Equal(t, c.String(), again.String())
		require.False(t, slices.ContainsFunc(strings.Split(c.String(), ""), func(s string) bool { return s == "\n" }))
	})
}
