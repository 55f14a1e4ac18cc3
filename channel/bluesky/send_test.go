package bluesky

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bluesky-social/indigo/atproto/syntax"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestAnswerStandsInTheThread(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	root := k.network.write("did:plc:eve", record{Text: "anybody else?"}, time.Now())
	ref := strongRef{root.uri(), root.cid}
	k.network.write("did:plc:ana", record{Text: "yes @" + handleOf, Facets: mention("").Facets, Reply: &replyRefs{ref, ref}}, time.Now())
	got, _ := k.drain(t, "")
	require.Len(t, got.Reports, 1)
	sent, err := k.Replier.Reply(t.Context(), tocsin.Message{Key: "1", Text: "We know.", Lang: "de", Report: got.Reports[0]})
	require.NoError(t, err)
	r := k.network.posted(sent.ExternalID)
	require.Equal(t, "We know.", r.Text)
	require.Equal(t, []string{"de"}, r.Langs)
	require.Equal(t, ref, r.Reply.Root)
	require.Equal(t, got.Reports[0].ExternalID, r.Reply.Parent.URI)
	require.NotEmpty(t, r.Reply.Parent.CID)
	require.Equal(t, "https://bsky.app/profile/"+ours+"/post/"+recordKey("1"), sent.URL)
}

func TestSameMessageAgainAddsNothingAndChangesNothing(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	now := time.Now()
	k.network.clock = func() time.Time { return now }
	m := tocsin.Message{Key: "1", Text: "Sign-in is down."}
	first, err := k.Poster.Post(t.Context(), m)
	require.NoError(t, err)
	commits := k.network.commits
	now = now.Add(time.Hour)
	again, err := k.Poster.Post(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Equal(t, commits, k.network.commits)

	m.Text = "Something else under the same key."
	_, err = k.Poster.Post(t.Context(), m)
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err))
	require.False(t, tocsin.Uncertain(err))
	require.Equal(t, "Sign-in is down.", k.network.posted(first.ExternalID).Text, "what is there is never changed")
}

func TestUncertainAnswerIsSettledByLooking(t *testing.T) {
	t.Parallel()
	for fault, want := range map[channeltest.Fault]tocsin.Found{
		channeltest.Cut: tocsin.FoundPresent, channeltest.Garbled: tocsin.FoundPresent, channeltest.Lost: tocsin.FoundAbsent,
	} {
		k := setup(t, nil)
		k.drain(t, "")
		m := answerTo(k.network.write("did:plc:ana", mention("it hangs"), time.Now()), "1")
		k.network.suffer(fault)
		_, err := k.Replier.Reply(t.Context(), m)
		require.True(t, tocsin.Uncertain(err), "%s: %v", fault, err)
		k.network.suffer(channeltest.Healthy)
		found, _, err := k.Finder.Find(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, want, found, fault.String())
		_, err = k.Replier.Reply(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, 1, k.network.sentWith("1"))
	}
}

func TestReportFromElsewhereCannotBeAnswered(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	for _, odd := range []string{``, `nonsense`, `{"parent":{"uri":"at://x"}}`} {
		_, err := k.Replier.Reply(t.Context(), tocsin.Message{Key: "1", Text: "x", Report: tocsin.Report{ExternalID: "x", Route: json.RawMessage(odd)}})
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
		require.False(t, tocsin.Uncertain(err))
	}
}

func TestRecordKeysAreTimesThatArePast(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for i := range 20_000 {
		key := recordKey(fmt.Sprint("delivery-", i))
		tid, err := syntax.ParseTID(key)
		require.NoError(t, err)
		require.True(t, tid.Time().Before(time.Date(2026, time.April, 1, 0, 0, 0, 0, time.UTC)))
		require.GreaterOrEqual(t, tid.Time().Year(), 2024)
		seen[key] = true
	}
	require.Len(t, seen, 20_000)
	require.Equal(t, "3mhotocy3imuc", recordKey("golden"), "a key must stay what it is from release to release")
}

func TestLinksAndMentionsAreMarkedByBytes(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	text := "Größe 👩‍👧: see https://status.example.org/ü?a=b. Thanks @ana.far.example, @nobody.example (@ben.far.example) x@y.far.example"
	sent, err := k.Poster.Post(t.Context(), tocsin.Message{Key: "1", Text: text})
	require.NoError(t, err)
	got := map[string]string{}
	for _, f := range k.network.posted(sent.ExternalID).Facets {
		require.Len(t, f.Features, 1)
		got[text[f.Index.Start:f.Index.End]] = f.Features[0].URI + f.Features[0].DID
	}
	require.Equal(t, map[string]string{
		"https://status.example.org/ü?a=b": "https://status.example.org/ü?a=b",
		"@ana.far.example":                 "did:plc:ana",
		"@ben.far.example":                 "did:plc:ben",
	}, got)
}

func TestTextIsMeasuredInGraphemes(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	require.Equal(t, tocsin.Length{Used: 3, Limit: 300, Unit: "graphemes"}, k.Measurer.Measure("é👩‍👧‍👦🇩🇪"))
	for text, code := range map[string]tocsin.Code{
		strings.Repeat("ü", 300):     "",
		strings.Repeat("a", 301):     tocsin.CodeTooLarge,
		strings.Repeat("👩‍👧‍👦", 300): tocsin.CodeTooLarge, // 5,400 bytes
	} {
		_, err := k.Poster.Post(t.Context(), tocsin.Message{Key: text, Text: text})
		require.Equal(t, code, tocsin.CodeOf(err))
	}
}

func TestLimitsAreToldAsTheServerSaysThem(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	require.Empty(t, k.Meter.Allowances())
	_, err := k.Poster.Post(t.Context(), tocsin.Message{Key: "1", Text: "x"})
	require.NoError(t, err)
	k.drain(t, "")
	left := map[string]tocsin.Allowance{}
	for _, a := range k.Meter.Allowances() {
		left[a.Name] = a
	}
	require.Len(t, left, 3)
	require.InDelta(t, 2999, left["calls"].Left, 0)
	require.InDelta(t, 1000, left["posts"].Limit, 0, "in posts, of which each costs three points")
	require.Contains(t, left, "sessions")
	require.WithinDuration(t, time.Now().Add(5*time.Minute), left["calls"].ResetAt, 5*time.Second)
}

func TestSettingsAreHeldAgainstWhatCanBe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"no server":   func(s map[string]any) { s["service"] = "bsky.social" },
		"a path":      func(s map[string]any) { s["service"] = "https://bsky.social/xrpc" },
		"plain":       func(s map[string]any) { s["allow_private"] = false },
		"odd stream":  func(s map[string]any) { s["jetstream"] = "https://example.org" },
		"no handle":   func(s map[string]any) { s["identifier"] = "help" },
		"a mail":      func(s map[string]any) { s["identifier"] = "a b@example.org" },
		"short term":  func(s map[string]any) { s["terms"] = []any{"a "} },
		"future":      func(s map[string]any) { s["since"] = "-1h" },
		"no password": func(s map[string]any) { delete(s, "password") },
	} {
		settings := settingsFor("http://127.0.0.1:1")
		change(settings)
		require.Error(t, try(settings), name)
	}
	settings := settingsFor("https://bsky.social/")
	settings["jetstream"], settings["identifier"] = "wss://example.org/subscribe", "@help.example.org"
	require.NoError(t, try(settings))
}
