package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestAnAcknowledgedPageClimbsNoFurther(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	pages, err := h.pager.AckIncident(t.Context(), "ana", i)
	require.NoError(t, err)
	require.Len(t, pages, 2, "the whisper is taken with the ring")
	h.runFor(24 * time.Hour)
	require.Equal(t, "ana", h.phone.rung())
	page := h.page(tocsin.TierRing)
	require.Equal(t, tocsin.PageAcked, page.State)
	require.Equal(t, "ana", page.By)
	require.False(t, page.AckedAt.IsZero())
	require.True(t, page.NextAt.IsZero())
	require.True(t, h.said("ack", "ana has taken the ring."))
}

func TestAPageBelongsToWhoTookItFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	page := h.page(tocsin.TierRing).ID
	_, err := h.pager.Ack(t.Context(), "ana", page)
	require.NoError(t, err)
	again, err := h.pager.Ack(t.Context(), "ana", page)
	require.NoError(t, err, "a button may be pressed twice")
	require.Equal(t, "ana", again.By)
	_, err = h.pager.Ack(t.Context(), "ben", page)
	h.code(err, tocsin.CodeConflict, "taken by ana", "03:00 UTC")
}

func TestAnExhaustedPageCanStillBeTaken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	h.runFor(time.Hour)
	_, err := h.pager.Ack(t.Context(), "ana", h.page(tocsin.TierRing).ID)
	require.NoError(t, err)
}

func TestThereMustBeSomethingToAcknowledge(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.pager.AckIncident(t.Context(), "ana", 99)
	h.code(err, tocsin.CodeNotFound)
	i := h.incident("ana@mail")
	_, err = h.pager.AckIncident(t.Context(), "ana", i)
	h.code(err, tocsin.CodeConflict, "No page of incident")
	_, err = h.pager.Ack(t.Context(), "ana", 99)
	h.code(err, tocsin.CodeNotFound)
}

func TestWhatWasCalledOffNeedsNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	h.rule(i, tocsin.VerdictFlood, "")
	_, err := h.pager.Ack(t.Context(), "ana", h.page(tocsin.TierRing).ID)
	h.code(err, tocsin.CodeConflict, "called off")
}
