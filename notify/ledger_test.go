package notify_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func (h *house) owed(incident int64) []tocsin.Recipient {
	h.Helper()
	owed, err := h.desk.Owed(h.Context(), incident)
	require.NoError(h, err)
	return owed
}

// ledger counts an incident's deliveries by their states.
func (h *house) ledger(incident int64) map[tocsin.DeliveryState]int {
	h.Helper()
	count, q := map[tocsin.DeliveryState]int{}, tocsin.DeliveryQuery{Incident: incident}
	for {
		lines, next, err := h.store.Deliveries(h.Context(), q)
		require.NoError(h, err)
		for _, l := range lines {
			count[l.State]++
		}
		if q.After = next; next == "" {
			return count
		}
	}
}

func TestTheLedgerShowsWhoWasToldAndWhoIsOwed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ana@forum", "ben@mail", "?dot@mail", "mum@feed")
	h.report(i, "sam@mail")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.Staff = true })
	h.report(i, "status@feed")
	h.change(i, func(m *tocsin.Member) { m.Report.Reporter.ID = "upstream:status.example.org" })
	h.report(i, "spy@mail")
	h.change(i, func(m *tocsin.Member) { m.Reason = "spam" })
	require.Equal(t, "ana@forum, ben@mail, dot@mail (doubtful), mum@feed", names(h.owed(i)))
	h.confirm(i)
	h.mail.answer = permanent
	h.say(i, tocsin.UpdateAware, "We know.")
	require.Equal(t, map[tocsin.DeliveryState]int{tocsin.DeliverySent: 2, tocsin.DeliveryFailed: 1, tocsin.DeliveryHeld: 1}, h.ledger(i))
	require.Equal(t, "ben@mail (failed No such mailbox.), dot@mail (doubtful), mum@feed (held channel cannot reply)", names(h.owed(i)))
	_, err := h.desk.Owed(t.Context(), 99)
	h.code(err, tocsin.CodeNotFound)
}

func TestALongLedgerIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update := broadcastTo(h, 50, func(int) bool { return false })
	incident := h.store.updates[update].Incident
	require.Equal(t, map[tocsin.DeliveryState]int{tocsin.DeliverySent: 50}, h.ledger(incident))
	require.Empty(t, h.owed(incident))
}

func TestNobodyIsOwedByAFloodOrADuplicate(t *testing.T) {
	t.Parallel()
	h := setup(t)
	main, flood, double := h.incident("ana@mail"), h.incident("bot@mail"), h.incident("ben@mail")
	h.rule(flood, tocsin.VerdictFlood, "")
	_, err := h.desk.Verdict(t.Context(), tocsin.Ruling{Actor: "sue", Incident: double, Verdict: tocsin.VerdictDuplicate, DuplicateOf: main})
	require.NoError(t, err)
	require.Empty(t, h.owed(flood))
	require.Empty(t, h.owed(double))
	require.Len(t, h.owed(main), 1)
}
