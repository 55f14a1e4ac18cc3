package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestAChangeThatFailsLeavesNeitherRowNorEventNorJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		before, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		fail := func(e tocsin.Effects, failure error) error {
			_, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
				i.Title = "changed"
				e.Events = []tocsin.Event{{Kind: "verdict"}}
				return e, failure
			})
			return err
		}
		oops := errors.New("oops")
		require.Equal(t, oops, fail(tocsin.Effects{}, oops), "the error comes back as it is")
		// Here the row, the event and the first job are written already when it fails.
		requireCode(t, tocsin.CodeNotFound, fail(tocsin.Effects{Jobs: []tocsin.Later{
			{Job: tocsin.AlertJob{Incident: id}}, {Job: tocsin.DeliverJob{Delivery: 999}},
		}}, nil))

		after, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, before, after)
		require.Equal(t, []string{"opened"}, kinds(t, s, id))
		require.Zero(t, waiting(t, s, store.QueueAlert))
	})
}

func TestAChangeThatPanicsGivesTheConnectionBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		require.Panics(t, func() {
			_, _ = s.ChangeIncident(t.Context(), id, func(*tocsin.Incident) (tocsin.Effects, error) { panic("oops") })
		})
		gather(t, s, "k2", tocsin.TierNone)
	})
}

func TestChangeIncidentKeepsAllThatPeopleDecide(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		want, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
			i.Title, i.Area, i.Severity, i.Tier, i.Restricted = "T", "A", 1, tocsin.TierRing, true
			i.Verdict, i.VerdictReason, i.VerdictAt = tocsin.VerdictConfirmed, "seen it", noon
			i.DuplicateOf, i.Cause, i.Phase = 7, tocsin.CauseOurs, tocsin.PhaseIdentified
			i.NextUpdateAt, i.ClosedAt = noon.Add(time.Hour), noon.Add(2*time.Hour)
			return tocsin.Effects{Events: []tocsin.Event{{Actor: "ana", Kind: "verdict", Text: "confirmed"}}}, nil
		})
		require.NoError(t, err)
		got, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want, got)
		events, err := s.Timeline(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, tocsin.Event{ID: events[1].ID, Incident: id, At: noon, Actor: "ana", Kind: "verdict", Text: "confirmed"}, events[1])
	}, stopped)
}

func TestChangesOfOneRowWaitForEachOther(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		const at = 8
		done := make(chan error, at)
		for range at {
			go func() {
				_, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
					i.Severity++
					return tocsin.Effects{}, nil
				})
				done <- err
			}()
		}
		for range at {
			require.NoError(t, <-done)
		}
		i, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, 2+at, i.Severity)
	})
}

func TestIncidentsAreListedNewestFirstAndByWhetherTheyAreOpen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		a, b, c := gather(t, s, "a", tocsin.TierNone), gather(t, s, "b", tocsin.TierNone), gather(t, s, "c", tocsin.TierNone)
		_, err := s.ChangeIncident(t.Context(), b, func(i *tocsin.Incident) (tocsin.Effects, error) {
			i.ClosedAt = noon
			return tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		open, closed := true, false
		for _, test := range []struct {
			open *bool
			want []int64
		}{{nil, []int64{c, b, a}}, {&open, []int64{c, a}}, {&closed, []int64{b}}} {
			all, next, err := s.Incidents(t.Context(), tocsin.IncidentQuery{Open: test.open})
			require.NoError(t, err)
			require.Empty(t, next)
			var got []int64
			for _, i := range all {
				got = append(got, i.ID)
			}
			require.Equal(t, test.want, got)
		}
		_, err = s.Incident(t.Context(), 999)
		requireCode(t, tocsin.CodeNotFound, err)
		require.Equal(t, "There is no incident 999.", tocsin.MessageOf(err))
	})
}

func TestChecksAreKeptWithTheirPlaceOnTheTimeline(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		c, err := s.AddCheck(t.Context(), tocsin.Check{Incident: id, Item: "Log in", Outcome: tocsin.OutcomeBroken, Note: "Firefox", By: "ana"})
		require.NoError(t, err)
		checks, err := s.Checks(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, []tocsin.Check{c}, checks)
		require.Equal(t, noon, c.At)
		require.Equal(t, []string{"opened", "check"}, kinds(t, s, id))
		_, err = s.AddCheck(t.Context(), tocsin.Check{Incident: 999})
		requireCode(t, tocsin.CodeNotFound, err)
	}, stopped)
}
