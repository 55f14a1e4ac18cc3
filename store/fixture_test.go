package store_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
)

// noon is when tests begin.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock is a clock that tests move by hand.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: noon} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// stopped opens a store at noon, for ever.
func stopped(o *store.Options) { o.Now = newClock().now }

// report is the report of person n, written n minutes after noon.
func report(n int) tocsin.Report {
	at := noon.Add(time.Duration(n) * time.Minute)
	return tocsin.Report{
		Channel: "mail", ExternalID: fmt.Sprintf("r%d", n), Thread: fmt.Sprintf("t%d", n),
		Reporter: tocsin.Reporter{ID: fmt.Sprintf("mailto:p%d@example.org", n), Handle: fmt.Sprintf("p%d@example.org", n), Name: "P", Since: noon.Add(-time.Hour)},
		At:       at, ReceivedAt: at.Add(time.Second), Title: "Login", Text: fmt.Sprintf("I cannot log in (%d)", n),
		Lang: "en", URL: "https://example.org", Raw: "<p>raw</p>", Markup: tocsin.MarkupHTML, Route: []byte(`{"to":"support"}`),
	}
}

// arrive stores the reports of so many people on channel mail and gives their numbers.
func arrive(tb testing.TB, s *store.Store, people int) []int64 {
	tb.Helper()
	b := tocsin.Batch{}
	for n := 1; n <= people; n++ {
		b.Reports = append(b.Reports, report(n))
	}
	added, err := s.CommitBatch(tb.Context(), "mail", "", b)
	require.NoError(tb, err)
	require.Len(tb, added, people)
	return added
}

func sighting(key string, tier tocsin.Tier) tocsin.Sighting {
	return tocsin.Sighting{
		Key: key, Kind: tocsin.KindIncident, Tier: tier, Title: "cannot log in", Area: "sign-in", Severity: 2,
		FirstSeen: noon, LastSeen: noon.Add(time.Minute), Reports: 3, People: 3,
		Explanation: tocsin.Explanation{Summary: "Three people cannot log in.", Phrases: []string{"log in"}, Seen: 3, Window: tocsin.Duration(time.Hour)},
	}
}

// gather makes an incident of reports and gives its number.
func gather(tb testing.TB, s *store.Store, key string, tier tocsin.Tier, reports ...int64) int64 {
	tb.Helper()
	done := tocsin.Triaged{Done: reports, Sightings: []tocsin.Sighting{sighting(key, tier)}}
	for _, id := range reports {
		done.Judgements = append(done.Judgements, tocsin.Judgement{Report: id, Cluster: "c1", Incident: key, Sure: true})
	}
	require.NoError(tb, s.CommitTriage(tb.Context(), done))
	all, _, err := s.Incidents(tb.Context(), tocsin.IncidentQuery{})
	require.NoError(tb, err)
	for _, i := range all {
		if i.Key == key {
			return i.ID
		}
	}
	tb.Fatal("the incident was not made")
	return 0
}

// draft makes an incident of the reports with an update about it.
func draft(tb testing.TB, s *store.Store, reports ...int64) tocsin.Update {
	tb.Helper()
	id := gather(tb, s, "k", tocsin.TierNone, reports...)
	u, err := s.AddUpdate(tb.Context(), tocsin.Update{Incident: id, Kind: tocsin.UpdateAware, Text: "We know.", Author: "ana"}, tocsin.Effects{})
	require.NoError(tb, err)
	return u
}

// moveTo is a change of an update's state that brings nothing else with it.
func moveTo(state tocsin.UpdateState) func(*tocsin.Update) (tocsin.Effects, error) {
	return func(u *tocsin.Update) (tocsin.Effects, error) { return tocsin.Effects{}, u.Move(state) }
}

// freeze approves an update for the writers of reports.
func freeze(tb testing.TB, s *store.Store, u tocsin.Update, reports ...int64) []tocsin.Delivery {
	tb.Helper()
	var to []tocsin.Delivery
	for _, id := range reports {
		to = append(to, tocsin.Delivery{Channel: "mail", Report: id, Key: fmt.Sprintf("u%d-r%d", u.ID, id)})
	}
	_, err := s.Freeze(tb.Context(), u.ID, turn(tb, s, u.Incident), to, moveTo(tocsin.UpdateApproved))
	require.NoError(tb, err)
	all, _, err := s.Deliveries(tb.Context(), tocsin.DeliveryQuery{Update: u.ID})
	require.NoError(tb, err)
	require.Len(tb, all, len(reports))
	return all
}

// deliver moves a delivery through the states given.
func deliver(tb testing.TB, s *store.Store, id int64, through ...tocsin.DeliveryState) {
	tb.Helper()
	for _, state := range through {
		_, err := s.ChangeDelivery(tb.Context(), id, func(d *tocsin.Delivery) (tocsin.Effects, error) { return tocsin.Effects{}, d.Move(state) })
		require.NoError(tb, err)
	}
}

// waiting counts the jobs in a queue.
func waiting(tb testing.TB, s *store.Store, queue string) int {
	tb.Helper()
	b, err := s.Backlog(tb.Context())
	require.NoError(tb, err)
	return b.Jobs[queue]
}

// kinds gives the kinds of an incident's events.
func kinds(tb testing.TB, s *store.Store, incident int64) []string {
	tb.Helper()
	events, err := s.Timeline(tb.Context(), incident)
	require.NoError(tb, err)
	all := make([]string, len(events))
	for i, e := range events {
		all[i] = e.Kind
	}
	return all
}

func requireCode(tb testing.TB, want tocsin.Code, err error) {
	tb.Helper()
	require.Error(tb, err)
	require.Equal(tb, want, tocsin.CodeOf(err), "%v", err)
}

// turn gives an incident's turn as it is now.
func turn(tb testing.TB, s *store.Store, incident int64) int64 {
	tb.Helper()
	i, err := s.Incident(tb.Context(), incident)
	require.NoError(tb, err)
	return i.Turn
}
