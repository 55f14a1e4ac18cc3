package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// page finds the page of a tier.
func (h *house) page(tier tocsin.Tier) tocsin.Page {
	h.Helper()
	for _, p := range h.store.pages {
		if p.Tier == tier {
			return p
		}
	}
	require.Fail(h, "no such page")
	return tocsin.Page{}
}

func TestARingClimbsUntilItsStepsAreExhausted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ana", h.phone.rung())
	h.runFor(4 * time.Minute)
	require.Equal(t, "ana", h.phone.rung(), "the first step waits five minutes")
	h.runFor(2 * time.Minute)
	require.Equal(t, "ana ben cat", h.phone.rung())
	h.runFor(time.Hour)
	require.Equal(t, "ana ben cat", h.phone.rung())
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
	require.True(t, h.said("page", "every step of policy default was tried"))
}

func TestRepeatGoesThroughTheStepsAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	policy := h.store.policies[tocsin.PolicyDefault]
	policy.Repeat = 1
	h.store.policies[tocsin.PolicyDefault] = policy
	h.alert(ring(h.incident("ana@mail")))
	h.runFor(2 * time.Hour)
	require.Equal(t, "ana ben cat ana ben cat", h.phone.rung())
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
}

func TestAStepWithoutTargetsLosesNoTime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	policy := h.store.policies[tocsin.PolicyDefault]
	policy.Steps = append([]tocsin.Step{{Name: "empty rota"}}, policy.Steps...)
	h.store.policies[tocsin.PolicyDefault] = policy
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ana", h.phone.rung())
}

func TestATimerThatFiresTwiceOrLateEscalatesOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	page := h.page(tocsin.TierRing)
	for range 3 {
		_, err := h.do(tocsin.EscalateJob{Page: page.ID, Step: 0})
		require.NoError(t, err)
	}
	h.runFor(time.Second)
	require.Equal(t, "ana ben cat", h.phone.rung())
	require.Equal(t, 1, h.page(tocsin.TierRing).Step)
}

func TestAnAnswerInTheMomentOfEscalationWins(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	h.store.at = func(point string) {
		if point == "before change of page" {
			page := h.page(tocsin.TierRing)
			page.State, page.By = tocsin.PageAcked, "ana"
			h.store.pages[page.ID] = page
		}
	}
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
	require.Equal(t, "ana", h.page(tocsin.TierRing).By)
	require.Zero(t, h.page(tocsin.TierRing).Step)
}

func TestAPageOfASilencedIncidentClimbsNoFurther(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("ana@mail")
	h.alert(ring(id))
	i := h.store.incidents[id]
	i.Verdict = tocsin.VerdictFlood
	h.store.incidents[id] = i
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
	require.Equal(t, tocsin.PageAcked, h.page(tocsin.TierRing).State)
	require.True(t, h.said("ack", "called off: the verdict is flood"))
}

func TestAPolicyThatIsEmptiedMeanwhileEndsThePage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	delete(h.store.policies, tocsin.PolicyDefault)
	h.runFor(time.Hour)
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
	require.True(t, h.said("page", "exhausted"))
}

func TestConfirmingRingsWhoWasNotRung(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	require.Empty(t, h.phone.rung())
	h.confirm(i)
	h.runFor(time.Second)
	require.Equal(t, "ana", h.phone.rung(), "a human's word is reason enough")
}

func TestConfirmingDoesNotRingAgainWhoIsAtIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	_, err := h.pager.AckIncident(t.Context(), "ana", i)
	require.NoError(t, err)
	h.confirm(i)
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
}

func TestConfirmingRingsAnewWhatWasCalledOffOrNeverAnswered(t *testing.T) {
	t.Parallel()
	t.Run("called off", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		i := h.incident("ana@mail")
		h.alert(ring(i))
		h.rule(i, tocsin.VerdictNotIncident, "a newsletter went out")
		h.runFor(time.Hour)
		require.Equal(t, "ana", h.phone.rung())
		h.confirm(i)
		h.runFor(6 * time.Minute)
		require.Equal(t, "ana ana ben cat", h.phone.rung(), "from the first step, and it climbs again")
		require.Empty(t, h.page(tocsin.TierRing).By)
		h.runFor(time.Hour)
		require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
	})
	t.Run("never answered", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		i := h.incident("ana@mail")
		h.alert(ring(i))
		h.runFor(time.Hour)
		h.confirm(i)
		h.runFor(time.Second)
		require.Equal(t, "ana ben cat ana", h.phone.rung())
	})
	t.Run("called off although somebody had it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		i := h.incident("ana@mail")
		h.alert(ring(i))
		_, err := h.pager.AckIncident(t.Context(), "ana", i)
		require.NoError(t, err)
		h.rule(i, tocsin.VerdictNotIncident, "works as intended")
		h.confirm(i)
		h.runFor(time.Second)
		require.Equal(t, "ana ana", h.phone.rung(), "she has gone back to bed")
	})
}
