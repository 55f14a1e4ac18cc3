package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestTriageLearnsWhatPeopleClosed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		closed := func(since time.Time) []string {
			keys, err := s.Closed(t.Context(), since)
			require.NoError(t, err)
			return keys
		}
		id, _ := gather(t, s, "over", tocsin.TierNone), gather(t, s, "open", tocsin.TierNone)
		require.Empty(t, closed(time.Time{}))
		for _, at := range []time.Time{noon, {}} {
			_, err := s.ChangeIncident(t.Context(), id, func(i *tocsin.Incident) (tocsin.Effects, error) {
				i.ClosedAt = at
				return tocsin.Effects{}, nil
			})
			require.NoError(t, err)
			if !at.IsZero() {
				require.Equal(t, []string{"over"}, closed(noon))
				require.Empty(t, closed(noon.Add(time.Second)))
			}
		}
		require.Empty(t, closed(time.Time{}), "a reopened one is open")
	})
}
