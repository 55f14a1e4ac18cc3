package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// card is a chat that keeps one message of each bell current.
type card struct {
	shown map[string]tocsin.Alarm // by the id of the message
	calls int
	err   error
}

func (c *card) Renew(_ context.Context, id string, a tocsin.Alarm) error {
	c.calls++
	if c.err != nil {
		return c.err
	}
	c.shown[id] = a
	return nil
}

func withCard(t *testing.T) (*house, *card) {
	t.Helper()
	h := setup(t)
	c := &card{shown: map[string]tocsin.Alarm{}}
	h.channel("chat").Renewer = c
	h.restart()
	return h, c
}

// only gives the one message that was brought up to date.
func (c *card) only(t *testing.T) tocsin.Alarm {
	t.Helper()
	require.Len(t, c.shown, 1)
	for id, a := range c.shown {
		require.Equal(t, "chat:"+a.Key, id)
		return a
	}
	return tocsin.Alarm{}
}

func TestANoticeIsBroughtUpToDateAsTheEvidenceGrows(t *testing.T) {
	t.Parallel()
	h, c := withCard(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	h.grow(i, 40)
	require.Contains(t, c.only(t).Summary, "40 people")
	require.Equal(t, "#support", h.chat.rung(), "it is changed, and not sent again")
	require.Equal(t, "ana", h.phone.rung(), "a phone cannot be changed, and does not ring again")
}

func TestACardShowsWhoHasThePageAndWhatTheVerdictIs(t *testing.T) {
	t.Parallel()
	h, c := withCard(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	_, err := h.pager.AckIncident(t.Context(), "sue", i)
	require.NoError(t, err)
	h.runFor(time.Second)
	require.Contains(t, c.only(t).Body, "taken by sue at 03:00 UTC")
	require.Equal(t, tocsin.PageAcked, c.only(t).Page.State)
	h.rule(i, tocsin.VerdictFlood, "")
	h.runFor(time.Second)
	require.NotContains(t, c.only(t).Body, "taken by")
	require.Equal(t, tocsin.VerdictFlood, c.only(t).Incident.Verdict)
}

func TestABusyCardIsRenewedLaterAndABrokenOneStopsNothing(t *testing.T) {
	t.Parallel()
	h, c := withCard(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	_, c.err = busy("")
	h.grow(i, 9)
	require.Equal(t, 1, c.calls)
	c.err = nil
	h.runFor(time.Minute)
	require.Contains(t, c.only(t).Summary, "9 people")
	_, c.err = permanent("")
	h.grow(i, 10)
	h.runFor(time.Hour)
	require.Equal(t, 3, c.calls, "it is left to the next change")
}

func TestEachAttemptIsKeptWithItsAnswer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = busy
	h.alert(ring(h.incident("ana@mail")))
	h.phone.answer = func(string) (bool, error) { return true, nil }
	var waits tocsin.Notice
	for _, n := range h.store.notices {
		if n.Target.To == "ana" {
			waits = n
		}
	}
	require.Equal(t, start.Add(30*time.Second), waits.DueAt, "it can be seen when the medium is asked again")
	h.runFor(time.Minute)
	var tried []tocsin.Attempt
	for _, a := range h.store.attempts {
		if a.Notice == waits.ID {
			tried = append(tried, a)
		}
	}
	require.Len(t, tried, 2)
	require.Equal(t, []any{tocsin.DeliveryUnknown, "Too many messages."}, []any{tried[0].State, tried[0].Answer})
	require.Equal(t, []any{tocsin.DeliverySent, "", start.Add(30 * time.Second)}, []any{tried[1].State, tried[1].Answer, tried[1].At})
	require.NotEmpty(t, tried[1].ExternalID)
	require.True(t, h.store.notices[waits.ID].DueAt.IsZero())
}
