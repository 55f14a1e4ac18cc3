package notify_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// broken is a delivery to ana whose call broke; taken says whether it arrived.
func broken(h *house, taken bool) (update int64, line tocsin.Delivery) {
	h.Helper()
	update, line = sending(h)
	h.mail.answer = cut(taken)
	require.Error(h, h.deliver(line))
	h.mail.answer = func(string) (bool, error) { return true, nil }
	return update, h.line(update, "ana")
}

func TestFoundMeansSent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := broken(h, true)
	h.clock = h.clock.Add(time.Minute)
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliverySent, line.State)
	require.Equal(t, "mail:"+line.Key, line.ExternalID)
	require.Equal(t, 1, h.mail.calls)
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
}

func TestProvablyAbsentIsSentAgainWithTheSameKey(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := broken(h, false)
	h.clock = h.clock.Add(time.Minute)
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliverySent, line.State)
	require.Equal(t, 2, line.Attempts)
	require.Equal(t, map[string]int{line.Key: 1}, h.mail.took)
}

func TestAbsentUnderAStoppedUpdateIsNotSent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := broken(h, false)
	_, err := h.desk.Stop(t.Context(), "sue", update, "")
	require.NoError(t, err)
	h.clock = h.clock.Add(time.Minute)
	require.NoError(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryPending, h.states(update)["ana"])
	require.Equal(t, 1, h.mail.calls)
}

func TestTheOtherSideIsGivenAMomentBeforeWeLook(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, line := broken(h, true)
	h.mail.find = func(string) (tocsin.Found, error) {
		require.Fail(t, "looked too early: what was taken may not show yet")
		return tocsin.FoundAbsent, nil
	}
	h.clock = h.clock.Add(time.Second)
	again, after := tocsin.Retry(h.deliver(line))
	require.True(t, again)
	require.Equal(t, 2*time.Second, after)
}

func TestWhatCannotBeToldIsLookedForAgainAndThenHeld(t *testing.T) {
	t.Parallel()
	for name, find := range map[string]func(string) (tocsin.Found, error){
		"unclear":               func(string) (tocsin.Found, error) { return tocsin.FoundUnclear, nil },
		"the look fails":        func(string) (tocsin.Found, error) { return tocsin.FoundUnclear, errors.New("mailbox is locked") },
		"a failed look says so": func(string) (tocsin.Found, error) { return tocsin.FoundAbsent, errors.New("mailbox is locked") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			update, line := broken(h, true)
			looks := 0
			h.mail.find = func(key string) (tocsin.Found, error) {
				looks++
				return find(key)
			}
			h.store.jobs = []tocsin.Later{{Job: tocsin.DeliverJob{Delivery: line.ID}}}
			h.runFor(50 * time.Minute)
			require.Equal(t, tocsin.DeliveryUnknown, h.states(update)["ana"])
			h.runFor(20 * time.Minute)
			line = h.line(update, "ana")
			require.Equal(t, tocsin.DeliveryHeld, line.State)
			require.Contains(t, line.Reason, "looking for an hour")
			require.Equal(t, 1, h.mail.calls, "never sent again blindly")
			require.Greater(t, looks, 10)
			require.Less(t, looks, 40, "looking is cheap, but not free")
		})
	}
}

func TestTheChannelSaysWhenALookIsWorthWhile(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, line := broken(h, true)
	h.mail.find = func(string) (tocsin.Found, error) {
		return tocsin.FoundUnclear, &tocsin.Error{Code: tocsin.CodeUnavailable, Retryable: true, RetryAfter: 42 * time.Second}
	}
	h.clock = h.clock.Add(10 * time.Second)
	_, after := tocsin.Retry(h.deliver(line))
	require.Equal(t, 42*time.Second, after)
	require.Equal(t, line.UpdatedAt, h.mail.tried, "and it is told when the try was seen to break")
}

func TestWithoutAFinderAHumanHasToLook(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.channel("mail").Finder = nil
	h.restart()
	update, line := broken(h, true)
	h.clock = h.clock.Add(time.Minute)
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryHeld, line.State)
	require.Equal(t, "The line broke; this channel cannot look for messages: see whether it arrived", line.Reason)
	require.Equal(t, 1, h.mail.calls)
}
