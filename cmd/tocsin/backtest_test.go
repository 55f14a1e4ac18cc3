package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/backtest"
	"github.com/tocsin/tocsin/web/api"
)

var feb = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// garage writes the tickets of a garage as a help desk exports them: everyday
// questions of a month, and on its 20th day a gate that opens for nobody.
func garage(t *testing.T) (tickets, pages string) {
	t.Helper()
	r := rand.New(rand.NewPCG(9, 10))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	type ticket struct {
		ID        int    `json:"id"`
		CreatedAt string `json:"created_at"`
		Text      string `json:"description"`
		Requester string `json:"requester_id"`
	}
	var lines bytes.Buffer
	n := 0
	write := func(at time.Time, who, text string) {
		n++
		line, err := json.Marshal(ticket{n, at.Format(time.RFC3339), text, who})
		require.NoError(t, err)
		lines.Write(append(line, '\n'))
	}
	for range 700 {
		write(feb.Add(time.Duration(r.Int64N(int64(30*24*time.Hour)))), fmt.Sprint("driver", r.IntN(500)),
			pick("How do I ", "Can I ", "I want to ", "Where do I ")+pick("rent a place for a year", "pay by invoice", "change my number plate", "add a second car",
				"end my contract", "get a receipt", "park a trailer", "book the car wash", "charge my car", "meet the caretaker", "use another floor", "move the deposit"))
	}
	broke := feb.AddDate(0, 0, 20)
	for k := range 30 {
		write(broke.Add(time.Duration(k)*2*time.Minute), fmt.Sprint("stuck", k),
			pick("the gate stays shut, display says BAR-3", "BAR-3 at the gate, it does not open", "gate broken, shows BAR-3, I cannot get out", "stuck behind the gate with BAR-3"))
	}
	folder := t.TempDir()
	tickets, pages = filepath.Join(folder, "tickets.jsonl"), filepath.Join(folder, "pages.csv")
	require.NoError(t, os.WriteFile(tickets, lines.Bytes(), 0o600))
	require.NoError(t, os.WriteFile(pages, []byte("incident_number,title,service_name,created_on\n"+
		"7,Gate controller offline,gate,"+broke.Add(45*time.Minute).Format(time.RFC3339)+"\n"), 0o600))
	return tickets, pages
}

func TestBacktestSaysHowMuchEarlierThanThePagerItWouldHaveRung(t *testing.T) {
	t.Parallel()
	tickets, pages := garage(t)
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"backtest", "--tickets", tickets, "--pages", pages, "--try", "1"}, nil, &out, &errs)
	require.Zero(t, code, errs.String())
	require.Contains(t, out.String(), "730 reports, 2026-02-03")
	require.Regexp(t, `2026-02-23 12:\d\d \(\d+ min before\) +2026-02-23 12:\d\d \(\d+ min before\) +7 Gate controller offline`, out.String())
	require.Contains(t, out.String(), "A bell lies within 2 h 0 min of 1 of 1 page.")
	require.Contains(t, out.String(), "Proposed for at most 1 of them a month: triage.false_rings: 1")
	require.Contains(t, errs.String(), "tickets.jsonl (zendesk): 730 tickets")
	require.NotContains(t, errs.String(), "\x1b", "no bar where nobody looks")
}

func TestBacktestTakesSettingsAndAreasFromTheConfiguration(t *testing.T) {
	t.Parallel()
	tickets, pages := garage(t)
	file := filepath.Join(t.TempDir(), "tocsin.yml")
	require.NoError(t, os.WriteFile(file, []byte("triage: {false_rings: 3}\nareas: [{name: gate, phrases: [gate]}]\n"), 0o600))
	var out, errs bytes.Buffer
	code := run(t.Context(), []string{"backtest", "--tickets", tickets, "--pages", pages, "--config", file, "--json"}, nil, &out, &errs)
	require.Zero(t, code, errs.String())
	var r backtest.Result
	require.NoError(t, json.Unmarshal(out.Bytes(), &r))
	require.InDelta(t, 3, r.FalseRings, 0)
	require.InDelta(t, 3, r.Budget, 0, "the knob is the budget, unless somebody says another")
	require.Len(t, r.Trials, 7)
	areas := []string{}
	for _, i := range r.Incidents {
		areas = append(areas, i.Area)
	}
	require.Contains(t, areas, "gate")
}

// TestTheHistoryOfAServerIsReadToItsEnd serves two pages, the newest first.
func TestTheHistoryOfAServerIsReadToItsEnd(t *testing.T) {
	t.Parallel()
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		var answer any = api.List[tocsin.Area]{Items: []tocsin.Area{{Name: "gate"}}}
		if strings.HasSuffix(r.URL.Path, "/reports") {
			report := func(id int64, at time.Time) tocsin.Report {
				return tocsin.Report{ID: id, ExternalID: "same", Channel: "mail", At: at, ReceivedAt: feb.AddDate(1, 0, 0), Text: "x", Reporter: tocsin.Reporter{ID: "p"}}
			}
			answer = api.List[tocsin.Report]{Items: []tocsin.Report{report(3, feb.Add(2)), report(2, feb)}, Next: "older"}
			if r.URL.Query().Get("cursor") == "older" {
				answer = api.List[tocsin.Report]{Items: []tocsin.Report{report(1, feb.Add(1))}}
			}
		}
		_ = json.NewEncoder(w).Encode(answer) // the client would fail
	})
	past, err := backtest.NewPast()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, past.Close()) })
	areas, err := source{session: &session{client: c}, past: past, errs: io.Discard}.history(t.Context(), nil)
	require.NoError(t, err)
	require.Equal(t, []tocsin.Area{{Name: "gate"}}, areas)
	require.NoError(t, past.Settle())
	order := ""
	for r, err := range past.All() {
		require.NoError(t, err)
		require.Equal(t, r.At, r.ReceivedAt, "as if Tocsin had been there")
		order += r.ExternalID
	}
	require.Equal(t, "213", order, "two channels may use one id: the store's number tells reports apart")
}

