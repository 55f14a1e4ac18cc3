package triage_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// desk makes the reports of a support desk, each of a person of their own.
type desk struct {
	t       testing.TB
	lines   []string
	rand    *rand.Rand
	reports []tocsin.Report
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	return &desk{t: tb, lines: corpus(tb, "ordinary.txt"), rand: rand.New(rand.NewPCG(1, 2))}
}

func (d *desk) write(at time.Time, text string) {
	n := len(d.reports) + 1
	d.reports = append(d.reports, tocsin.Report{
		ID: int64(n), Channel: "mail", ExternalID: fmt.Sprintf("m%d", n), At: at, ReceivedAt: at, Text: text,
		Reporter: tocsin.Reporter{ID: fmt.Sprintf("mailto:p%d@example.org", n), Since: at.AddDate(-1, 0, -d.rand.IntN(900))},
	})
}

// ordinary writes n ordinary reports spread evenly over a span.
func (d *desk) ordinary(from time.Time, span time.Duration, n int) {
	for i := range n {
		d.write(from.Add(span*time.Duration(i)/time.Duration(n)), d.lines[d.rand.IntN(len(d.lines))])
	}
}

// outage writes the forty reports of one problem within half an hour, with
// ordinary ones among them. It gives the external ids of the forty.
func (d *desk) outage(from time.Time) map[string]bool {
	forty := map[string]bool{}
	for i, text := range corpus(d.t, "problem.txt") {
		d.write(from.Add(time.Duration(i)*45*time.Second), text)
		forty[d.reports[len(d.reports)-1].ExternalID] = true
		if i%10 == 9 {
			d.write(from.Add(time.Duration(i)*45*time.Second+time.Second), d.lines[d.rand.IntN(len(d.lines))])
		}
	}
	return forty
}

// hear puts reports through an engine and gives the alerts.
func hear(e *triage.Engine, reports []tocsin.Report) []triage.Alert {
	var alerts []triage.Alert
	for _, r := range reports {
		alerts = append(alerts, e.Add(r).Alerts...)
	}
	return alerts
}

func TestOneNewProblemWhispersOnceAndRingsOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	forty := d.outage(monday.Add(5 * 24 * time.Hour))
	e := triage.New(triage.DefaultConfig(), []tocsin.Area{
		{Name: "editing", Phrases: []string{"editor", "lesson"}}, {Name: "running", Phrases: []string{"run", "runner", "execute"}},
	})
	alerts := hear(e, d.reports)
	require.Len(t, alerts, 2, "%+v", alerts)
	require.Equal(t, tocsin.TierWhisper, alerts[0].Tier)
	require.Equal(t, tocsin.TierRing, alerts[1].Tier)
	require.Equal(t, alerts[0].Incident, alerts[1].Incident)
	require.LessOrEqual(t, alerts[0].At.Sub(monday.Add(5*24*time.Hour)), 8*time.Minute)
	for _, id := range alerts[0].Reports {
		require.True(t, forty[id], "%s is none of the forty", id)
	}

	judgements, sightings := e.Drain()
	require.Len(t, sightings, 1)
	s := sightings[0]
	require.Equal(t, "running", s.Area)
	require.Equal(t, tocsin.TierRing, s.Tier)
	require.GreaterOrEqual(t, s.People, 36)
	require.NotEmpty(t, s.Explanation.Phrases)
	require.NotEmpty(t, s.Explanation.Quotes)
	require.NotEmpty(t, s.Explanation.Why)
	sure, others := 0, 0
	for _, j := range judgements {
		if j.Incident != "" && j.Sure {
			if forty[d.reports[j.Report-1].ExternalID] {
				sure++
			} else {
				others++
			}
		}
	}
	require.GreaterOrEqual(t, sure, 34, "most of the forty are surely of it")
	require.Zero(t, others, "nobody else is")
}

func TestOrdinaryDaysAreSilent(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 14*24*time.Hour, 1200)
	require.Empty(t, hear(triage.New(triage.DefaultConfig(), nil), d.reports))
}

func TestTheFirstDayIsSound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday.Add(9*time.Hour), 4*time.Hour, 40)
	alerts := hear(triage.New(triage.DefaultConfig(), nil), d.reports)
	require.Empty(t, alerts, "forty ordinary requests and no history are no alarm")
	d.outage(monday.Add(13 * time.Hour))
	e := triage.New(triage.DefaultConfig(), nil)
	alerts = hear(e, d.reports)
	require.NotEmpty(t, alerts, "but an outage is, on the first day too")
}

func TestABacklogIsNoBurst(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	n := len(d.reports)
	for i, text := range corpus(t, "problem.txt") {
		d.write(monday.Add(time.Duration(i)*2*time.Hour), text)
		d.reports[len(d.reports)-1].ReceivedAt = monday.Add(5 * 24 * time.Hour)
	}
	require.Empty(t, hear(triage.New(triage.DefaultConfig(), nil), d.reports), "forty reports of %d days, received at once", n)
}

func TestOnePersonIsNoCrowd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	from := len(d.reports)
	d.outage(monday.Add(5 * 24 * time.Hour))
	for i := range d.reports[from:] {
		d.reports[from+i].Reporter.ID = "mailto:angry@example.org"
	}
	require.Empty(t, hear(triage.New(triage.DefaultConfig(), nil), d.reports))
}

func TestNearCopiesOfYoungAccountsAreAFlood(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	at := monday.Add(5 * 24 * time.Hour)
	for i := range 30 {
		d.write(at.Add(time.Duration(i)*time.Minute), fmt.Sprintf("Your projects are not safe here, move to codeheaven now x%dk%d", i*7919%1000, i))
		d.reports[len(d.reports)-1].Reporter.Since = at.Add(-48 * time.Hour)
	}
	alerts := hear(triage.New(triage.DefaultConfig(), nil), d.reports)
	require.Len(t, alerts, 1)
	require.Equal(t, tocsin.KindFlood, alerts[0].Kind)
	require.Equal(t, tocsin.TierWhisper, alerts[0].Tier, "a flood wakes nobody")
}

func TestPraiseAndContestsAreNoIncident(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	at := monday.Add(5 * 24 * time.Hour)
	for i, text := range []string{
		"The new editor is awesome, thank you!", "I love the new editor", "great work on the new editor", "the new editor looks amazing 🎉",
		"Thanks for the new editor, best update ever", "so happy with the new editor", "wow, the editor is beautiful now", "the new editor is great, love it",
		"my entry for the #CodeContest", "entering the #CodeContest, fingers crossed", "here is my entry #CodeContest", "#CodeContest done, hope to win",
		"joined the #CodeContest", "posting my entry for #CodeContest 🎉",
	} {
		d.write(at.Add(time.Duration(i)*90*time.Second), text)
	}
	require.Empty(t, hear(triage.New(triage.DefaultConfig(), nil), d.reports))
}
