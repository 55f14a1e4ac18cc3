package simulator

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestBadWeatherIsHonestAboutWhatArrived(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	s, _ := setup(t, map[string]any{"journal": path, "background": "0s", "fail": 0.3, "cut": 0.3})
	met := map[string]int{}
	for i := range 300 {
		key := string(rune('a'+i%26)) + time.Duration(i).String()
		_, err := s.Reply(t.Context(), answer(key))
		_, arrived, lookErr := s.journal.find(func(e Entry) bool { return e.Key == key })
		require.NoError(t, lookErr)
		switch {
		case err == nil:
			require.True(t, arrived)
			met["sent"]++
		case tocsin.Uncertain(err):
			require.True(t, arrived, "the answer was lost on the way back")
			met["cut"]++
		default:
			require.False(t, arrived)
			met["failed"]++
		}
	}
	for _, outcome := range []string{"sent", "cut", "failed"} {
		require.Greater(t, met[outcome], 20, "all three happen: %v", met)
	}
}

func TestUncertainMessageIsFoundByLooking(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal")
	s, _ := setup(t, map[string]any{"journal": path, "background": "0s", "cut": 1})
	_, err := s.Reply(t.Context(), answer("1-1"))
	require.True(t, tocsin.Uncertain(err))

	restarted, _ := setup(t, map[string]any{"journal": path, "background": "0s"})
	found, sent, err := restarted.Find(t.Context(), answer("1-1"))
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.NotEmpty(t, sent.ExternalID)
}

func TestFailedLookProvesNothing(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, map[string]any{"journal": filepath.Join(t.TempDir(), "journal"), "background": "0s", "fail": 1})
	found, _, err := s.Find(t.Context(), answer("1-1"))
	require.Error(t, err)
	require.Equal(t, tocsin.FoundUnclear, found)
}

func TestSlowCallTakesItsTimeAndCanBeGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _ := setup(t, map[string]any{"background": "0s", "slow": "10s"})
		begun := time.Now()
		_, err := s.Reply(t.Context(), answer("1-1"))
		require.NoError(t, err)
		require.Equal(t, 10*time.Second, time.Since(begun))

		for limit, arrived := range map[time.Duration]bool{2 * time.Second: false, 7 * time.Second: true} {
			key := limit.String()
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			_, err = s.Reply(ctx, answer(key))
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.True(t, tocsin.Uncertain(err), "whoever gave up cannot know")
			_, found, err := s.journal.find(func(e Entry) bool { return e.Key == key })
			require.NoError(t, err)
			require.Equal(t, arrived, found)
		}
	})
}

func TestPullInBadWeatherLosesNothing(t *testing.T) {
	t.Parallel()
	s, _ := setup(t, map[string]any{"fail": 0.5})
	calm, _ := setup(t, nil)
	want, _ := drain(t, calm, "")
	var got []tocsin.Report
	at := ""
	for range 1000 {
		batch, err := s.Pull(t.Context(), at)
		if err != nil {
			retry, _ := tocsin.Retry(err)
			require.True(t, retry)
			continue
		}
		got, at = append(got, batch.Reports...), batch.Cursor
		if !batch.More {
			break
		}
	}
	require.Equal(t, want, got)
}

func FuzzCursor(f *testing.F) {
	f.Add("sim1 1762171200000 17 3")
	f.Add("")
	f.Add("sim1 9223372036854775807 0 0")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
			return
		}
		again, err := parseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, again)
	})
}