func TestTicketsGoThroughTheCleaningOfEveryReport(t *testing.T) {
	t.Parallel()
	past, err := backtest.NewPast()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, past.Close()) })
	s := newSieve(past)
	for _, r := range []tocsin.Report{
		{ExternalID: "1", Raw: "<p>The <b>gate</b> is shut</p>", Markup: tocsin.MarkupHTML, Reporter: tocsin.Reporter{ID: "p"}},
		{ExternalID: "2", Raw: "Our new floor!", Reporter: tocsin.Reporter{ID: "us", Staff: true}},
		{ExternalID: "3", Raw: "<div></div>", Markup: tocsin.MarkupHTML, Reporter: tocsin.Reporter{ID: "q"}},
		{ExternalID: "1", Raw: "again", Reporter: tocsin.Reporter{ID: "p"}},
	} {
		r.At, r.ReceivedAt = feb, feb
		require.NoError(t, s.take(t.Context(), r))
	}
	require.NoError(t, s.flush(t.Context()))
	require.NoError(t, s.flush(t.Context()), "nothing is left")
	require.NoError(t, past.Settle())
	for r, err := range past.All() {
		require.NoError(t, err)
		require.Equal(t, "The gate is shut", strings.NewReplacer("*", "").Replace(r.Text))
	}
	require.Equal(t, "1 ticket, 1 left out as empty, 1 left out as own, 1 that came again", s.sum())
}

func TestManyBadRowsAreNamedOnceAndThenCounted(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	left := &leftOut{file: "f.csv", out: &out}
	for n := range 25 {
		left.row(n+1, "it has no \x1b[31mtime")
	}
	left.sum()
	require.Equal(t, 21, strings.Count(out.String(), "\n"))
	require.Contains(t, out.String(), "f.csv: line 1 skipped: it has no ·[31mtime\n")
	require.True(t, strings.HasSuffix(out.String(), "f.csv: 5 more skipped\n"))
}

// shown is a result as a person reads it.
func shown(t *testing.T, r backtest.Result) string {
	t.Helper()
	var out strings.Builder
	p := newSheet(&out, feb)
	showBacktest(p, r)
	require.NoError(t, p.flush())
	return out.String()
}

func TestTheSheetIsHonestAboutWhatNoPageConfirms(t *testing.T) {
	t.Parallel()
	early, late := tocsin.Duration(12*time.Minute), tocsin.Duration(-3*time.Minute)
	page := backtest.Page{ID: "7", At: feb, Title: "Gate"}
	best := 2.0
	r := backtest.Result{
		From: feb.AddDate(0, 0, -40), Until: feb, Reports: 9, FalseRings: 1, Window: tocsin.Duration(time.Hour), Chance: .123, Budget: 1, Proposal: &best,
		Incidents: []backtest.Incident{
			{Title: "gate shut", Area: "gate", Page: &page, Whisper: &backtest.Bell{At: feb, People: []string{"ana", "ben", "cem", "dee"}, Lead: &early}, Ring: &backtest.Bell{At: feb, People: []string{"ana"}, Lead: &late}},
			{Kind: tocsin.KindFlood, Title: "buy \x1b[31mnow", Whisper: &backtest.Bell{At: feb, People: []string{"ana", "ben", "cem", "dee"}}},
		},
		Pages:  []backtest.Heard{{Page: page, Incidents: []string{"k"}}},
		Trials: []backtest.Trial{{FalseRings: 2, Whispers: 2, Rings: 1, Matched: 1, MedianLead: &late}},
	}
	text := shown(t, r)
	require.Regexp(t, `2026-02-03 12:00 \(12 min before\) +2026-02-03 12:00 \(3 min after\) +7 Gate +gate: gate shut +1: ana\n`, text)
	require.Regexp(t, `2026-02-03 12:00 +- +not matched +flood: buy ·\[31mnow +4: ana, ben, cem, …\n`, text)
	require.Contains(t, text, "12 % of the time lies within 1 h 0 min of some page")
	require.Contains(t, text, "Proposed for at most 1 of them a month: triage.false_rings: 2")
	require.NotContains(t, text, "too little to count on")
	require.NotContains(t, text, "Pages without a bell")

	r.Proposal = nil
	require.Contains(t, shown(t, r), "No setting keeps the rings that no page confirms within 1 a month.")
	r.Trials[0].Rings = 0
	require.Contains(t, shown(t, r), "Nothing rang at any setting")
}

func TestALongSheetEndsSomewhere(t *testing.T) {
	t.Parallel()
	r := backtest.Result{Until: feb, Trials: []backtest.Trial{{}}}
	for range 70 {
		r.Incidents = append(r.Incidents, backtest.Incident{Whisper: &backtest.Bell{At: feb}})
		r.Pages = append(r.Pages, backtest.Heard{Page: backtest.Page{At: feb}})
	}
	text := shown(t, r)
	require.Contains(t, text, "… and 20 more (--json has all)")
	require.Contains(t, text, "… and 40 more (--json has all)")
}

func TestALeadIsSaidAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{0: "at once", 90 * time.Minute: "1 h 30 min before", -5 * time.Second: "5 s after"} {
		require.Equal(t, want, lead(tocsin.Duration(d)))
	}
}
