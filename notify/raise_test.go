package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestEscalateNowCallsTheNextStepWhoeverHasThePage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	id := h.page(tocsin.TierRing).ID
	_, err := h.pager.Ack(t.Context(), "ana", id)
	require.NoError(t, err)
	page, err := h.pager.EscalateNow(t.Context(), "ana", id)
	require.NoError(t, err)
	require.Equal(t, []any{tocsin.PageOpen, "", 1}, []any{page.State, page.By, page.Step})
	h.runFor(time.Second)
	require.Equal(t, "ana ben cat", h.phone.rung())
	require.True(t, h.said("page", "ana escalates: the ring goes to secondary"))
	_, err = h.pager.EscalateNow(t.Context(), "ben", id)
	require.NoError(t, err)
	h.runFor(time.Second)
	require.Equal(t, "ana ben cat ana", h.phone.rung(), "after the last step the first")
	h.runFor(time.Hour)
	require.Equal(t, "ana ben cat ana ben cat", h.phone.rung())
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
}

func TestNotUsHandsThePageToAnotherTeam(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.store.policies["billing"] = tocsin.Policy{Name: "billing", Steps: []tocsin.Step{
		{Name: "bills", Targets: []tocsin.Target{{Channel: "phone", To: "bea"}}}, {Name: "boss", Targets: []tocsin.Target{{Channel: "phone", To: "bob"}}},
	}}
	h.alert(ring(h.incident("ana@mail")))
	id := h.page(tocsin.TierRing).ID
	page, err := h.pager.NotUs(t.Context(), "ana", id, "billing", " cards\nfail ")
	require.NoError(t, err)
	require.Equal(t, "billing", page.Policy)
	h.runFor(time.Second)
	require.Equal(t, "ana bea", h.phone.rung())
	require.True(t, h.said("page", "ana says it is not for them and hands it to billing (cards fail): the ring goes to bills (phone bea)."))
	h.runFor(6 * time.Minute)
	require.Equal(t, "ana bea bob", h.phone.rung(), "it climbs by the new policy")
	_, err = h.pager.NotUs(t.Context(), "bob", id, "default", "")
	require.NoError(t, err)
	h.runFor(time.Second)
	require.Equal(t, "ana bea bob ana", h.phone.rung(), "and may come back")

	_, err = h.pager.NotUs(t.Context(), "ana", id, "nonesuch", "")
	h.code(err, tocsin.CodeInvalid, `no policy "nonesuch"`)
	_, err = h.pager.NotUs(t.Context(), "ana", id, "default", "")
	h.code(err, tocsin.CodeInvalid, "already")
	h.store.policies["mute"] = tocsin.Policy{Name: "mute"}
	_, err = h.pager.NotUs(t.Context(), "ana", id, "mute", "")
	h.code(err, tocsin.CodeInvalid, "would wake nobody")
}

func TestTheCavalryIsCalledByEveryContactAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("dan", "eve")
	h.mara()
	h.steps(tocsin.Target{Channel: "phone", To: "desk"}, tocsin.Target{Person: "dan"})
	h.quiet()
	i := h.incident("ana@mail")
	h.severity(i, 4)
	h.alert(ring(i))
	id := h.page(tocsin.TierRing).ID
	_, err := h.pager.Ack(t.Context(), "dan", id)
	require.NoError(t, err)
	_, err = h.pager.CallEveryone(t.Context(), "dan", id)
	require.NoError(t, err)
	h.runFor(time.Second)
	require.Equal(t, "desk dan eve mara desk", h.phone.rung(), "no rules, no quiet hours")
	require.Contains(t, h.chat.rung(), "@mara")
	require.True(t, h.said("page", "dan calls everyone: dan by phone"))
	_, err = h.pager.CallEveryone(t.Context(), "dan", id)
	h.code(err, tocsin.CodeConflict, "already")
	h.runFor(6 * time.Minute)
	require.Equal(t, 1, h.page(tocsin.TierRing).Step, "when nobody answers it climbs on")
}

func TestNobodyToCallIsSaid(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	delete(h.store.policies, tocsin.PolicyDefault)
	_, err := h.pager.CallEveryone(t.Context(), "ana", h.page(tocsin.TierRing).ID)
	h.code(err, tocsin.CodeConflict, "nobody to call")
}

func TestAWhisperIsNotEscalated(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	id := h.page(tocsin.TierWhisper).ID
	_, err := h.pager.EscalateNow(t.Context(), "sue", id)
	h.code(err, tocsin.CodeInvalid, "Confirm incident")
	_, err = h.pager.CallEveryone(t.Context(), "sue", id)
	h.code(err, tocsin.CodeInvalid)
	_, err = h.pager.NotUs(t.Context(), "sue", id, "default", "")
	h.code(err, tocsin.CodeInvalid)
}

func TestWhatAHumanCalledOffWakesNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	h.rule(i, tocsin.VerdictFlood, "")
	_, err := h.pager.EscalateNow(t.Context(), "ana", h.page(tocsin.TierRing).ID)
	h.code(err, tocsin.CodeConflict, "wakes nobody: the verdict is flood.")
	_, err = h.pager.Snooze(t.Context(), "ana", h.page(tocsin.TierRing).ID, time.Hour)
	h.code(err, tocsin.CodeConflict)
	h.runFor(time.Hour)
	require.Equal(t, "ana", h.phone.rung())
}

func TestAClosedPageWakesNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	page := h.page(tocsin.TierRing)
	page.State = tocsin.PageClosed
	h.store.pages[page.ID] = page
	for _, act := range []func() error{
		func() error { _, err := h.pager.EscalateNow(t.Context(), "ana", page.ID); return err },
		func() error { _, err := h.pager.CallEveryone(t.Context(), "ana", page.ID); return err },
		func() error { _, err := h.pager.Snooze(t.Context(), "ana", page.ID, time.Hour); return err },
	} {
		h.code(act(), tocsin.CodeConflict)
	}
	require.Equal(t, "ana", h.phone.rung())
}
