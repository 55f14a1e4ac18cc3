package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func (h *house) check(incident int64, item string, outcome tocsin.Outcome) error {
	h.Helper()
	h.clock = h.clock.Add(time.Minute)
	_, err := h.desk.Check(h.Context(), tocsin.Check{Incident: incident, Item: item, Outcome: outcome, By: "sue"})
	return err
}

func TestACheckIsOfTheAreasChecklist(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	require.NoError(t, h.check(i, " sign in by mail ", tocsin.OutcomeBroken))
	require.Equal(t, "sign in by mail", h.store.checks[0].Item)
	require.Equal(t, h.clock, h.store.checks[0].At)
	h.code(h.check(i, "sing in", tocsin.OutcomeWorks), tocsin.CodeInvalid, "sign in by mail; sign in by phone")
	h.code(h.check(i, "sign in by mail", "dunno"), tocsin.CodeInvalid, "works, broken or unclear")
	h.code(h.check(i, "", tocsin.OutcomeWorks), tocsin.CodeInvalid)
	h.code(h.check(99, "sign in by mail", tocsin.OutcomeWorks), tocsin.CodeNotFound)
}

func TestAnAreaWithoutChecklistTakesAnyItem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	delete(h.store.areas, "sign-in")
	require.NoError(t, h.check(i, "looked at the front page", tocsin.OutcomeWorks))
}

func TestResolvedNeedsEachItemSeenWorkingAfterTheVerdict(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	require.NoError(t, h.check(i, "sign in by phone", tocsin.OutcomeWorks))
	h.confirm(i)
	resolve := func() error {
		_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
		return err
	}
	require.NoError(t, h.check(i, "sign in by mail", tocsin.OutcomeWorks))
	h.code(resolve(), tocsin.CodeConflict, "Open: sign in by phone.")
	require.NoError(t, h.check(i, "sign in by phone", tocsin.OutcomeWorks))
	require.NoError(t, h.check(i, "sign in by mail", tocsin.OutcomeBroken))
	h.code(resolve(), tocsin.CodeConflict, "Open: sign in by mail.")
	require.NoError(t, h.check(i, "sign in by mail", tocsin.OutcomeWorks))
	require.NoError(t, resolve())
}

func TestWithoutAChecklistResolvedNeedsOneCheckThatWorks(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.store.areas["sign-in"] = tocsin.Area{Name: "sign-in"}
	h.rule(i, tocsin.VerdictConfirmed, "")
	_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeConflict, "anything that users do there")
	require.NoError(t, h.check(i, "front page", tocsin.OutcomeBroken))
	_, err = h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeConflict, "Open: front page.")
	require.NoError(t, h.check(i, "front page", tocsin.OutcomeWorks))
	_, err = h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	require.NoError(t, err)
}

func TestAnOldCheckProvesNothingAfterAWrongWordOfTheFix(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	h.works(i)
	h.say(i, tocsin.UpdateResolved, "It is fixed.")
	again := h.draft(i, tocsin.UpdateResolved, "It is really fixed.")
	_, err := h.desk.Approve(t.Context(), approval(again))
	h.code(err, tocsin.CodeConflict, "Open: sign in by mail; sign in by phone")
	h.works(i)
	h.approve(again)
}

func TestAnOldCheckProvesNothingAfterItCameBack(t *testing.T) {
	t.Parallel()
	for name, comesBack := range map[string]func(*house, int64) error{
		"the phase goes back": func(h *house, i int64) error {
			_, err := h.desk.Phase(h.Context(), "sue", i, tocsin.PhaseInvestigating)
			return err
		},
		"the incident is reopened": func(h *house, i int64) error {
			if err := h.close(i, tocsin.Waiver{Reporter: "id:ana", Reason: "a test account of ours"}); err != nil {
				return err
			}
			_, err := h.desk.Reopen(h.Context(), "sue", i, "it is back")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			i := h.incident("ana@mail")
			h.confirm(i)
			_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseMonitoring)
			require.NoError(t, err)
			h.works(i)
			_, err = h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
			require.NoError(t, err)
			h.clock = h.clock.Add(time.Minute)
			require.NoError(t, comesBack(h, i))
			fixed := h.draft(i, tocsin.UpdateResolved, "It is fixed.")
			_, err = h.desk.Approve(t.Context(), approval(fixed))
			h.code(err, tocsin.CodeConflict, "Open: sign in by mail; sign in by phone")
			h.works(i)
			h.approve(fixed)
		})
	}
}

func TestACheckOutlivesAStepTowardsTheFix(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	h.works(i)
	h.clock = h.clock.Add(time.Minute)
	for _, phase := range []tocsin.Phase{tocsin.PhaseMonitoring, tocsin.PhaseResolved} {
		_, err := h.desk.Phase(t.Context(), "sue", i, phase)
		require.NoError(t, err)
	}
}
