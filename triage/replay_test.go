package triage_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/triage"
)

// replayed are the outputs of one replay.
type replayed struct {
	summary                          triage.Summary
	clusters, alerts, incidents, bad string
}

func replay(t testing.TB, in string) replayed {
	t.Helper()
	var clusters, alerts, incidents, bad bytes.Buffer
	clock := time.Unix(0, 0)
	s, err := triage.Replay(context.Background(), strings.NewReader(in),
		triage.Outputs{Clusters: &clusters, Alerts: &alerts, Incidents: &incidents, Bad: &bad},
		triage.DefaultConfig(), nil, func() time.Time { clock = clock.Add(time.Second); return clock })
	require.NoError(t, err)
	return replayed{s, clusters.String(), alerts.String(), incidents.String(), bad.String()}
}

// recording writes reports as Replay reads them.
func recording(t testing.TB, d *desk) string {
	t.Helper()
	var b strings.Builder
	for _, r := range d.reports {
		line, err := json.Marshal(map[string]any{
			"id": r.ExternalID, "at": r.At, "channel": r.Channel, "author": r.Reporter.ID, "author_since": r.Reporter.Since,
			"text": r.Text, "thread": r.ExternalID, "unknown_field": 1,
		})
		require.NoError(t, err)
		b.Write(append(line, '\n'))
	}
	return b.String()
}

func outageRecording(t testing.TB) (string, *desk) {
	t.Helper()
	d := newDesk(t)
	d.ordinary(monday, 10*24*time.Hour, 800)
	d.outage(monday.Add(10 * 24 * time.Hour))
	return recording(t, d), d
}

func TestReplayWritesALineForEachReportInTheInputsOrder(t *testing.T) {
	t.Parallel()
	in, d := outageRecording(t)
	got := replay(t, in)
	lines := strings.Split(strings.TrimSuffix(got.clusters, "\n"), "\n")
	require.Len(t, lines, len(d.reports))
	names := map[string]bool{}
	for i, line := range lines {
		f := strings.Split(line, "\t")
		require.Len(t, f, 3, line)
		require.Equal(t, d.reports[i].ExternalID, f[0])
		require.NotEmpty(t, f[1], "every report has a cluster")
		names[f[1]] = true
	}
	require.Equal(t, len(d.reports), got.summary.Reports)
	require.Len(t, names, got.summary.Clusters)
}

func TestReplayWritesEachBellOnceAndTheIncidentsPeople(t *testing.T) {
	t.Parallel()
	in, _ := outageRecording(t)
	got := replay(t, in)
	type alert struct {
		At                   time.Time
		Tier, Kind, Incident string
		Reports              []string
	}
	var tiers []string
	for line := range strings.Lines(got.alerts) {
		var a alert
		require.NoError(t, json.Unmarshal([]byte(line), &a))
		require.Equal(t, "incident", a.Kind)
		require.NotEmpty(t, a.Reports)
		tiers = append(tiers, a.Tier)
	}
	require.Equal(t, []string{"whisper", "ring"}, tiers)
	require.Equal(t, 1, strings.Count(got.incidents, "\n"))
	var i struct{ Members, Recipients []string }
	require.NoError(t, json.Unmarshal([]byte(got.incidents), &i))
	require.Subset(t, i.Members, i.Recipients, "who is answered is one of its reporters")
	require.Greater(t, len(i.Recipients), 30)
}

func TestReplayIsDeterministic(t *testing.T) {
	t.Parallel()
	in, _ := outageRecording(t)
	one, other := replay(t, in), replay(t, in)
	one.summary.Memory, other.summary.Memory = 0, 0
	require.Equal(t, one, other)
}

func TestReplayNamesAndSkipsBadLines(t *testing.T) {
	t.Parallel()
	good := `{"id":"a","at":"2026-03-02T10:00:00Z","channel":"x","author":"u","text":"hello there"}`
	got := replay(t, strings.Join([]string{
		good,
		`{"id":"b","at":"2026-03-02T10:00:0`, // cut in half
		good,                                 // a repeated id
		`{"at":"2026-03-02T10:00:00Z","channel":"x","author":"u","text":"no id"}`,
		`{"id":"d","channel":"x","author":"u","text":"no time"}`,
		`{"id":"e","at":"yesterday","channel":"x","author":"u","text":"no time either"}`,
		`{"id":"f","at":"2026-03-02T10:00:00Z","channel":"x","author":"u"}`,
		"{\"id\":\"g\",\"at\":\"2026-03-02T10:00:00Z\",\"text\":\"\xff\"}",
		``,
		`[]`,
		`{"id":"h","at":"2026-03-02T10:00:01Z","channel":"x","author":"u","text":"a last line without an end"}`,
	}, "\n"))
	require.Equal(t, 2, got.summary.Reports)
	require.Equal(t, 9, got.summary.Bad)
	for _, n := range []int{2, 3, 4, 5, 6, 7, 8, 9, 10} {
		require.Contains(t, got.bad, fmt.Sprintf("line %d skipped: ", n))
	}
	require.Equal(t, 2, strings.Count(got.clusters, "\n"))
}

func TestReplaySkipsALineThatIsTooLong(t *testing.T) {
	t.Parallel()
	long := `{"id":"a","at":"2026-03-02T10:00:00Z","channel":"x","text":"` + strings.Repeat("x", 9<<20) + `"}`
	got := replay(t, long+"\n"+`{"id":"b","at":"2026-03-02T10:00:00Z","channel":"x","text":"fine"}`+"\n")
	require.Equal(t, 1, got.summary.Reports)
	require.Equal(t, 1, got.summary.Bad)
}

func TestReplayStopsWhenToldTo(t *testing.T) {
	t.Parallel()
	in, _ := outageRecording(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := triage.Replay(ctx, strings.NewReader(strings.Repeat(in, 3)), triage.Outputs{}, triage.DefaultConfig(), nil, time.Now)
	require.ErrorIs(t, err, context.Canceled)
}

func TestSummaryReadsAsASentence(t *testing.T) {
	t.Parallel()
	s := triage.Summary{Reports: 1000, Bad: 2, Clusters: 30, Whispers: 3, Rings: 1, Elapsed: 500 * time.Millisecond, Memory: 64 << 20}
	require.Equal(t, "1000 reports (2 bad lines skipped), 30 clusters, 4 alerts (3 whispers, 1 rings), 2000 reports/s, peak memory 64 MB", s.String())
}
