package triage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// evalFolder is where the measured streams are. They are other people's texts and
// are not part of the project; its own corpus keeps the other tests meaningful.
func evalFolder(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("TOCSIN_EVAL")
	if folder == "" {
		require.Empty(t, os.Getenv("CI"), "CI must name the measured streams in TOCSIN_EVAL")
		t.Skip("TOCSIN_EVAL names no folder of streams to measure with")
	}
	return folder
}

// slow tells whether the long tests are asked for.
func slow() bool { return os.Getenv("TOCSIN_SLOW") != "" }

// first is as much of each stream as the quick tests read.
const first = 400

func TestReplayRunsToTheEndOfEveryStream(t *testing.T) {
	t.Parallel()
	streams, err := filepath.Glob(filepath.Join(evalFolder(t), "*", "reports.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, streams)
	for _, stream := range streams {
		t.Run(filepath.Base(filepath.Dir(stream)), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(stream)
			require.NoError(t, err)
			if !slow() {
				lines := bytes.SplitAfterN(text, []byte("\n"), first+1)
				text = bytes.Join(lines[:min(first, len(lines))], nil)
			}
			want := bytes.Count(text, []byte("\n"))
			var clusters, bad bytes.Buffer
			sum, err := Replay(t.Context(), bytes.NewReader(text), Outputs{Clusters: &clusters, Bad: &bad}, Config{}, nil, time.Now)
			require.NoError(t, err)
			require.Empty(t, bad.String())
			require.Equal(t, want, sum.Reports)
			require.Equal(t, want, strings.Count(clusters.String(), "\n"), "every report has a cluster")
			t.Log(sum)
		})
	}
}

// TestScores prints what the engine reaches on the measured streams: `make
// bench-triage`. It promises nothing by itself; docs/triage.md has the table.
func TestScores(t *testing.T) {
	if !slow() {
		t.Skip("set TOCSIN_SLOW=1; it takes long")
	}
	eval := evalFolder(t)
	for _, name := range []string{"news-t", "news"} {
		dir := t.TempDir()
		sum := replayFile(t, filepath.Join(eval, name, "reports.jsonl"), dir)
		t.Logf("%s: %s\n%s", name, sum, python(t, filepath.Join(eval, "score_clusters.py"), filepath.Join(eval, name, "labels.tsv"), filepath.Join(dir, "clusters.tsv")))
	}
	scoreOnsets(t, eval)
	scoreNoise(t, eval)
	for _, rate := range []string{"8", "20", "60", "200"} {
		for seed := 1; seed <= 5; seed++ {
			dir := t.TempDir()
			python(t, filepath.Join(eval, "make_stream.py"), "--texts", filepath.Join(eval, "banking77_train.csv"),
				"--noise", filepath.Join(eval, "noise.tsv"), "--seed", fmt.Sprint(seed), "--rate", rate, "--out", dir)
			sum := replayFile(t, filepath.Join(dir, "reports.jsonl"), dir)
			score := filepath.Join(eval, "score_alerts.py")
			truth, alerts := filepath.Join(dir, "truth.json"), filepath.Join(dir, "alerts.jsonl")
			t.Logf("rate %s seed %d: %s\n  whispers %s\n  rings    %s", rate, seed, sum,
				brief(t, python(t, score, truth, alerts, "--incidents", filepath.Join(dir, "incidents.jsonl"))),
				brief(t, python(t, score, truth, alerts, "--tier", "ring")))
		}
	}
}

// scoreOnsets tells how soon real events are found after they began.
func scoreOnsets(t *testing.T, eval string) {
	t.Helper()
	dir, from := t.TempDir(), filepath.Join(eval, "crisislex_t26_22ev")
	sum := replayFile(t, filepath.Join(from, "reports.jsonl"), dir)
	var s struct {
		Found  string  `json:"found"`
		Alerts int     `json:"alerts"`
		False  int     `json:"false"`
		Late   float64 `json:"late_by_p50"`
	}
	score := python(t, filepath.Join(eval, "score_onsets.py"), filepath.Join(from, "onsets.tsv"), filepath.Join(from, "labels.tsv"), filepath.Join(dir, "alerts.jsonl"), "crisislex_t26")
	require.NoError(t, json.Unmarshal(score, &s))
	t.Logf("crisislex_t26: found %s, %.1f min after the 5th post, %d alerts, %d unexplained; %s", s.Found, s.Late, s.Alerts, s.False, sum)
}

// scoreNoise tells which share of each label does not count as evidence.
func scoreNoise(t *testing.T, eval string) {
	t.Helper()
	for name, labels := range map[string]string{"us_airline_2015": "sentiment.tsv", "complaints_2015": "labels.tsv"} {
		dir := t.TempDir()
		replayFile(t, filepath.Join(eval, name, "reports.jsonl"), dir)
		reasons, label := columns(t, filepath.Join(dir, "clusters.tsv"), 2), columns(t, filepath.Join(eval, name, labels), 1)
		all, out := map[string]int{}, map[string]int{}
		for id, l := range label {
			all[l]++
			out[l] += count(reasons[id] != "")
		}
		for l, n := range all {
			t.Logf("%s: of %d that are %s, %.1f %% do not count", name, n, l, 100*float64(out[l])/float64(n))
		}
	}
}

// columns reads one column of a table, by the first.
func columns(t *testing.T, path string, column int) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	m := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); len(f) > column {
			m[f[0]] = f[column]
		}
	}
	return m
}

func replayFile(t *testing.T, stream, dir string) Summary {
	t.Helper()
	in, err := os.Open(stream)
	require.NoError(t, err)
	defer func() { require.NoError(t, in.Close()) }()
	open := func(name string) *os.File {
		f, err := os.Create(filepath.Join(dir, name))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, f.Close()) })
		return f
	}
	sum, err := Replay(t.Context(), in, Outputs{
		Clusters: open("clusters.tsv"), Alerts: open("alerts.jsonl"), Incidents: open("incidents.jsonl"),
	}, Config{}, nil, time.Now)
	require.NoError(t, err)
	return sum
}

func python(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "python3", args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return out
}

// brief is a score on one line.
func brief(t *testing.T, score []byte) string {
	t.Helper()
	var s struct {
		Recall  float64        `json:"recall"`
		False   float64        `json:"false_per_week"`
		Repeats float64        `json:"repeats_per_found"`
		Floods  string         `json:"floods_named"`
		People  map[string]any `json:"people"`
		Sizes   map[string]struct {
			Recall  float64 `json:"recall"`
			Reports float64 `json:"reports_p50"`
		} `json:"by_size"`
	}
	require.NoError(t, json.Unmarshal(score, &s))
	return fmt.Sprintf("recall %.2f (small %.2f, slow %.2f), by report %.1f, %.2f false a week, repeats %.2f, floods %s, people %v",
		s.Recall, s.Sizes["small"].Recall, s.Sizes["slow"].Recall, s.Sizes["all"].Reports, s.False, s.Repeats, s.Floods, s.People)
}
