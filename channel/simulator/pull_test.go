package simulator

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestBackgroundComesAtOnceAndTheProblemWithTime(t *testing.T) {
	t.Parallel()
	s, c := setup(t, nil)
	past, cursor := drain(t, s, "")
	require.Greater(t, len(past), 700)
	for _, r := range past {
		require.False(t, r.At.After(noon))
	}
	none, cursor := drain(t, s, cursor)
	require.Empty(t, none)

	c.pass(time.Minute)
	live, _ := drain(t, s, cursor)
	about := map[string]int{}
	for _, r := range live {
		require.True(t, r.At.After(noon), "in real time")
		require.False(t, r.At.After(noon.Add(time.Minute)))
		about[topicOf(r)]++
	}
	require.Equal(t, 25, about["two-factor"])
	require.Equal(t, 8, about["praise"])
	require.GreaterOrEqual(t, len(live), 25+8+liveOrdinary)
}

func TestSpeedHurriesTheLivePartOnly(t *testing.T) {
	t.Parallel()
	slow, _ := setup(t, nil)
	fast, c := setup(t, map[string]any{"speed": 60})
	a, _ := drain(t, slow, "")
	b, cursor := drain(t, fast, "")
	require.Equal(t, a, b)
	c.pass(time.Second)
	live, _ := drain(t, fast, cursor)
	require.Greater(t, len(live), 25)
}

func TestRestartGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	one, c := setup(t, nil)
	_, cursor := drain(t, one, "")
	c.pass(30 * time.Second)
	want, _ := drain(t, one, cursor)

	two, _ := setup(t, nil)
	two.now = c.now
	got, _ := drain(t, two, cursor)
	require.Equal(t, want, got, "the start is in the cursor")
}

func TestFirstCallNotesTheStartOnly(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, map[string]any{"start": "2026-11-03T13:00:00Z"})
	batch, err := s.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Empty(t, batch.Reports)
	require.True(t, batch.More)
	c, err := parseCursor(batch.Cursor)
	require.NoError(t, err)
	require.Equal(t, noon.Add(time.Hour), c.start)
}

func TestBatchesAreBounded(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	batch, err := s.Pull(t.Context(), cursor{start: noon}.String())
	require.NoError(t, err)
	require.Len(t, batch.Reports, maxBatch)
	require.True(t, batch.More)
}

func TestForeignCursorIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, nil)
	for _, text := range []string{"x", "sim1", "sim1 a b c", "sim2 0 0 0", "sim1 0 -1 0", "sim1 0 0 -1", "17"} {
		_, err := s.Pull(t.Context(), text)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), text)
	}
	// A play that got shorter is at its end, and no crash.
	batch, err := s.Pull(t.Context(), cursor{start: noon, next: 1 << 30}.String())
	require.NoError(t, err)
	require.Empty(t, batch.Reports)
}

func TestStreamTellsTheOutageAsItHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := setup(t, map[string]any{"background": "24h"})
		s.now = time.Now // the bubble's
		begun := time.Now()
		told := 0
		errEnough := tocsin.Errorf(tocsin.CodeInternal, "enough")
		err := s.Stream(t.Context(), "", func(b tocsin.Batch) error {
			for _, r := range b.Reports {
				if topicOf(r) != "two-factor" {
					continue
				}
				told++
				require.Less(t, time.Since(r.At), 2*tick, "it comes when it is written")
			}
			if told >= 25 {
				return errEnough
			}
			return nil
		})
		require.ErrorIs(t, err, errEnough)
		require.InDelta(t, 60, time.Since(begun).Seconds(), 5)
	})
}
