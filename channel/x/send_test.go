package x

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

// mentionedBy lets somebody mention us and gives the report of it.
func mentionedBy(t *testing.T, x *xServer, ch tocsin.Channel) tocsin.Report {
	t.Helper()
	id := x.mention(1)[0]
	var g gathered
	g.poll(t, x, ch.Source)
	return g.reports[id]
}

func TestReplyGoesIntoTheReportersThread(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(map[string]any{"openings": []any{"@{handle}", "Hi @{handle}!"}})
	report := mentionedBy(t, x, ch)
	sent, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "k", Delivery: 3, Text: "It works again.", Report: report})
	require.NoError(t, err)
	p := x.posts[len(x.posts)-1]
	require.Equal(t, tocsin.Sent{ExternalID: p.id, URL: "https://x.com/i/status/" + p.id}, sent)
	require.Equal(t, report.ExternalID, p.replyTo)
	require.Equal(t, "Hi "+report.Reporter.Handle+"! It works again.", p.text)
}

func TestTheSameTextGoesToManyPeople(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	x.mention(30)
	var g gathered
	g.poll(t, x, ch.Source)
	for _, r := range g.reports {
		_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "It works again.", Report: r})
		require.NoError(t, err)
	}
	require.Equal(t, 30, x.sent("It works again."))
}

func TestARefusedTextIsTriedWithTheNextOpening(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(map[string]any{"openings": []any{"Hello.", "Good day."}})
	for want := range 2 {
		report := mentionedBy(t, x, ch)
		_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "It works again.", Report: report})
		require.NoError(t, err)
		require.Equal(t, want+1, x.sent("It works again."))
	}
	report := mentionedBy(t, x, ch)
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "It works again.", Report: report})
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err))
	require.False(t, tocsin.Uncertain(err))
	require.Contains(t, tocsin.MessageOf(err), "openings")
	require.Equal(t, 2, x.sent("It works again."))
}

func TestADuplicateThatIsOurOwnReplyIsTheReply(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(map[string]any{"openings": []any{"Hello.", "Good day."}})
	m := tocsin.Message{Text: "See you at   the café &amp; bar.", Report: mentionedBy(t, x, ch)}
	first, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	again, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, 1, x.sent(m.Text))

	public := tocsin.Message{Text: "We are aware."}
	first, err = ch.Poster.Post(t.Context(), public)
	require.NoError(t, err)
	again, err = ch.Poster.Post(t.Context(), public)
	require.NoError(t, err)
	require.Equal(t, first, again)
	x.clock.forward(time.Hour)
	_, err = ch.Poster.Post(t.Context(), public)
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err), "an hour later it is another post, and not there")
}

// X accepted a post, the line broke, and the post does not show yet.
func TestAPostThatDoesNotShowYetIsNotSentAgain(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	m := tocsin.Message{Text: "It works again.", Report: mentionedBy(t, x, ch)}
	x.hide = true
	x.Break(channeltest.Cut)
	_, err := ch.Replier.Reply(t.Context(), m)
	require.True(t, tocsin.Uncertain(err))
	x.Break(channeltest.Healthy)
	m.TriedAt = x.clock.now()
	x.clock.forward(time.Second)
	found, _, err := ch.Finder.Find(t.Context(), m)
	require.Equal(t, tocsin.FoundUnclear, found)
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.InDelta(t, settled.Seconds(), after.Seconds(), 5)
	x.mu.Lock()
	for _, p := range x.posts {
		p.hidden = false
	}
	x.mu.Unlock()
	x.clock.forward(after)
	found, sent, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.NotEmpty(t, sent.ExternalID)
	require.Equal(t, 1, x.sent(m.Text))
}

func TestWhatNeverArrivedIsProvablyAbsent(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	report := mentionedBy(t, x, ch)
	for range 250 { // pages of other posts
		x.write(xPost{author: selfID, text: "another one", replyTo: report.ExternalID})
	}
	m := tocsin.Message{Text: "It works again.", Report: report, TriedAt: x.clock.now()}
	x.Break(channeltest.Lost)
	_, err := ch.Replier.Reply(t.Context(), m)
	require.True(t, tocsin.Uncertain(err))
	x.Break(channeltest.Healthy)
	x.clock.forward(settled + time.Second)
	found, _, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)
	m.TriedAt = time.Time{}
	found, _, err = ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundUnclear, found, "nobody knows how far back to look")
}

func TestRepliesThatXForbidsAreFinal(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	gone := mentionedBy(t, x, ch)
	x.posts[0].deleted = true
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "x", Report: gone})
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
	p := x.write(xPost{author: "5000", text: "no mention"})
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Text: "x", Report: tocsin.Report{ExternalID: p.id}})
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "by hand")
	require.False(t, tocsin.Uncertain(err))
}

func TestALinkInAReplyIsRefusedBeforeItCosts(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	m := tocsin.Message{Text: "See status.acme.com", Report: mentionedBy(t, x, ch)}
	_, err := ch.Replier.Reply(t.Context(), m)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "$0.20")
	require.Zero(t, x.called("POST /2/tweets"))
	_, err = ch.Poster.Post(t.Context(), tocsin.Message{Text: m.Text})
	require.NoError(t, err, "the one public post carries it")
	_, err = x.channel(map[string]any{"allow_links": true}).Replier.Reply(t.Context(), m)
	require.NoError(t, err)
}

func TestALongTextIsRefusedBeforeTheCall(t *testing.T) {
	t.Parallel()
	x := newX(t)
	ch := x.channel(nil)
	_, err := ch.Poster.Post(t.Context(), tocsin.Message{Text: strings.Repeat("字", 141)})
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
	require.Zero(t, x.called("POST /2/tweets"))
}

func TestCreditsThatAreUsedUpAreNamed(t *testing.T) {
	t.Parallel()
	x := newX(t)
	err := x.channel(nil).Source.(*account).wire.fault(answered(nil, 402, nil, nil), errors.Join(oldErrors(402, []byte(`{"title":"CreditsDepleted"}`))))
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.Equal(t, creditsWait, after)
	require.Contains(t, tocsin.MessageOf(err), "credits")
}
