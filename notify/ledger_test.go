package notify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
)

func (h *house) ledger(incident int64) notify.Ledger {
	h.Helper()
	l, err := h.desk.Ledger(h.Context(), incident)
	require.NoError(h, err)
	return l
}

func TestTheLedgerShowsWhoWasToldAndWhoIsOwed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ana@forum", "ben@mail", "?dot@mail", "mum@feed")
	h.report(i, "sam@mail")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.Staff = true })
	h.report(i, "spy@mail")
	h.change(i, func(m *tocsin.Member) { m.Reason = "spam" })
	require.Equal(t, "ana@forum, ben@mail, dot@mail (doubtful), mum@feed", names(h.ledger(i).Owed))
	h.confirm(i)
	h.mail.answer = permanent
	h.say(i, tocsin.UpdateAware, "We know.")
	l := h.ledger(i)
	require.Len(t, l.Deliveries, 4)
	require.Equal(t, map[tocsin.DeliveryState]int{tocsin.DeliverySent: 2, tocsin.DeliveryFailed: 1, tocsin.DeliveryHeld: 1}, l.Count)
	require.Equal(t, "ben@mail (failed No such mailbox.), dot@mail (doubtful), mum@feed (held channel cannot reply)", names(l.Owed))
	_, err := h.desk.Ledger(t.Context(), 99)
	h.code(err, tocsin.CodeNotFound)
}

func TestALongLedgerIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update := broadcastTo(h, 50, func(int) bool { return false })
	l := h.ledger(h.store.updates[update].Incident)
	require.Len(t, l.Deliveries, 50)
	require.Empty(t, l.Owed)
}

func TestNobodyIsOwedByAFloodOrADuplicate(t *testing.T) {
	t.Parallel()
	h := setup(t)
	main, flood, double := h.incident("ana@mail"), h.incident("bot@mail"), h.incident("ben@mail")
	h.rule(flood, tocsin.VerdictFlood, "")
	_, err := h.desk.Verdict(t.Context(), notify.Ruling{Actor: "sue", Incident: double, Verdict: tocsin.VerdictDuplicate, DuplicateOf: main})
	require.NoError(t, err)
	require.Empty(t, h.ledger(flood).Owed)
	require.Empty(t, h.ledger(double).Owed)
	require.Len(t, h.ledger(main).Owed, 1)
}
