package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// snoozed rings about an incident of four people and lets ana snooze it.
func snoozed(t *testing.T, span time.Duration) (*house, int64) {
	t.Helper()
	h := setup(t)
	i := h.incident("a@mail", "b@mail", "c@mail", "d@mail")
	h.alert(ring(i))
	_, err := h.pager.Snooze(t.Context(), "ana", h.page(tocsin.TierRing).ID, span)
	require.NoError(t, err)
	return h, i
}

func (h *house) grow(incident int64, people int) {
	h.Helper()
	i := h.store.incidents[incident]
	i.People = people
	h.store.incidents[incident] = i
	_, err := h.do(tocsin.RefreshJob{Incident: incident, Slot: int64(people)})
	require.NoError(h, err)
	h.runFor(time.Second)
}

func TestASnoozedPageRingsAgainWhenItsTimeIsOver(t *testing.T) {
	t.Parallel()
	h, _ := snoozed(t, 30*time.Minute)
	page := h.page(tocsin.TierRing)
	require.Equal(t, []any{tocsin.PageSnoozed, "ana", 4}, []any{page.State, page.By, page.SnoozedAt})
	require.True(t, h.said("ack", "ana has snoozed the ring until 03:30 UTC, or until there are 8 people."))
	h.runFor(29 * time.Minute)
	require.Equal(t, "ana", h.phone.rung(), "the timer of the first step wakes nobody")
	h.runFor(2 * time.Minute)
	require.Equal(t, "ana ana", h.phone.rung())
	h.runFor(6 * time.Minute)
	require.Equal(t, "ana ana ben cat", h.phone.rung(), "it climbs as any ring does")
	require.True(t, h.said("page", "The snooze is over: the ring goes to primary"))
}

func TestASnoozeEndsEarlyWhenTheEvidenceDoubles(t *testing.T) {
	t.Parallel()
	h, i := snoozed(t, 2*time.Hour)
	h.runFor(10 * time.Minute)
	h.grow(i, 7)
	require.Equal(t, "ana", h.phone.rung())
	h.grow(i, 8)
	require.Equal(t, "ana ana", h.phone.rung())
	require.True(t, h.said("page", "There are 8 people now, and there were 4 when it was snoozed"))
	_, err := h.pager.Ack(t.Context(), "ana", h.page(tocsin.TierRing).ID)
	require.NoError(t, err)
	h.runFor(3 * time.Hour)
	require.Equal(t, "ana ana", h.phone.rung(), "the old timer of the snooze wakes nobody")
}

func TestASnoozeCanBeMadeLongerAndCanBecomeAnAnswer(t *testing.T) {
	t.Parallel()
	h, _ := snoozed(t, 10*time.Minute)
	id := h.page(tocsin.TierRing).ID
	_, err := h.pager.Snooze(t.Context(), "ana", id, time.Hour)
	require.NoError(t, err)
	h.runFor(50 * time.Minute)
	require.Equal(t, "ana", h.phone.rung())
	_, err = h.pager.Ack(t.Context(), "ben", id)
	require.NoError(t, err)
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
}

func TestAVerdictEndsASnoozeToo(t *testing.T) {
	t.Parallel()
	h, i := snoozed(t, 10*time.Minute)
	h.rule(i, tocsin.VerdictNotIncident, "a newsletter")
	h.grow(i, 100)
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
	require.Equal(t, tocsin.PageAcked, h.page(tocsin.TierRing).State)
}

func TestWhatCannotBeSnoozedSaysWhy(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	page := h.page(tocsin.TierRing).ID
	for _, span := range []time.Duration{0, time.Second, -time.Hour, 25 * time.Hour} {
		_, err := h.pager.Snooze(t.Context(), "ana", page, span)
		h.code(err, tocsin.CodeInvalid, "1m to 24h")
	}
	_, err := h.pager.Snooze(t.Context(), "sue", h.page(tocsin.TierWhisper).ID, time.Hour)
	h.code(err, tocsin.CodeInvalid, "a whisper")
	_, err = h.pager.Snooze(t.Context(), "sue", 999, time.Hour)
	h.code(err, tocsin.CodeNotFound)
	_, err = h.pager.Ack(t.Context(), "ana", page)
	require.NoError(t, err)
	_, err = h.pager.Snooze(t.Context(), "ben", page, time.Hour)
	h.code(err, tocsin.CodeConflict, "taken by ana")
	_, err = h.pager.Snooze(t.Context(), "ana", page, time.Hour)
	require.NoError(t, err)
}

func TestNoCrashLosesTheEndOfASnooze(t *testing.T) {
	t.Parallel()
	for point := 1; ; point++ {
		h, i := snoozed(t, 10*time.Minute)
		crashed := h.crashAt(point)
		h.runFor(40 * time.Minute)
		require.Contains(t, h.phone.rung(), "ana ana", "crash at point %d", point)
		require.Contains(t, h.phone.rung(), "ben", "crash at point %d", point)
		require.NotZero(t, i)
		if !*crashed {
			return
		}
	}
}
