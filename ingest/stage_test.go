package ingest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// inbound is a channel that takes what is posted to it.
type inbound struct{ tocsin.Receiver }

func hook() tocsin.Channel {
	return tocsin.Channel{Name: "hook", Type: "webhook", Receiver: inbound{}}
}

func (k *kit) accept(t *testing.T, reports ...tocsin.Report) int {
	t.Helper()
	added, err := k.Accept(t.Context(), "hook", tocsin.Batch{Reports: reports})
	require.NoError(t, err)
	return added
}

func TestAcceptedReportsAreCleanedAndStoredOnce(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	r := report(1)
	r.Raw, r.Markup = "<p>All is <b>gone</b></p><blockquote>old</blockquote>", tocsin.MarkupHTML
	require.Equal(t, 1, k.accept(t, r, r))
	require.Equal(t, 0, k.accept(t, r))
	stored := k.store.reports[0]
	require.Equal(t, "All is gone", stored.Text)
	require.Equal(t, r.Raw, stored.Raw, "the text as it came is kept beside")
	require.Equal(t, "hook", stored.Channel)
	require.InDelta(t, 1, k.count(t, "reports_total", "channel", "hook"), 0)
	require.InDelta(t, 1, k.count(t, "repeats_total", "channel", "hook"), 0)
	require.Equal(t, int64(1), k.Health()[0].Reports)
}

func TestAcceptMovesNoCursor(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	_, err := k.Accept(t.Context(), "hook", tocsin.Batch{Cursor: "evil", Reports: []tocsin.Report{report(1)}, Receipts: []tocsin.Receipt{{Delivery: 7}}})
	require.NoError(t, err)
	require.Empty(t, k.store.cursors)
	require.Equal(t, []tocsin.Receipt{{Delivery: 7}}, k.store.receipts)
	_, err = k.Accept(t.Context(), "nowhere", tocsin.Batch{})
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
}

func TestTextWithoutRawIsItsOwnRaw(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	r := report(1)
	r.Raw, r.Text, r.Title, r.Markup = "", "@acme <b>is</b> broken", "Re: AW: Fwd: Sign in:  broken", tocsin.MarkupHTML
	k.accept(t, r)
	require.Equal(t, "<b>is</b> broken", k.store.reports[0].Text, "text is text, whatever stands in it")
	require.Equal(t, "@acme <b>is</b> broken", k.store.reports[0].Raw)
	require.Equal(t, "Sign in: broken", k.store.reports[0].Title)
}

func TestWhatIsNoReportIsRejectedByName(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	k.store.ours["hook 1"] = true
	staff, empty, nameless, anonymous := report(2), report(3), report(4), report(5)
	staff.Reporter.Staff = true
	empty.Raw, empty.Markup = "<p>&nbsp;</p><img src=x>", tocsin.MarkupHTML
	nameless.ExternalID = ""
	anonymous.Reporter.ID = ""
	subject := report(6)
	subject.Raw, subject.Title = "", "Nothing works"
	require.Equal(t, 1, k.accept(t, report(1), staff, empty, nameless, anonymous, subject))
	require.Equal(t, []string{"own", "own", "empty", "malformed", "malformed"}, k.store.reasons())
	require.Equal(t, []string{""}, k.store.texts(), "a mail that says all in its subject is a report")
	for _, r := range k.store.rejections {
		require.Equal(t, "hook", r.Channel)
		require.NotEmpty(t, r.Detail)
		require.False(t, r.At.IsZero())
	}
	require.InDelta(t, 2, k.count(t, "rejections_total", "reason", "own"), 0)
	require.InDelta(t, 1, k.count(t, "rejections_total", "reason", "empty"), 0)
	require.Equal(t, 5, strings.Count(k.log.String(), "msg=rejected"))
}

