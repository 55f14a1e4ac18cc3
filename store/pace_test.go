package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestTheStoreKnowsAChannelsPaceAndItsNewestReport(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		written, received, err := s.LastReport(t.Context(), "mail")
		require.NoError(t, err)
		require.Equal(t, []time.Time{{}, {}}, []time.Time{written, received})
		arrive(t, s, 25) // a minute apart, from a minute after noon
		old := report(99)
		old.At, old.ReceivedAt = noon.Add(-time.Hour), noon.Add(time.Hour)
		_, err = s.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Reports: []tocsin.Report{old}})
		require.NoError(t, err)
		_, err = s.CommitBatch(t.Context(), "forum", "", tocsin.Batch{Reports: []tocsin.Report{report(40)}})
		require.NoError(t, err)

		written, received, err = s.LastReport(t.Context(), "mail")
		require.NoError(t, err)
		require.Equal(t, noon.Add(25*time.Minute), written, "the newest, not the last to come in")
		require.Equal(t, written.Add(time.Second), received)
		counts, err := s.Pace(t.Context(), "mail", noon, 10*time.Minute)
		require.NoError(t, err)
		at := noon.Unix() / 600
		require.Equal(t, map[int64]int{at: 9, at + 1: 10, at + 2: 6}, counts)
	})
}

func TestASilenceIsNotedOnceOnEveryOpenIncident(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 2)
		open := gather(t, s, "open", tocsin.TierNone, ids[0])
		closed := gather(t, s, "closed", tocsin.TierNone, ids[1])
		_, err := s.ChangeIncident(t.Context(), closed, func(i *tocsin.Incident) (tocsin.Effects, error) {
			i.ClosedAt = noon
			return tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		for range 2 { // a restart tells it again
			require.NoError(t, s.NoteSilence(t.Context(), "forum", tocsin.Silence{Since: noon}))
		}
		events, err := s.Timeline(t.Context(), open)
		require.NoError(t, err)
		var texts []string
		for _, e := range events {
			if e.Kind == "silence" {
				texts = append(texts, e.Text)
			}
		}
		require.Equal(t, []string{"Channel forum has brought nothing since 2026-03-01 12:00 UTC, though it usually would."}, texts)
		require.NotContains(t, kinds(t, s, closed), "silence")
	})
}
