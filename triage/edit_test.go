package triage_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// judged gives the last word about a report.
func judged(t *testing.T, all []tocsin.Judgement, report int64) tocsin.Judgement {
	t.Helper()
	var found []tocsin.Judgement
	for _, j := range all {
		if j.Report == report {
			found = append(found, j)
		}
	}
	require.Len(t, found, 1, "one word about a report at a time")
	return found[0]
}

func TestAnEditedReportIsJudgedByItsNewWordsAndItsWriterCountsOnce(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	began := monday.Add(5 * 24 * time.Hour)
	d.outage(began)
	vague := len(d.reports)
	d.write(began.Add(31*time.Minute), "How do I change my avatar picture?")
	e := triage.New(triage.DefaultConfig(), nil)
	hear(e, d.reports)
	judgements, sightings := e.Drain()
	require.Len(t, sightings, 1)
	people := sightings[0].People
	require.Empty(t, judged(t, judgements, int64(vague+1)).Incident, "it is about something else")

	edited := d.reports[vague]
	edited.Text, edited.EditedAt = corpus(t, "problem.txt")[0], began.Add(40*time.Minute)
	for range 3 { // a channel may tell of an edit again
		e.Add(edited)
	}
	judgements, sightings = e.Drain()
	now := judged(t, judgements, edited.ID)
	require.Equal(t, sightings[0].Key, now.Incident)
	require.Equal(t, people+1, sightings[0].People)
	require.Equal(t, people+1, sightings[0].Reports)
}

func TestAnEditTakesNobodyOutOfAnIncident(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	d.outage(monday.Add(5 * 24 * time.Hour))
	e := triage.New(triage.DefaultConfig(), nil)
	hear(e, d.reports)
	judgements, sightings := e.Drain()
	var of tocsin.Judgement
	for _, j := range judgements {
		if j.Sure {
			of = j
		}
	}
	edited := d.reports[of.Report-1]
	edited.Text, edited.EditedAt = "EDIT: never mind", edited.At.Add(time.Hour)
	require.Equal(t, of, e.Add(edited).Judgement)
	after, _ := e.Drain()
	require.Empty(t, after)
	require.NotEmpty(t, sightings)
}

func TestManyEditsOfOnePersonAreNoIncident(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	e := triage.New(triage.DefaultConfig(), nil)
	hear(e, d.reports)
	edited := d.reports[len(d.reports)-1]
	for n, text := range corpus(t, "problem.txt")[:20] {
		edited.Text, edited.EditedAt = text, edited.At.Add(time.Duration(n)*time.Minute)
		require.Empty(t, e.Add(edited).Alerts)
	}
}

func TestAReportThatWasDeletedBeforeItWasReadDoesNotCount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write(monday, "")
	d.reports[0].DeletedAt = monday
	require.Equal(t, "deleted", triage.New(triage.DefaultConfig(), nil).Add(d.reports[0]).Judgement.Reason)
}
