package main

import (
	"bytes"
	"context"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/simulator"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/web/api"
)

// hamlet is a running house on a simulator that keeps a journal of all that was said.
type hamlet struct {
	*testing.T
	house   *house
	url     string
	journal string
	tokens  map[string]string // files
}

// patience is for machines that have much else to do.
const patience = time.Minute

const hamletConfig = `
server: {listen: "127.0.0.1:0", base_url: http://127.0.0.1}
database: {url: "{folder}/tocsin.db"}
log: {level: error}
broadcast: {hold: 0s}
channels: [{name: town, type: simulator, script: quiet, background: 0s, rate: 0, journal: "{folder}/said.jsonl"}]
policies: [{name: default, whisper: [{channel: town, to: support}], steps: [{name: primary, targets: [{channel: town, to: mara}]}]}]
`

// settle starts a hamlet, live or in shadow, in which an outage has just been found.
func settle(t *testing.T, orderly func(orders) orders) *hamlet {
	t.Helper()
	folder := t.TempDir()
	path := filepath.Join(folder, "tocsin.yml")
	require.NoError(t, os.WriteFile(path, []byte(strings.ReplaceAll(hamletConfig, "{folder}", folder)), 0o600))
	o, err := readOrders(path, io.Discard)
	require.NoError(t, err)
	h, err := build(t.Context(), orderly(o))
	require.NoError(t, err)
	v := &hamlet{T: t, house: h, journal: filepath.Join(folder, "said.jsonl"), tokens: map[string]string{}}
	v.outage() // before triage runs, which would judge the reports itself
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- h.run(ctx) }()
	server := httptest.NewServer(h.handler)
	t.Cleanup(func() {
		server.Close()
		stop()
		if err := <-ended; err != nil {
			require.ErrorIs(t, err, context.Canceled, "a test may end before the queues have begun")
		}
		h.close()
	})
	v.url = server.URL
	for _, who := range []string{"sue", "tom"} {
		made, err := api.AddToken(t.Context(), h.store, tocsin.Token{User: who, Role: tocsin.RoleResponder, CreatedAt: time.Now()})
		require.NoError(t, err)
		v.tokens[who] = filepath.Join(folder, who)
		require.NoError(t, os.WriteFile(v.tokens[who], []byte(made.Secret), 0o600))
	}
	return v
}

// outage stores two reports and an incident of them that is strong enough to ring.
func (v *hamlet) outage() {
	v.Helper()
	ctx, now := v.Context(), time.Now()
	judged := tocsin.Triaged{Sightings: []tocsin.Sighting{{
		Key: "k", Kind: tocsin.KindIncident, Tier: tocsin.TierRing, Title: "cannot save", FirstSeen: now, LastSeen: now, Reports: 2, People: 2,
	}}}
	var b tocsin.Batch
	for _, who := range []string{"ana", "ben"} {
		b.Reports = append(b.Reports, tocsin.Report{ExternalID: who, Thread: who, At: now, Text: "I cannot save", Reporter: tocsin.Reporter{ID: "sim:" + who, Handle: who}})
	}
	ids, err := v.house.store.CommitBatch(ctx, "town", "", b)
	require.NoError(v, err)
	for _, id := range ids {
		judged.Done = append(judged.Done, id)
		judged.Judgements = append(judged.Judgements, tocsin.Judgement{Report: id, Cluster: "k", Incident: "k", Sure: true})
	}
	require.NoError(v, v.house.store.CommitTriage(ctx, judged))
}

// as lets somebody type a command, and gives what they read.
func (v *hamlet) as(who string, args ...string) (int, string) {
	v.Helper()
	var out bytes.Buffer
	code := run(v.Context(), append(args, "--url", v.url, "--token-file", v.tokens[who]), strings.NewReader(""), &out, &out)
	return code, out.String()
}

// said lists what the journal has, as in "page support" and "reply sim:ana".
func (v *hamlet) said() []string {
	v.Helper()
	entries, err := simulator.ReadJournal(v.journal)
	require.NoError(v, err)
	said := []string{}
	for _, e := range entries {
		said = append(said, strings.TrimSpace(string(e.Kind)+" "+e.To+e.Reporter))
	}
	return said
}

// tells waits until the first incident's timeline has some words.
func (v *hamlet) tells(words string) {
	v.Helper()
	require.Eventually(v, func() bool {
		events, err := v.house.store.Timeline(v.Context(), 1)
		require.NoError(v, err)
		for _, e := range events {
			if strings.Contains(e.Text, words) {
				return true
			}
		}
		return false
	}, patience, 20*time.Millisecond, words)
}

// loop plays the whole loop, from the ring to the word for everybody.
func (v *hamlet) loop() (code int, said string) {
	v.Helper()
	require.Eventually(v, func() bool { return len(v.said()) > 0 }, patience, 20*time.Millisecond)
	code, said = v.as("sue", "verdict", "1", "confirmed", "--reason", "seen it")
	require.Zero(v, code, said)
	code, said = v.as("sue", "update", "draft", "1", "--kind", "aware", "--text", "We are aware.", "--next", "30m")
	require.Zero(v, code, said)
	return v.as("tom", "update", "approve", "1", "--yes")
}

func TestShadowWakesNobodyAndAnswersNobody(t *testing.T) {
	t.Parallel()
	v := settle(t, inShadow)
	code, said := v.loop()
	require.Equal(t, 1, code)
	require.Contains(t, said, "Tocsin runs in shadow: it speaks to nobody.")
	v.tells("Would have rung: primary (town mara)")
	waiting, err := v.house.store.Backlog(t.Context())
	require.NoError(t, err)
	require.Empty(t, waiting.Deliveries)
	require.Equal(t, []string{"page support"}, v.said(), "a whisper, and nothing else")
}

// TestTheSameLoopOutsideOfShadowSpeaks proves that the test above could fail.
func TestTheSameLoopOutsideOfShadowSpeaks(t *testing.T) {
	t.Parallel()
	v := settle(t, func(o orders) orders { return o })
	code, said := v.loop()
	require.Zero(t, code, said)
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		require.Subset(c, v.said(), []string{"page mara", "reply sim:ana", "reply sim:ben"})
	}, patience, 20*time.Millisecond)
}

func TestShadowTakesEveryVoiceAwayFromAChannel(t *testing.T) {
	t.Parallel()
	v := settle(t, inShadow)
	for _, c := range v.house.channels {
		require.Nil(t, c.Replier)
		require.Nil(t, c.Poster)
		require.Nil(t, c.Editor)
		require.NotNil(t, c.Source, "it still listens")
		require.NotNil(t, c.Pager, "it still whispers")
	}
	parts := v.house.parts()
	require.Equal(t, "shadow", parts[len(parts)-1].Name)
	require.True(t, parts[len(parts)-1].Ready)
}

func TestShadowKeepsOutOfADatabaseInWhichAnotherServerWorks(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), store.Options{URL: filepath.Join(t.TempDir(), "tocsin.db")})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, refuseCompany(t.Context(), db, "me"))
	require.NoError(t, refuseCompany(t.Context(), db, "me"), "a restart of the same node")
	require.ErrorContains(t, refuseCompany(t.Context(), db, "you"), "Give shadow one of its own")
}

func TestShadowRefusesWhatServeRefuses(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"shadow", "--config", filepath.Join(t.TempDir(), "none.yml")}, nil, &out, &errs))
	require.Contains(t, errs.String(), "can't be read")
	require.Empty(t, out.String(), "nothing was started")
}
