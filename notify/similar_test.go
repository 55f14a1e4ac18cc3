package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// past stores an earlier incident.
func (h *house) past(change func(*tocsin.Incident)) int64 {
	h.Helper()
	id := h.incident()
	i := h.store.incidents[id]
	i.FirstSeen, i.OpenedAt, i.ClosedAt = start.Add(-240*time.Hour), start.Add(-240*time.Hour), start.Add(-238*time.Hour)
	i.Verdict, i.Cause = tocsin.VerdictConfirmed, tocsin.CauseProvider
	change(&i)
	h.store.incidents[id] = i
	return id
}

func TestAPageTellsHowSimilarIncidentsEnded(t *testing.T) {
	t.Parallel()
	h := setup(t)
	known := h.past(func(*tocsin.Incident) {})
	h.past(func(i *tocsin.Incident) { i.Restricted = true })
	h.past(func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictDuplicate })
	h.past(func(i *tocsin.Incident) { i.Verdict, i.ClosedAt = tocsin.VerdictNone, time.Time{} })
	h.past(func(i *tocsin.Incident) {
		i.Title, i.Area, i.Explanation.Phrases = "video stutters", "watching", []string{"buffering"}
	})
	none := h.past(func(i *tocsin.Incident) {
		i.Verdict, i.VerdictReason, i.Cause = tocsin.VerdictNotIncident, "ask ana@example.org", ""
		i.Title, i.Explanation.Phrases, i.ClosedAt = "sign in mail", []string{"code spam"}, time.Time{}
	})
	h.alert(ring(h.incident("ana@mail")))
	a := h.phone.alarms[0]
	require.Equal(t, []tocsin.Past{
		{Incident: known, Title: "can't sign in", At: start.Add(-240 * time.Hour), Ended: "confirmed, a provider's fault; closed after 2h0m0s"},
		{Incident: none, Title: "sign in mail", At: start.Add(-240 * time.Hour), Ended: "not an incident: ask [mail]; still open"},
	}, a.Similar)
	require.Contains(t, a.Body, "of 2026-11-13, can't sign in: confirmed, a provider's fault")
}

func TestEachEndHasItsWords(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*tocsin.Incident){
		"confirmed, our own fault; closed":     func(i *tocsin.Incident) { i.Cause = tocsin.CauseOurs },
		"confirmed, made by attackers; closed": func(i *tocsin.Incident) { i.Cause = tocsin.CauseMalicious },
		"confirmed, of unknown cause; closed":  func(i *tocsin.Incident) { i.Cause = tocsin.CauseUnknown },
		"never vetted; closed after 2h0m0s":    func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictNone },
		"flood; closed after":                  func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictFlood },
	} {
		h := setup(t)
		h.past(change)
		h.alert(ring(h.incident("ana@mail")))
		require.Contains(t, h.phone.alarms[0].Similar[0].Ended, want)
	}
}
