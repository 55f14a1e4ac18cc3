package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// broadcastTo tells n people by mail and lets the k-th call fail when bad says so.
func broadcastTo(h *house, n int, bad func(k int) bool) int64 {
	h.Helper()
	h.channel("forum").Poster = nil
	h.restart()
	i := h.incident()
	for k := range n {
		h.report(i, fmt.Sprintf("p%d@mail", k))
	}
	h.confirm(i)
	h.mail.answer = func(key string) (bool, error) {
		if bad(h.mail.calls) {
			return permanent(key)
		}
		return true, nil
	}
	return h.say(i, tocsin.UpdateAware, "We know.")
}

func TestAnUpdateStopsByItselfWhenErrorsPileUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update := broadcastTo(h, 40, func(int) bool { return true })
	require.Equal(t, tocsin.UpdateStopped, h.store.updates[update].State)
	require.Equal(t, 5, h.mail.calls, "the other 35 are spared")
	require.True(t, h.said("stop", "5 of 5 messages on mail failed, the last one so: No such mailbox."))
	h.mail.answer = func(string) (bool, error) { return true, nil }
	_, err := h.desk.Resume(t.Context(), "sue", update)
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Len(t, h.mail.took, 35)
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
}

func TestAFewBadAddressesStopNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update := broadcastTo(h, 60, func(k int) bool { return k%10 == 0 })
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
	require.Len(t, h.mail.took, 54)
}

func TestErrorsOfTheLastMessagesFinishTheUpdate(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update := broadcastTo(h, 5, func(int) bool { return true })
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State, "there is nothing left to stop")
}
