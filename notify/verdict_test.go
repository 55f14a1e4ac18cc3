package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func (h *house) rule(incident int64, v tocsin.Verdict, reason string) {
	h.Helper()
	_, err := h.desk.Verdict(h.Context(), tocsin.Ruling{Actor: "sue", Incident: incident, Verdict: v, Reason: reason})
	require.NoError(h, err)
}

func TestConfirmingNeedsSomethingTriedOrAReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	r := tocsin.Ruling{Actor: "sue", Incident: i, Verdict: tocsin.VerdictConfirmed}
	_, err := h.desk.Verdict(t.Context(), r)
	h.code(err, tocsin.CodeConflict, "sign in by mail; sign in by phone")
	r.Reason = "the provider says so"
	got, err := h.desk.Verdict(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, tocsin.VerdictConfirmed, got.Verdict)
	require.Equal(t, tocsin.PhaseInvestigating, got.Phase)
	require.Equal(t, start, got.VerdictAt)
	require.True(t, h.said("verdict", "confirmed: the provider says so"))
}

func TestAnAreaWithoutChecklistIsConfirmedOnAWord(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.store.areas["sign-in"] = tocsin.Area{Name: "sign-in"}
	h.rule(i, tocsin.VerdictConfirmed, "")
}

func TestTheWordsOfTheHouseDecideWhichVerdictsAreLegal(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	_, err := h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: i, Verdict: tocsin.VerdictNotIncident})
	h.code(err, tocsin.CodeInvalid, "Say why")
	_, err = h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: i, Verdict: "maybe"})
	h.code(err, tocsin.CodeConflict)
	_, err = h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: 99, Verdict: tocsin.VerdictFlood})
	h.code(err, tocsin.CodeNotFound)
}

func TestADuplicateNamesTheIncidentThatStays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	first, second, third := h.incident("ana@mail"), h.incident("ben@mail"), h.incident("cat@mail")
	rule := func(incident, of int64) error {
		_, err := h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: incident, Verdict: tocsin.VerdictDuplicate, DuplicateOf: of})
		return err
	}
	h.code(rule(second, 0), tocsin.CodeInvalid)
	h.code(rule(second, second), tocsin.CodeInvalid)
	h.code(rule(second, 99), tocsin.CodeInvalid, "no incident 99")
	require.NoError(t, rule(second, first))
	h.code(rule(third, second), tocsin.CodeConflict, "itself a duplicate")
	require.True(t, h.said("verdict", "duplicate of incident"))
}

func TestAVerdictAgainstItCallsOffPagesAndStopsClaims(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	h.mail.answer = busy
	update := h.say(i, tocsin.UpdateAware, "We know and are on it.")
	require.Equal(t, tocsin.UpdateSending, h.store.updates[update].State)
	h.rule(i, tocsin.VerdictNotIncident, "a test of ours")
	require.Equal(t, tocsin.UpdateStopped, h.store.updates[update].State, "a claim that is wrong goes to nobody else")
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.runFor(24 * time.Hour)
	require.Empty(t, h.mail.took)
	require.Equal(t, "ana", h.phone.rung(), "the ring was called off in its first step")
}

func TestAnUpdateInItsHoldIsCalledBackWhenTheVerdictChanges(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know and are on it.")
	h.approve(update)
	h.rule(i, tocsin.VerdictFlood, "")
	h.runFor(time.Hour)
	require.Equal(t, tocsin.UpdateDraft, h.store.updates[update].State)
	require.Empty(t, h.mail.took)
	require.True(t, h.said("cancel", "called back in its hold: the incident is flood"))
}

func TestPhaseAndCauseBelongToConfirmedIncidents(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseIdentified)
	h.code(err, tocsin.CodeConflict)
	_, err = h.desk.Cause(t.Context(), "sue", i, tocsin.CauseMalicious)
	h.code(err, tocsin.CodeConflict)
	h.confirm(i)
	got, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseIdentified)
	require.NoError(t, err)
	require.Equal(t, tocsin.PhaseIdentified, got.Phase)
	got, err = h.desk.Cause(t.Context(), "sue", i, tocsin.CauseMalicious)
	require.NoError(t, err)
	require.Equal(t, tocsin.CauseMalicious, got.Cause)
	_, err = h.desk.Cause(t.Context(), "sue", i, "gremlins")
	h.code(err, tocsin.CodeInvalid)
	require.True(t, h.said("phase", "identified"))
	require.True(t, h.said("cause", "malicious"))
}

func TestResolvedIsNotAPhaseWithoutProof(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeConflict, "sign in by mail", "sign in by phone")
	h.works(i)
	_, err = h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	require.NoError(t, err)
	_, err = h.desk.Phase(t.Context(), "sue", 99, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeNotFound)
}

func TestAVerdictTakesBackWhateverIsInItsHold(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	wrong := h.say(i, tocsin.UpdateAware, "We are down.")
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "Only a few are.", Corrects: wrong})
	require.NoError(t, err)
	h.approve(u.ID)
	h.clock = h.clock.Add(time.Second)
	h.rule(i, tocsin.VerdictNotIncident, "a test of ours")
	require.Equal(t, tocsin.UpdateDraft, h.store.updates[u.ID].State)
	h.runFor(time.Minute)
	require.Empty(t, h.texts("", "Only a few are."))
	h.approve(u.ID)
	h.runFor(time.Minute)
	require.Len(t, h.texts("", "Only a few are."), 2, "somebody has looked at it again")
}

func TestACrashBehindAVerdictLetsNothingOfTheOldOneOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("ana@mail")
	update := h.draft(id, tocsin.UpdateAware, "We are looking.")
	h.approve(update)
	i := h.store.incidents[id]
	i.Verdict, i.VerdictAt = tocsin.VerdictConfirmed, h.clock.Add(time.Second)
	h.store.incidents[id] = i
	h.runFor(time.Minute)
	require.Equal(t, tocsin.UpdateDraft, h.store.updates[update].State)
	require.Empty(t, h.mail.took)
}

func TestWhatIsSoAlreadyIsNotSaidAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeConflict, "Only a confirmed incident has a phase")
	h.rule(i, tocsin.VerdictConfirmed, "the provider says so")
	_, err = h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: i, Verdict: tocsin.VerdictConfirmed})
	h.code(err, tocsin.CodeConflict, "It is confirmed already.")
	h.works(i)
	h.say(i, tocsin.UpdateResolved, "It is fixed.")
	_, err = h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseResolved)
	h.code(err, tocsin.CodeConflict, "It is resolved already.")
}
