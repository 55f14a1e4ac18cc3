package backtest

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// TestTheNamesInTheResultStay holds the JSON that programs read.
func TestTheNamesInTheResultStay(t *testing.T) {
	t.Parallel()
	setting, early := 2.0, tocsin.Duration(12*time.Minute)
	page := Page{ID: "7", At: noon, Title: "Gate", Service: "gate", Urgency: "high"}
	got, err := json.MarshalIndent(Result{
		From: noon, Until: at(60), Reports: 3, FalseRings: 1, PagesOutside: 1, Window: tocsin.Duration(time.Hour), Chance: .5, Budget: 1, Proposal: &setting,
		Incidents: []Incident{{Key: "k", Kind: tocsin.KindIncident, Title: "t", Area: "a", Page: &page, Ring: &Bell{At: noon, Reports: []string{"1"}, People: []string{"ana"}, Lead: &early}}},
		Pages:     []Heard{{Page: page, Reports: 3, Incidents: []string{"k"}}},
		Trials:    []Trial{{FalseRings: 2, Whispers: 1, Rings: 1, Matched: 1, Unmatched: 0, Monthly: 0, MedianLead: &early}},
		Chart:     Chart{From: noon, Step: "1h0m0s", Reports: []int{3}, Whispers: []int{0}, Rings: []int{1}, Pages: []int{1}},
	}, "", "  ")
	require.NoError(t, err)
	require.JSONEq(t, `{
  "from": "2026-02-03T12:00:00Z", "until": "2026-02-03T13:00:00Z", "reports": 3, "false_rings": 1,
  "incidents": [{
    "incident": "k", "kind": "incident", "title": "t", "area": "a",
    "ring": {"at": "2026-02-03T12:00:00Z", "reports": ["1"], "people": ["ana"], "lead": "12m0s"},
    "page": {"id": "7", "at": "2026-02-03T12:00:00Z", "title": "Gate", "service": "gate", "urgency": "high"}
  }],
  "pages": [{"id": "7", "at": "2026-02-03T12:00:00Z", "title": "Gate", "service": "gate", "urgency": "high", "reports": 3, "incidents": ["k"]}],
  "pages_outside": 1, "window": "1h0m0s", "chance": 0.5,
  "trials": [{"false_rings": 2, "whispers": 1, "rings": 1, "matched": 1, "unmatched": 0, "unmatched_monthly": 0, "median_lead": "12m0s"}],
  "budget": 1, "proposal": 2,
  "chart": {"from": "2026-02-03T12:00:00Z", "step": "1h0m0s", "reports": [3], "whispers": [0], "rings": [1], "pages": [1]}
}`, string(got))
}

// TestAWiderWindowNeverMatchesLess and a larger budget never proposes a quieter bell.
func TestAWiderWindowNeverMatchesLess(t *testing.T) {
	t.Parallel()
	pages := pagesAt(0, 45, 300, 301, 900, 2000)
	matched, share := 0, 0.0
	for window := time.Duration(0); window < 20*time.Hour; window += 7 * time.Minute {
		incidents := []Incident{found(20, 30), found(310, none), found(none, 1400), found(2500, 2600)}
		match(incidents, pages, window)
		now := weigh(1, incidents, month)
		require.GreaterOrEqual(t, now.Matched, matched)
		matched = now.Matched
		luck := chance(pages, at(0), at(3000), window)
		require.GreaterOrEqual(t, luck, share)
		require.LessOrEqual(t, luck, 1.0)
		share = luck
	}
	require.Equal(t, 3, matched)
}

func TestALargerBudgetNeverProposesAQuieterBell(t *testing.T) {
	t.Parallel()
	trials := []Trial{{FalseRings: .25, Rings: 1}, {FalseRings: 1, Rings: 4, Monthly: 2}, {FalseRings: 2, Rings: 4, Monthly: 1.5}, {FalseRings: 8, Rings: 9, Monthly: 7}}
	last := 0.0
	for budget := 0.0; budget < 10; budget += .25 {
		proposed := *propose(trials, budget)
		require.GreaterOrEqual(t, proposed, last)
		last = proposed
	}
	require.InDelta(t, 8, last, 0)
}
