package triage

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzReplay feeds the reader of recordings anything: it never fails as a whole,
// each report it took has exactly one line among the clusters, and each line it
// did not take is named.
func FuzzReplay(f *testing.F) {
	good := `{"id":"1","at":"2026-03-02T12:00:00Z","channel":"mail","author":"a","text":"login broken"}` + "\n"
	for _, seed := range []string{
		good, good + good, good + `{"id":"2","at":"2026-03-02T12:00:00Z","chan`, "\n\n", "null\n", "[]\n", `{"id":1}` + "\n", "\x00\xff\n",
		strings.Replace(good, "2026", "0001", 1), strings.Replace(good, "login", `\ud800\u202e`, 1), strings.Repeat("[", 5000) + "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, recording []byte) {
		var clusters, alerts, incidents, bad bytes.Buffer
		out := Outputs{Clusters: &clusters, Alerts: &alerts, Incidents: &incidents, Bad: &bad}
		sum, err := Replay(t.Context(), bytes.NewReader(recording), out, Config{}, nil, time.Now)
		require.NoError(t, err)
		require.Equal(t, sum.Reports, strings.Count(clusters.String(), "\n"))
		require.LessOrEqual(t, sum.Bad, strings.Count(bad.String(), "\n"))
	})
}
