package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func see(t *testing.T, s *store.Store, seen tocsin.Sighting) {
	t.Helper()
	require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{Sightings: []tocsin.Sighting{seen}}))
}

func TestCommitTriageEmptiesTheInboxInOrder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		two, err := s.Inbox(t.Context(), 2)
		require.NoError(t, err)
		require.Equal(t, []int64{two[0].ID, two[1].ID}, ids[:2])
		require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{Done: ids[:2], Judgements: []tocsin.Judgement{
			{Report: ids[0], Cluster: "c1"}, {Report: ids[1], Cluster: "c2", Reason: "praise"},
		}}))
		left, err := s.Inbox(t.Context(), 10)
		require.NoError(t, err)
		require.Len(t, left, 1)
		require.Equal(t, ids[2], left[0].ID)
	})
}

func TestCommitTriageOpensAnIncidentThatTellsWhy(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k1", tocsin.TierWhisper, arrive(t, s, 3)...)
		i, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		want := sighting("k1", tocsin.TierWhisper)
		require.Equal(t, tocsin.Incident{
			ID: id, Key: "k1", Kind: want.Kind, Tier: want.Tier, Title: want.Title, Area: want.Area, Severity: want.Severity,
			FirstSeen: want.FirstSeen, LastSeen: want.LastSeen, Reports: 3, People: 3, Explanation: want.Explanation, OpenedAt: noon,
		}, i)
		require.Equal(t, []string{"opened", "whisper"}, kinds(t, s, id))
	}, stopped)
}

func TestEachLouderBellIsRungOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, step := range []struct {
			tier   tocsin.Tier
			alerts int
		}{
			{tocsin.TierNone, 0},
			{tocsin.TierWhisper, 1},
			{tocsin.TierWhisper, 1},
			{tocsin.TierRing, 2},
			{tocsin.TierWhisper, 2},
			{tocsin.TierRing, 2},
		} {
			id := gather(t, s, "k", step.tier)
			require.Equal(t, step.alerts, waiting(t, s, store.QueueAlert), step.tier)
			i, err := s.Incident(t.Context(), id)
			require.NoError(t, err)
			require.False(t, step.tier.Louder(i.Tier), "a bell never gets softer")
		}
	})
}

func TestNoBellForWhatPeopleSetAside(t *testing.T) {
	t.Parallel()
	for _, verdict := range []tocsin.Verdict{tocsin.VerdictNotIncident, tocsin.VerdictFlood, tocsin.VerdictDuplicate} {
		t.Run(string(verdict), func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				other := gather(t, s, "other", tocsin.TierNone)
				id := gather(t, s, "k", tocsin.TierNone)
				_, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
					return tocsin.Effects{}, i.Judge(verdict, "reason", other, noon)
				})
				require.NoError(t, err)
				see(t, s, sighting("k", tocsin.TierRing))
				require.Zero(t, waiting(t, s, store.QueueAlert))
			})
		})
	}
	t.Run("closed", func(t *testing.T) {
		t.Parallel()
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			id := gather(t, s, "k", tocsin.TierNone)
			_, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
				i.ClosedAt = noon
				return tocsin.Effects{}, nil
			})
			require.NoError(t, err)
			see(t, s, sighting("k", tocsin.TierRing))
			require.Zero(t, waiting(t, s, store.QueueAlert))
		})
	})
}

func TestTriageMakesAnIncidentGrowOnly(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		more := sighting("k", tocsin.TierNone)
		more.FirstSeen, more.LastSeen = noon.Add(-time.Hour), noon.Add(time.Hour)
		more.Reports, more.People, more.Title, more.Severity, more.Kind = 9, 8, "nobody can log in", 1, tocsin.KindFlood
		see(t, s, more)
		less := sighting("k", tocsin.TierNone)
		less.Title, less.Severity, less.Kind = more.Title, more.Severity, more.Kind
		see(t, s, less)
		i, err := s.Incident(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, []any{9, 8, "nobody can log in", 1, tocsin.KindFlood}, []any{i.Reports, i.People, i.Title, i.Severity, i.Kind})
		require.Equal(t, more.FirstSeen, i.FirstSeen)
		require.Equal(t, more.LastSeen, i.LastSeen)
	})
}

func TestTriageLeavesWhatPeopleDecided(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*tocsin.Incident) error{
		"title":    func(i *tocsin.Incident) error { i.Title = "Sign-in is down"; return nil },
		"area":     func(i *tocsin.Incident) error { i.Area = "editor"; return nil },
		"severity": func(i *tocsin.Incident) error { i.Severity = 4; return nil },
		"verdict":  func(i *tocsin.Incident) error { return i.Judge(tocsin.VerdictConfirmed, "", 0, noon) },
	}
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				id := gather(t, s, "k", tocsin.TierNone)
				was, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) { return tocsin.Effects{}, change(i) })
				require.NoError(t, err)
				later := sighting("k", tocsin.TierRing)
				later.Title, later.Area, later.Severity, later.Kind, later.Reports = "other", "other", 1, tocsin.KindFlood, 10
				see(t, s, later)
				i, err := s.Incident(t.Context(), id)
				require.NoError(t, err)
				require.Equal(t, 10, i.Reports)
				was.Reports, was.Tier = i.Reports, i.Tier
				require.Equal(t, was, i)
			})
		})
	}
}

func TestAJudgementOfAnUnseenIncidentIsRefusedWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		err := s.CommitTriage(t.Context(), tocsin.Triaged{
			Done: ids, Sightings: []tocsin.Sighting{sighting("k", tocsin.TierRing)},
			Judgements: []tocsin.Judgement{{Report: ids[0], Cluster: "c", Incident: "nobody saw this"}},
		})
		requireCode(t, tocsin.CodeInvalid, err)
		b, err := s.Backlog(t.Context())
		require.NoError(t, err)
		require.Equal(t, store.Backlog{Inbox: 1, Jobs: map[string]int{}, Deliveries: map[tocsin.DeliveryState]int{}, Pages: map[tocsin.PageState]int{}}, b)
	})
}
