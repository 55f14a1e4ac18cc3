package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func (h *house) close(incident int64, waivers ...tocsin.Waiver) error {
	_, err := h.desk.Close(h.Context(), "sue", incident, waivers)
	return err
}

func TestAnIncidentIsClosedOnlyWhenNobodyIsForgotten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "?dot@mail", "mum@feed")
	h.code(h.close(i), tocsin.CodeConflict, "no verdict")
	h.confirm(i)
	h.code(h.close(i), tocsin.CodeConflict, "not resolved")
	h.works(i)
	update := h.draft(i, tocsin.UpdateResolved, "It is fixed.")
	h.approve(update)
	h.code(h.close(i), tocsin.CodeConflict, "still on its way")
	h.runFor(time.Minute)
	h.code(h.close(i), tocsin.CodeConflict, "2 reporters are still without an answer", "dot, mum")
	_, err := h.desk.ByHand(t.Context(), "sue", h.line(update, "mum").ID, "called her")
	require.NoError(t, err)
	h.code(h.close(i, tocsin.Waiver{Reporter: "id:dot", Reason: " "}), tocsin.CodeConflict, "1 reporter is")
	require.NoError(t, h.close(i, tocsin.Waiver{Reporter: "id:dot", Reason: "asked about an invoice; passed on to billing"}))
	require.Equal(t, h.clock, h.store.incidents[i].ClosedAt)
	require.True(t, h.said("waived", "dot gets no answer: asked about an invoice"))
	require.True(t, h.said("closed", ""))
	require.Equal(t, tocsin.PageClosed, h.page(tocsin.TierRing).State)
	h.code(h.close(i), tocsin.CodeConflict, "is closed")
}

func TestTheSentenceNamesOnlyTheFirstOfManyWhoAreForgotten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident()
	for k := range 9 {
		h.report(i, fmt.Sprintf("p%d@mail", k))
	}
	h.rule(i, tocsin.VerdictNotIncident, "a newsletter")
	h.code(h.close(i), tocsin.CodeConflict, "9 reporters", "p0, p1, p2, p3, p4, …")
}

func TestAFloodIsClosedAtOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("bot@mail", "bat@mail")
	h.rule(i, tocsin.VerdictFlood, "")
	require.NoError(t, h.close(i))
}

func TestAClosedIncidentCanBeReopenedWithAReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("bot@mail")
	_, err := h.desk.Reopen(t.Context(), "sue", i, "it is back")
	h.code(err, tocsin.CodeConflict, "not closed")
	h.rule(i, tocsin.VerdictFlood, "")
	require.NoError(t, h.close(i))
	_, err = h.desk.Reopen(t.Context(), "sue", i, "")
	h.code(err, tocsin.CodeInvalid)
	got, err := h.desk.Reopen(t.Context(), "sue", i, "it is back")
	require.NoError(t, err)
	require.True(t, got.ClosedAt.IsZero())
	require.True(t, h.said("reopened", "it is back"))
}

func TestWhoDidNotGetTheLastWordIsStillOwedIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	h.say(i, tocsin.UpdateAware, "We know.")
	h.works(i)
	h.mail.answer = permanent
	fixed := h.say(i, tocsin.UpdateResolved, "It is fixed.")
	h.set(fixed, "ben", func(d *tocsin.Delivery) { d.State, d.Reason = tocsin.DeliveryHeld, "see whether it arrived" })
	require.Equal(t, "ana@mail (failed No such mailbox.), ben@mail (held see whether it arrived)", names(h.owed(i)))
	h.code(h.close(i), tocsin.CodeConflict, "2 reporters are still without an answer", "ana, ben")
	h.mail.answer = func(string) (bool, error) { return true, nil }
	_, err := h.desk.Retry(t.Context(), "sue", h.line(fixed, "ana").ID)
	require.NoError(t, err)
	h.runFor(time.Minute)
	_, err = h.desk.ByHand(t.Context(), "sue", h.line(fixed, "ben").ID, "called him")
	require.NoError(t, err)
	require.NoError(t, h.close(i))
}

func TestALaterWordThatArrivedMakesUpForAnEarlierOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	h.mail.answer = permanent
	h.say(i, tocsin.UpdateAware, "We know.")
	h.works(i)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.say(i, tocsin.UpdateResolved, "It is fixed.")
	require.NoError(t, h.close(i))
}

func TestAWaiverNamesSomebodyWhoIsOwedAnAnswer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "cat@mail")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.Handle = "ben" })
	h.rule(i, tocsin.VerdictNotIncident, "a newsletter")
	waiver := func(who string) tocsin.Waiver { return tocsin.Waiver{Reporter: who, Reason: "wrote to billing"} }
	h.code(h.close(i, waiver("anna")), tocsin.CodeInvalid, `Nobody called "anna"`)
	h.code(h.close(i, waiver("ben")), tocsin.CodeInvalid, "2 reporters are called", "id:ben, id:cat")
	require.NoError(t, h.close(i, waiver("ana"), waiver("id:ben"), waiver("id:cat")))
}
