package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func history(t *testing.T, s *store.Store, since time.Time) []tocsin.Judged {
	t.Helper()
	var all []tocsin.Judged
	for j, err := range s.History(t.Context(), since) {
		require.NoError(t, err)
		all = append(all, j)
	}
	return all
}

func TestHistoryGivesBackWhatTriageThought(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 4)
		judgements := []tocsin.Judgement{
			{Report: ids[1], Cluster: "c1", Incident: "k", Sure: true},
			{Report: ids[0], Cluster: "c0"},
			{Report: ids[2], Cluster: "c2", Reason: "praise"},
		}
		require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{
			Done: ids[:3], Judgements: judgements, Sightings: []tocsin.Sighting{sighting("k", tocsin.TierNone)},
		}))
		all := history(t, s, noon.Add(2*time.Minute))
		require.Len(t, all, 2, "neither what is older nor what is not judged yet")
		require.Equal(t, judgements[0], all[0].Judgement)
		require.Equal(t, judgements[2], all[1].Judgement)
		require.Equal(t, "I cannot log in (2)", all[0].Report.Text)
		require.Empty(t, history(t, s, noon.Add(time.Hour)))
	})
}

func TestHistoryIsReadPageByPage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 4100)
		done := tocsin.Triaged{Done: ids}
		for _, id := range ids {
			done.Judgements = append(done.Judgements, tocsin.Judgement{Report: id, Cluster: "c"})
		}
		require.NoError(t, s.CommitTriage(t.Context(), done))
		all := history(t, s, noon)
		require.Len(t, all, len(ids))
		for i, j := range all {
			require.Equal(t, ids[i], j.Report.ID)
		}
		for range s.History(t.Context(), noon) {
			break // a reader may leave early
		}
	})
}

func TestTriageNeverOverwritesAPersonsJudgement(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		id := gather(t, s, "k", tocsin.TierNone, ids...)
		require.NoError(t, s.Assign(t.Context(), ids[0], 0, false, "ana"))
		gather(t, s, "k", tocsin.TierNone, ids...)

		members, err := s.Members(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, members, 2)
		all := history(t, s, noon)
		require.True(t, all[0].Human)
		require.Equal(t, tocsin.Judgement{Report: ids[0], Cluster: "c1"}, all[0].Judgement)
		require.False(t, all[1].Human)
	})
}

func TestAJudgementTellsPeopleWhereAReportBelongs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		id := gather(t, s, "k", tocsin.TierNone, ids[0])
		require.NoError(t, s.CommitTriage(t.Context(), tocsin.Triaged{
			Done: ids[1:2], Judgements: []tocsin.Judgement{{Report: ids[1], Cluster: "c2", Reason: "praise"}},
		}))
		for report, want := range map[int64]tocsin.Place{
			ids[0]: {Incident: id, Cluster: "c1", Sure: true, Judge: tocsin.ActorSelf},
			ids[1]: {Cluster: "c2", Reason: "praise", Judge: tocsin.ActorSelf},
		} {
			place, err := s.Judgement(t.Context(), report)
			require.NoError(t, err)
			require.Equal(t, want, place)
		}
		_, err := s.Judgement(t.Context(), ids[2])
		require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err), "not judged yet")
	})
}

func TestAssignMovesAReportBetweenIncidents(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		from, to := gather(t, s, "from", tocsin.TierNone, ids[:2]...), gather(t, s, "to", tocsin.TierNone)
		require.NoError(t, s.Assign(t.Context(), ids[0], to, true, "ana"))
		require.NoError(t, s.Assign(t.Context(), ids[2], to, false, "ben"), "also one that triage has not judged")

		members, err := s.Members(t.Context(), to)
		require.NoError(t, err)
		require.Len(t, members, 2)
		require.Equal(t, []any{ids[0], true, "ana"}, []any{members[0].Report.ID, members[0].Sure, members[0].Judge})
		require.Equal(t, []any{ids[2], false, "ben"}, []any{members[1].Report.ID, members[1].Sure, members[1].Judge})
		for id, people := range map[int64]int{from: 1, to: 2} {
			i, err := s.Incident(t.Context(), id)
			require.NoError(t, err)
			require.Equal(t, []int{people, people}, []int{i.Reports, i.People})
		}
		require.Equal(t, []string{"opened", "detached"}, kinds(t, s, from))
		require.Equal(t, []string{"opened", "attached", "attached"}, kinds(t, s, to))

		requireCode(t, tocsin.CodeNotFound, s.Assign(t.Context(), 999, to, true, "ana"))
		requireCode(t, tocsin.CodeNotFound, s.Assign(t.Context(), ids[0], 999, true, "ana"))
	})
}

func TestMembersAreOldestFirstAndTakeInDuplicates(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		early, late := report(1), report(5)
		added, err := s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Reports: []tocsin.Report{late, early}})
		require.NoError(t, err)
		id, twin := gather(t, s, "k", tocsin.TierNone, added[0]), gather(t, s, "twin", tocsin.TierNone, added[1])
		_, err = s.ChangeIncident(t.Context(), twin, func(i *tocsin.Incident) (tocsin.Effects, error) {
			return tocsin.Effects{}, i.Judge(tocsin.VerdictDuplicate, "", id, noon)
		})
		require.NoError(t, err)
		members, err := s.Members(t.Context(), id)
		require.NoError(t, err)
		require.Len(t, members, 2)
		require.Equal(t, early.Text, members[0].Report.Text)
		require.Equal(t, tocsin.ActorSelf, members[0].Judge)
		require.False(t, members[0].OptedOut)
		_, err = s.Exec(t.Context(), `UPDATE reporters SET opted_out = 1`)
		require.NoError(t, err)
		members, err = s.Members(t.Context(), id)
		require.NoError(t, err)
		require.True(t, members[0].OptedOut)
	})
}
