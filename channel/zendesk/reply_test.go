package zendesk

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func slogDiscard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// answer makes a message to the requester of a new ticket.
func (a *account) answer(key, text string) (tocsin.Message, *kept) {
	who := a.person("ana@example.org", true)
	t := a.open(who, who, "Broken")
	id := fmt.Sprint(t.id)
	return tocsin.Message{Key: key, Text: text, Report: tocsin.Report{ExternalID: id, Thread: id, Route: fmt.Appendf(nil, `{"requester":%d}`, who)}}, t
}

func TestAnswerIsAPublicCommentThatShowsTheTextAsItIs(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	m, made := a.answer("1-1", " It works <again>.\n* really *")
	sent, err := setup(t, a, nil).Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	c := made.comments[1]
	require.Equal(t, "<p>It works &lt;again&gt;.<br>* really *</p>", c["body"])
	require.Equal(t, true, c["public"])
	require.Equal(t, tocsin.Sent{ExternalID: fmt.Sprintf("%d/%d", made.id, c["id"]), URL: fmt.Sprintf("%s/agent/tickets/%d", a.URL, made.id)}, sent)
}

func TestOurOwnAnswerComesBackUnderTheIDThatWeKnow(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	m, _ := a.answer("1-1", "It works again.")
	sent, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	got := pull(t, ch, "").Reports
	require.Len(t, got, 2)
	require.Equal(t, sent.ExternalID, got[1].ExternalID)
	require.True(t, got[1].Reporter.Staff)
}

func TestClosedTicketIsAnsweredInAFollowUp(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	m, made := a.answer("1-1", "It works again.")
	made.status = statusClosed
	sent, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, 1, a.arrived("1-1"))
	found, seen, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.Equal(t, sent, seen)

	m, made = a.answer("1-2", "x")
	made.status = statusClosed
	m.Report.Route = nil
	_, err = ch.Replier.Reply(t.Context(), m)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "closed")
}

func TestAbsenceIsProvedWhenItHasSettled(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	m, made := a.answer("1-1", "It works again.")
	for i := range 150 {
		a.write(made, adminID, "noise", true, map[string]string{mark: fmt.Sprint("other-", i)})
	}
	m.TriedAt = a.tick()
	found, _, err := ch.Finder.Find(t.Context(), m)
	require.Equal(t, tocsin.FoundUnclear, found)
	_, after := tocsin.Retry(err)
	require.Equal(t, settled, after)

	a.pass(settled)
	found, _, err = ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)

	_, err = ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	found, _, err = ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found, "also on the second page of updates")

	made.status = statusDeleted
	found, _, err = ch.Finder.Find(t.Context(), m)
	require.Equal(t, tocsin.FoundUnclear, found, "a ticket that is gone proves nothing")
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
}

func TestEveryUnclearFailureOfAnUpdateIsADoubt(t *testing.T) {
	t.Parallel()
	for _, f := range []channeltest.Fault{channeltest.Cut, channeltest.Lost, channeltest.Garbled, channeltest.Down} {
		a := newAccount(t)
		ch := setup(t, a, nil)
		m, _ := a.answer("1-1", "x")
		a.Break(f)
		_, err := ch.Replier.Reply(t.Context(), m)
		require.Error(t, err)
		require.True(t, tocsin.Uncertain(err), "%s: HTTP says a PUT may be repeated, Zendesk makes two comments", f)
	}
}

func TestReportOfNoTicketCannotBeAnswered(t *testing.T) {
	t.Parallel()
	ch := setup(t, newAccount(t), nil)
	for _, thread := range []string{"", "x", "-1", "1/../2"} {
		m := tocsin.Message{Key: "1-1", Text: "x", Report: tocsin.Report{Thread: thread}}
		_, err := ch.Replier.Reply(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
		_, _, err = ch.Finder.Find(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	}
}

func TestHintsComeInBothForms(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	_, made := a.answer("", "")
	for body, want := range map[string]int{
		fmt.Sprintf(`{"ticket_id":%d}`, made.id):                                              1,
		fmt.Sprintf(`{"ticket_id":"%d"}`, made.id):                                            1,
		fmt.Sprintf(`{"type":"zen:event-type:ticket.created","detail":{"id":"%d"}}`, made.id): 1,
		`{"ticket_id":"999999"}`:                                                              0,
	} {
		b, err := setup(t, a, nil).Receiver.Receive(sign(hookSecret, a.tick(), []byte(body)))
		require.NoError(t, err, body)
		require.Len(t, b.Reports, want, body)
		require.Empty(t, b.Cursor, "only the export moves on")
	}
	for _, body := range []string{`{"type":"zen:event-type:user.created","detail":{"id":"7"}}`, `{"ticket_id":"1/../2"}`, `{"ticket_id":-1}`, `[]`, `null`} {
		_, err := setup(t, a, nil).Receiver.Receive(sign(hookSecret, a.tick(), []byte(body)))
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), body)
	}
}

func TestHintSignedLongAgoIsRefused(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	for _, off := range []time.Duration{-tolerance - time.Second, tolerance + time.Second} {
		_, err := ch.Receiver.Receive(sign(hookSecret, a.tick().Add(off), []byte(`{"ticket_id":1}`)))
		require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	}
}

func TestHintIsLeftWhenItCannotBeFollowed(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	ch := setup(t, a, nil)
	_, made := a.answer("", "")
	hint := func() tocsin.Batch {
		b, err := ch.Receiver.Receive(sign(hookSecret, a.tick(), fmt.Appendf(nil, `{"ticket_id":%d}`, made.id)))
		require.NoError(t, err)
		return b
	}
	a.Break(channeltest.Down)
	require.Empty(t, hint().Reports, "the export will bring it")
	a.Break(channeltest.Healthy)

	a.left = 100
	require.Len(t, hint().Reports, 1, "here we learn that calls run low")
	calls := a.Calls()
	require.Empty(t, hint().Reports)
	require.Equal(t, calls, a.Calls(), "what is left is for answers and the export")
	a.pass(41 * time.Second)
	require.Len(t, hint().Reports, 1, "a new minute has begun")
}

func FuzzHint(f *testing.F) {
	for _, seed := range []string{`{"ticket_id":"17"}`, `{"ticket_id":17}`, `{"type":"zen:event-type:ticket.x","detail":{"id":"1"}}`, `{"ticket_id":"\"\""}`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		id, err := hinted(body)
		if err != nil {
			require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
			return
		}
		require.Positive(t, id)
	})
}
