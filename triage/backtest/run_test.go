package backtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// month of a bakery: everyday questions, and on its 20th day an outage that 30
// people tell within an hour.
func bakery(t *testing.T) (*Past, time.Time) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 8))
	pick := func(of []string) string { return of[r.IntN(len(of))] }
	open := []string{"How do I", "May I", "Where can I", "I would like to", "Please help me", "Is it possible to"}
	wish := []string{
		"order a cake for Sunday", "change the size of my order", "get the invoice for March", "pick up bread in the evening", "pay by bank transfer",
		"learn what is in the rye loaf", "become a baker", "return a tin", "book the course on croissants", "send flowers along", "use my voucher",
		"buy flour from your mill", "cancel my subscription", "get rolls without sesame", "have a cake with a photograph",
	}
	outage := []string{
		"the oven app says FURNACE-9 and will not start", "FURNACE-9 since this morning, my oven does not start from the app", "oven app is broken: FURNACE-9",
		"cannot start my oven, error FURNACE-9", "app fails with FURNACE-9 whenever I start the oven", "my oven stays cold, the app shows FURNACE-9",
	}
	p := emptyPast(t)
	n := 0
	add := func(at time.Time, who, text string) {
		n++
		_, err := p.Add(tocsin.Report{ExternalID: fmt.Sprint(n), Channel: "tickets", At: at, ReceivedAt: at, Text: text, Reporter: tocsin.Reporter{ID: who, Handle: who}})
		require.NoError(t, err)
	}
	for range 900 {
		add(noon.Add(time.Duration(r.Int64N(int64(30*24*time.Hour)))), fmt.Sprint("guest", r.IntN(600)), pick(open)+" "+pick(wish)+"?")
	}
	broke := noon.AddDate(0, 0, 20)
	for k := range 30 {
		add(broke.Add(time.Duration(k)*2*time.Minute), fmt.Sprint("cold", k), pick(outage))
	}
	return p, broke
}

func TestABacktestFindsTheOutageAndHowMuchEarlierThanThePager(t *testing.T) {
	t.Parallel()
	past, broke := bakery(t)
	pages := []Page{{ID: "1", At: broke.Add(50 * time.Minute), Title: "Oven API"}, {ID: "2", At: broke.AddDate(0, 0, 5)}, {ID: "3", At: broke.AddDate(1, 0, 0)}}
	var judged atomic.Int64
	o := Options{
		Config: triage.DefaultConfig(), Settings: []float64{.5, 1, 4}, Pages: pages, Window: 2 * time.Hour, Budget: 3,
		Step: func(n int) { judged.Add(int64(n)) },
	}
	r, err := Run(t.Context(), past, o)
	require.NoError(t, err)
	require.Equal(t, 3, o.Passes(), "the present setting is among those to try")
	require.InDelta(t, float64(past.Len()*3), float64(judged.Load()), 3*drainEvery)

	var outage *Incident
	for n, i := range r.Incidents {
		if i.Page != nil && i.Page.ID == "1" && i.Ring != nil {
			outage = &r.Incidents[n]
		}
	}
	require.NotNil(t, outage, "it rings")
	require.Equal(t, tocsin.KindIncident, outage.Kind)
	require.NotEmpty(t, outage.Title)
	require.Positive(t, time.Duration(*outage.Ring.Lead))
	require.Less(t, time.Duration(*outage.Ring.Lead), 50*time.Minute)
	require.NotEmpty(t, outage.Ring.Reports)
	require.Contains(t, outage.Ring.People[0], "cold")

	require.Equal(t, 1, r.PagesOutside)
	require.Len(t, r.Pages, 2)
	require.Contains(t, r.Pages[0].Incidents, outage.Key)
	require.GreaterOrEqual(t, r.Pages[0].Reports, 30)
	require.Len(t, r.Trials, 3)
	for _, trial := range r.Trials {
		require.Equal(t, trial.Rings, trial.Matched+trial.Unmatched)
		require.Positive(t, trial.Matched)
	}
	require.NotNil(t, r.Proposal)
	require.NotEmpty(t, r.Chart.Lines())
}

// TestABacktestRingsWhenReplayRings holds the two against each other: both run the
// triage of production.
func TestABacktestRingsWhenReplayRings(t *testing.T) {
	t.Parallel()
	past, _ := bakery(t)
	r, err := Run(t.Context(), past, Options{Config: triage.DefaultConfig(), Window: time.Hour})
	require.NoError(t, err)
	var recorded, alerts bytes.Buffer
	for report, err := range past.All() {
		require.NoError(t, err)
		line, err := json.Marshal(map[string]any{
			"id": report.ExternalID, "at": report.At, "channel": report.Channel, "author": report.Reporter.ID, "text": report.Text,
		})
		require.NoError(t, err)
		recorded.Write(append(line, '\n'))
	}
	_, err = triage.Replay(t.Context(), &recorded, triage.Outputs{Alerts: &alerts}, triage.DefaultConfig(), nil, time.Now)
	require.NoError(t, err)
	bells := 0
	for _, i := range r.Incidents {
		bells += len(i.bells())
		for _, b := range i.bells() {
			require.Contains(t, alerts.String(), b.At.Format(time.RFC3339Nano))
		}
	}
	require.Positive(t, bells)
	require.Equal(t, bytes.Count(alerts.Bytes(), []byte{'\n'}), bells)
}

func TestABacktestComesOutTheSameEachTime(t *testing.T) {
	t.Parallel()
	past, broke := bakery(t)
	o := Options{Config: triage.DefaultConfig(), Settings: Settings(), Pages: []Page{{At: broke}}, Window: time.Hour, Budget: 1}
	first, err := Run(t.Context(), past, o)
	require.NoError(t, err)
	again, err := Run(t.Context(), past, o)
	require.NoError(t, err)
	require.Equal(t, first, again)
	_, err = json.Marshal(first)
	require.NoError(t, err)
}

func TestWithoutPagesNothingIsProposed(t *testing.T) {
	t.Parallel()
	past, _ := bakery(t)
	r, err := Run(t.Context(), past, Options{Config: triage.DefaultConfig(), Budget: 1000})
	require.NoError(t, err)
	require.Nil(t, r.Proposal)
	require.Empty(t, r.Pages)
}

func TestABacktestStopsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	past, _ := bakery(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	_, err := Run(ctx, past, Options{Config: triage.DefaultConfig()})
	require.ErrorIs(t, err, context.Canceled)
}

func TestSettingsThatTriageRefusesAreRefused(t *testing.T) {
	t.Parallel()
	cfg := triage.DefaultConfig()
	cfg.FalseRings = -3
	_, err := Run(t.Context(), pastOf(t, noon), Options{Config: cfg})
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
}

func TestAnEmptyPastIsQuiet(t *testing.T) {
	t.Parallel()
	r, err := Run(t.Context(), emptyPast(t), Options{Config: triage.DefaultConfig(), Pages: pagesAt(1), Window: time.Hour, Budget: 1})
	require.NoError(t, err)
	require.Empty(t, r.Incidents)
	require.Zero(t, r.Reports)
}

func TestPeopleAreNamedAsTheirNetworkDoes(t *testing.T) {
	t.Parallel()
	require.Equal(t, "@ana", nameOf(tocsin.Reporter{ID: "x:1", Handle: "@ana", Name: "Ana"}))
	require.Equal(t, "Ana", nameOf(tocsin.Reporter{ID: "x:1", Name: "Ana"}))
	require.Equal(t, "x:1", nameOf(tocsin.Reporter{ID: "x:1"}))
}
