package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// shadow makes the house listen only.
func (h *house) shadow() *house {
	h.options.Shadow = true
	h.restart()
	return h
}

// silent says that nobody was woken and nobody was answered.
func (h *house) silent() {
	h.Helper()
	require.Empty(h, h.phone.rung())
	require.Empty(h, h.mail.took)
	require.Empty(h, h.forum.took)
}

func TestARingInShadowIsAWhisperAndALine(t *testing.T) {
	t.Parallel()
	h := setup(t).shadow()
	i := h.incident("ana@mail")
	h.alert(ring(i))
	h.runFor(24 * time.Hour)
	h.silent()
	require.Equal(t, "#support", h.chat.rung())
	require.True(t, h.said("page", "Would have rung: primary (phone ana). Tocsin runs in shadow"))
}

func TestAnIncidentThatWhisperedAndRingsWhispersOnceInShadow(t *testing.T) {
	t.Parallel()
	h := setup(t).shadow()
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	h.alert(ring(i))
	h.silent()
	require.Equal(t, "#support", h.chat.rung())
}

func TestShadowSaysSoWhenNobodyWouldHaveHeard(t *testing.T) {
	t.Parallel()
	h := setup(t).shadow()
	delete(h.store.policies, tocsin.PolicyDefault)
	h.alert(ring(h.incident("ana@mail")))
	h.silent()
	require.True(t, h.said("page", "Nobody to wake"))
	require.True(t, h.said("page", "Would have rung: no policy has anybody to wake"))
}

func TestAConfirmedIncidentWakesNobodyInShadow(t *testing.T) {
	t.Parallel()
	h := setup(t).shadow()
	i := h.incident("ana@mail")
	h.confirm(i)
	h.runFor(time.Hour)
	h.silent()
	require.True(t, h.said("page", "Would have rung"))
}

func TestNothingIsApprovedInShadow(t *testing.T) {
	t.Parallel()
	h := setup(t).shadow()
	i := h.incident("ana@mail")
	h.confirm(i)
	u := h.draft(i, tocsin.UpdateAware, "We are aware.")
	_, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "tom", Update: u})
	h.code(err, tocsin.CodeForbidden, "Tocsin runs in shadow: it speaks to nobody.")
	_, err = h.desk.Resume(t.Context(), "tom", u)
	h.code(err, tocsin.CodeForbidden, "shadow")
	_, err = h.desk.Retry(t.Context(), "tom", 1)
	h.code(err, tocsin.CodeForbidden, "shadow")
	h.runFor(24 * time.Hour)
	h.silent()
}

// TestWhatALiveServerLeftIsPutOffAndNotLost begins a ring and a broadcast, goes
// on in shadow, and ends live again.
func TestWhatALiveServerLeftIsPutOffAndNotLost(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	u := h.draft(i, tocsin.UpdateAware, "We are aware.")
	h.approve(u)
	_, err := h.do(ring(i)) // the page is open, its notices wait
	require.NoError(t, err)

	h.shadow().runFor(3 * time.Hour)
	h.silent()
	require.Equal(t, tocsin.UpdateApproved, h.store.updates[u].State)

	h.options.Shadow = false
	h.restart()
	h.runFor(3 * time.Hour)
	require.Equal(t, tocsin.DeliverySent, h.line(u, "ana").State)
	require.Contains(t, h.phone.rung(), "ben", "the ring goes on: its timer was due meanwhile")
}

func TestARingThatIsUnderWayStopsClimbingInShadow(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ana", h.phone.rung())
	h.shadow().runFor(3 * time.Hour)
	require.Equal(t, "ana", h.phone.rung(), "no second step")
}

func TestADeliveryThatWaitsForAnotherTryWaitsInShadow(t *testing.T) {
	t.Parallel()
	h := setup(t)
	busy := true
	h.mail.answer = func(string) (bool, error) {
		if busy {
			return false, &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "Not now.", Retryable: true}
		}
		return true, nil
	}
	i := h.incident("ana@mail")
	h.confirm(i)
	u := h.say(i, tocsin.UpdateAware, "We are aware.")
	tried := h.mail.calls
	require.Positive(t, tried)

	busy = false
	h.shadow().runFor(3 * time.Hour)
	require.Equal(t, tried, h.mail.calls)
	require.NotEqual(t, tocsin.DeliverySent, h.line(u, "ana").State)
}
