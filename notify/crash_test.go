package notify_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// crashAt kills the process once, at the n-th of the points around commits and
// calls, and tells afterwards whether there were so many.
func (h *house) crashAt(n int) *bool {
	var done bool
	count := 0
	at := func(point string) {
		if count++; count == n {
			done = true
			panic(crash{point})
		}
	}
	h.store.at = at
	for _, net := range []*network{h.mail, h.forum, h.chat, h.phone} {
		net.at = at
	}
	return &done
}

func TestNoCrashDoublesOrLosesAnAnswer(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(string) (bool, error){
		"a network that takes everything":        func(string) (bool, error) { return true, nil },
		"a line that breaks after each message":  cut(true),
		"a line that breaks before each message": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			point := 1
			for crashedBroadcast(t, point, answer) {
				point++
			}
			require.Greater(t, point, 40, "there are points to crash at")
		})
	}
}

// crashedBroadcast tells three people and the public, with one crash on the way,
// and checks that each heard it once.
func crashedBroadcast(t *testing.T, point int, answer func(string) (bool, error)) bool {
	t.Helper()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "cat@forum")
	h.confirm(i)
	promise := h.clock.Add(time.Hour)
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateAware, Text: "We know.", NextUpdateAt: promise})
	require.NoError(t, err)
	h.approve(u.ID)
	tried := map[string]int{}
	for _, net := range []*network{h.mail, h.forum} {
		net.answer = answer
		if answer == nil { // the first try of each never arrives
			net.answer = func(key string) (bool, error) {
				if tried[key]++; tried[key] == 1 {
					return cut(false)(key)
				}
				return true, nil
			}
		}
	}
	crashed := h.crashAt(point)
	h.runFor(2 * time.Hour)
	for _, line := range h.store.deliveries {
		require.Equal(t, tocsin.DeliverySent, line.State, "crash at point %d: %s", point, line.Key)
		require.NotEmpty(t, line.ExternalID)
	}
	require.Len(t, h.mail.took, 2)
	require.Len(t, h.forum.took, 2)
	for _, net := range []*network{h.mail, h.forum} {
		for key, n := range net.took {
			require.Equal(t, 1, n, "crash at point %d: %s was sent %d times", point, key, n)
		}
	}
	require.Equal(t, tocsin.UpdateSent, h.store.updates[u.ID].State, "crash at point %d", point)
	require.Equal(t, promise, h.store.incidents[i].NextUpdateAt, "crash at point %d", point)
	return *crashed
}

// lastUpdate is the newest update.
func (h *house) lastUpdate() int64 {
	var last int64
	for id := range h.store.updates {
		last = max(last, id)
	}
	return last
}

// TestRandomLivesSendAtMostOnce lets jobs, crashes, broken lines, stops and
// resumes happen in random order. While the network looks honestly, each message
// is taken at most once; in the end everybody has an outcome or is held for a human.
func TestRandomLivesSendAtMostOnce(t *testing.T) {
	t.Parallel()
	for seed := range uint64(150) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			newLife(t, seed).live()
		})
	}
}
