package x

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func allowance(t *testing.T, ch tocsin.Channel, name string) tocsin.Allowance {
	t.Helper()
	for _, a := range ch.Meter.Allowances() {
		if a.Name == name {
			return a
		}
	}
	require.Fail(t, "no allowance", name)
	return tocsin.Allowance{}
}

func TestTheMeterCountsWhatXCharges(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.clock.forward(time.Until(time.Now().UTC().Truncate(24 * time.Hour).Add(36 * time.Hour))) // the middle of a day
	x.mention(3)
	x.write(xPost{author: x.join("bob"), text: "acme is down"})
	ch := x.channel(map[string]any{"search": []any{"acme down"}})
	var g gathered
	g.poll(t, x, ch.Source)
	// us, 3 mentions by 3 people, a post by one more
	spent := 0.010 + 3*(0.001+0.010) + 0.005 + 0.010
	require.InDelta(t, 50-spent, allowance(t, ch, "budget").Left, 1e-9)

	for id, r := range g.reports {
		if r.NoReply == "" {
			_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "Thanks " + id, Report: r})
			require.NoError(t, err)
		}
	}
	_, err := ch.Poster.Post(t.Context(), tocsin.Message{Text: "All is well."})
	require.NoError(t, err)
	_, err = ch.Poster.Post(t.Context(), tocsin.Message{Text: "See acme.com"})
	require.NoError(t, err)
	spent += 3*0.010 + 0.015 + 0.2
	require.InDelta(t, 50-spent, allowance(t, ch, "budget").Left, 1e-9)
	require.InDelta(t, 40-spent, allowance(t, ch, "budget for search").Left, 1e-9)
	require.InDelta(t, 299, allowance(t, ch, "account").Left, 0)

	// A restart knows what was spent; reading the same again today costs no more.
	b, err := ch.Source.Pull(t.Context(), g.cursor)
	require.NoError(t, err)
	restarted := x.channel(map[string]any{"search": []any{"acme down"}})
	_, err = restarted.Source.Pull(t.Context(), b.Cursor)
	require.NoError(t, err)
	require.InDelta(t, 50-spent-0.010, allowance(t, restarted, "budget").Left, 1e-9, "only that it asked again who it is")

	x.clock.forward(32 * 24 * time.Hour)
	require.InDelta(t, 50, allowance(t, restarted, "budget").Left, 0, "a new month")
}

func TestSearchIsGivenUpBeforeMentions(t *testing.T) {
	t.Parallel()
	x := newX(t)
	x.clock.forward(time.Until(nextMonth(time.Now()).Add(36 * time.Hour)))
	ch := x.channel(map[string]any{"search": []any{"acme down"}, "monthly_budget_usd": 0.10, "look_again": false})
	var g gathered
	g.poll(t, x, ch.Source)
	searched := x.called("GET /2/tweets/search/recent")
	require.Positive(t, searched)
	x.mention(7) // 0.010 + 7 x 0.011 = 0.087
	g.poll(t, x, ch.Source)
	require.Len(t, g.reports, 7)
	searched = x.called("GET /2/tweets/search/recent")
	x.write(xPost{author: x.join("bob"), text: "acme is down"})
	x.mention(1)
	g.poll(t, x, ch.Source)
	require.Len(t, g.reports, 8, "mentions go on")
	require.Equal(t, searched, x.called("GET /2/tweets/search/recent"), "search does not")
	require.Zero(t, allowance(t, ch, "budget for search").Left)

	x.mention(1) // 0.109
	g.once(t, ch.Source)
	_, err := ch.Source.Pull(t.Context(), g.cursor)
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "monthly_budget_usd")
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.Greater(t, after, 24*time.Hour)
	report := g.reports[x.posts[0].id]
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Text: "Still at it.", Report: report})
	require.NoError(t, err, "replies are never held back")

	x.clock.forward(after)
	_, err = x.channel(map[string]any{"monthly_budget_usd": 0.10}).Source.Pull(t.Context(), g.cursor)
	require.NoError(t, err, "a new month, a new budget")
}

// once pulls once.
func (g *gathered) once(t *testing.T, source tocsin.Source) {
	t.Helper()
	b, err := source.Pull(t.Context(), g.cursor)
	require.NoError(t, err)
	g.cursor = b.Cursor
}

func TestLimitsAreKeptWhateverTheHeaderSays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	m := newMeter(func() time.Time { return now }, 0)
	head := func(limit, left, reset string) http.Header {
		h := http.Header{}
		h.Set("X-Rate-Limit-Limit", limit)
		h.Set("X-Rate-Limit-Remaining", left)
		h.Set("X-Rate-Limit-Reset", reset)
		return h
	}
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	m.note("a", head("300", "x", at(time.Minute)))
	require.Empty(t, m.Allowances(), "half a limit is none, and no budget is set")
	m.note("a", head("300", "100", at(time.Minute)))
	require.Zero(t, m.spread("a"))
	m.note("a", head("300", "9", at(time.Minute)))
	require.Equal(t, 6*time.Second, m.spread("a"))
	m.note("a", head("300", "0", "999999999999"))
	require.Equal(t, 24*time.Hour, m.spread("a"))
	m.note("a", head("300", "0", at(-time.Minute)))
	require.Zero(t, m.spread("a"))
	require.InDelta(t, 300, m.Allowances()[0].Left, 0, "it was reset")
	require.Zero(t, m.spread("never seen"))
}