func TestChannelsOwnRejectionsAreKeptAndBounded(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	_, err := k.Accept(t.Context(), "hook", tocsin.Batch{Rejections: []tocsin.Rejection{
		{ExternalID: "7", Reason: tocsin.ReasonNewsletter}, {Detail: strings.Repeat("x", 10_000) + "\x00"},
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"newsletter", "malformed"}, k.store.reasons())
	require.Len(t, k.store.rejections[1].Detail, maxDetail)
}

func TestLogOfRejectionsIsBounded(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	var b tocsin.Batch
	for n := range 500 {
		b.Rejections = append(b.Rejections, tocsin.Rejection{ExternalID: fmt.Sprint(n), Reason: tocsin.ReasonAutoReply})
	}
	_, err := k.Accept(t.Context(), "hook", b)
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(k.log.String(), "msg=rejected"), rejectionsBurst+1)
	require.InDelta(t, 500, k.count(t, "rejections_total", "reason", "auto-reply"), 0)
	require.Len(t, k.store.rejections, 500)
}

func TestTimesAreMended(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	future, backlog, undated := report(1), report(2), report(3)
	received := time.Now().Add(-time.Minute)
	future.At, future.ReceivedAt = received.Add(48*time.Hour), received
	backlog.At = received.Add(-72 * time.Hour)
	k.accept(t, future, backlog, undated)
	stored := k.store.reports
	require.Equal(t, received, stored[0].At)
	require.Equal(t, backlog.At, stored[1].At, "a backlog keeps its time")
	require.WithinDuration(t, time.Now(), stored[1].ReceivedAt, time.Minute)
	require.Equal(t, stored[2].ReceivedAt, stored[2].At)
}

func TestStrangersFieldsAreBounded(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	r := report(1)
	long := strings.Repeat("ä", 100_000)
	r.Title, r.Lang, r.URL, r.Raw = long, long, "https://example.org/"+long, strings.Repeat(long, 10)
	r.Reporter.Name, r.Reporter.Handle, r.Reporter.URL = "\u202eEve\n\x00"+long, long, long
	k.accept(t, r)
	got := k.store.reports[0]
	require.Len(t, []rune(got.Title), maxTitle)
	require.Len(t, []rune(got.Reporter.Name), maxPerson)
	require.True(t, strings.HasPrefix(got.Reporter.Name, "Eve ä"))
	require.Len(t, []rune(got.Reporter.Handle), maxPerson)
	require.Empty(t, got.Lang)
	require.Empty(t, got.URL)
	require.Empty(t, got.Reporter.URL)
	require.Less(t, len(got.Raw), maxRaw+100)
	require.Len(t, []rune(got.Text), maxText)
}

// TestReportThatNoStageCanHandleIsRejected gives the stages a store that panics.
func TestReportThatNoStageCanHandleIsRejected(t *testing.T) {
	t.Parallel()
	k := setup(t, hook())
	k.Ingest.store = explosive{k.store}
	require.Equal(t, 1, k.accept(t, report(13), report(14)))
	require.Equal(t, []string{"malformed"}, k.store.reasons())
	require.Contains(t, k.store.rejections[0].Detail, "the stage own could not handle it")
	require.InDelta(t, 1, k.count(t, "panics_total"), 0)
}

// explosive is a store with a fault in the program.
type explosive struct{ *memory }

func (e explosive) OwnMessage(ctx context.Context, channel, externalID string) (bool, error) {
	if externalID == "13" {
		panic("unlucky")
	}
	return e.memory.OwnMessage(ctx, channel, externalID)
}

func TestHealthKeepsTheOrderOfTheConfiguration(t *testing.T) {
	t.Parallel()
	k := setup(t, hook(), mail(0, never), tocsin.Channel{Name: "pager", Type: "webhook"})
	require.Equal(t, []tocsin.Health{{Channel: "hook"}, {Channel: "mail"}}, k.Health(),
		"a channel that brings nothing has no health")
}

func TestSubjectsLoseTheirMarks(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Re: Fwd: AW: login": "login", "回复：无法登录": "无法登录", "RE : projets": "projets", "SV: sak": "sak",
		"Error: 502": "Error: 502", "Re:": "Re:", "": "", "R: I: conto": "conto",
	} {
		got, _ := bareTitle(title)
		require.Equal(t, want, got)
	}
	for title, want := range map[string]bool{"Fwd: a": true, "Re: WG: a": true, "转发: a": true, "Re: a": false, "forward: a": false} {
		_, forwarded := bareTitle(title)
		require.Equal(t, want, forwarded, title)
	}
}
