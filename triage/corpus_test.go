package triage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// corpus reads texts of our own, a line each.
func corpus(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile("../testdata/loop/" + name)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// recording is a quiet week of ordinary questions, and then, if asked for, one new
// problem in forty people's words within half an hour.
func recording(t *testing.T, outage bool) *bytes.Buffer {
	t.Helper()
	var b bytes.Buffer
	end := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	line := func(id string, at time.Time, text string) {
		require.NoError(t, json.NewEncoder(&b).Encode(map[string]any{
			"id": id, "at": at.Format(time.RFC3339), "channel": "mail", "author": id, "text": text, "thread": id,
		}))
	}
	ordinary := corpus(t, "ordinary.txt")
	dice := rand.New(rand.NewPCG(1, 2))
	for i := range 400 {
		line(fmt.Sprintf("ordinary%d", i), end.Add(-7*24*time.Hour+time.Duration(i)*25*time.Minute), ordinary[dice.IntN(len(ordinary))])
	}
	if outage {
		for i, text := range corpus(t, "outage.txt") {
			at := end.Add(time.Duration(i) * 45 * time.Second)
			line(fmt.Sprintf("outage%d", i), at, text)
			if i%5 == 0 {
				line(fmt.Sprintf("later%d", i), at, ordinary[i])
			}
		}
	}
	return &b
}

// bell is a line of --alerts.
type bell struct {
	Tier     string   `json:"tier"`
	Kind     string   `json:"kind"`
	Incident string   `json:"incident"`
	Reports  []string `json:"reports"`
}

// replayed gives the bells by their tier, and the recipients by incident.
func replayed(t *testing.T, in *bytes.Buffer) (bells map[string][]bell, recipients map[string][]string) {
	t.Helper()
	var alerts, incidents bytes.Buffer
	_, err := Replay(t.Context(), in, Outputs{Alerts: &alerts, Incidents: &incidents}, Config{}, nil, time.Now)
	require.NoError(t, err)
	bells, recipients = map[string][]bell{}, map[string][]string{}
	for line := range strings.Lines(alerts.String()) {
		var b bell
		require.NoError(t, json.Unmarshal([]byte(line), &b))
		bells[b.Tier] = append(bells[b.Tier], b)
	}
	for line := range strings.Lines(incidents.String()) {
		var i struct {
			Incident   string   `json:"incident"`
			Recipients []string `json:"recipients"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &i))
		recipients[i.Incident] = i.Recipients
	}
	return bells, recipients
}

func TestAnOrdinaryWeekRingsNobody(t *testing.T) {
	t.Parallel()
	bells, _ := replayed(t, recording(t, false))
	require.Empty(t, bells["ring"])
	require.LessOrEqual(t, len(bells["whisper"]), int(DefaultConfig().FalseWhispers), "the budget of a week")
}

func TestANewProblemIsRungOnceAndReachesTheRightPeople(t *testing.T) {
	t.Parallel()
	bells, recipients := replayed(t, recording(t, true))
	require.Len(t, bells["ring"], 1)
	ring := bells["ring"][0]
	require.Equal(t, "incident", ring.Kind)
	require.Less(t, len(ring.Reports), 16, "early")
	whispers := 0
	for _, w := range bells["whisper"] {
		if w.Incident == ring.Incident {
			whispers++
		}
	}
	require.Equal(t, 1, whispers)
	require.GreaterOrEqual(t, len(recipients[ring.Incident]), 32, "four of five at least")
	for _, r := range append(ring.Reports, recipients[ring.Incident]...) {
		require.True(t, strings.HasPrefix(r, "outage"), "%s wrote about something else", r)
	}
}

func TestTheSameRecordingGivesTheSameAnswer(t *testing.T) {
	t.Parallel()
	answer := func() string {
		var clusters, alerts, incidents bytes.Buffer
		_, err := Replay(t.Context(), recording(t, true), Outputs{Clusters: &clusters, Alerts: &alerts, Incidents: &incidents}, Config{}, nil, time.Now)
		require.NoError(t, err)
		return clusters.String() + alerts.String() + incidents.String()
	}
	once := answer()
	require.Equal(t, once, answer())
}
