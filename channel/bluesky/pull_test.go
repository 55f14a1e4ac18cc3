package bluesky

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestTenThousandReportsComeInOnceThroughFaults(t *testing.T) {
	t.Parallel()
	k := setup(t, func(n *network, _ map[string]any) { n.next = 1000 })
	_, cursor := k.drain(t, "")
	began := time.Now().Add(-3 * 24 * time.Hour)
	want := map[string]int{}
	for i := range 10_000 {
		e := k.network.write(fmt.Sprintf("did:plc:p%d", i%700), mention("it hangs"), began.Add(time.Duration(i)*10*time.Second))
		want[e.uri()] = 0
	}
	require.True(t, k.network.front.Break(channeltest.Rare))
	got, cursor := k.drain(t, cursor)
	for _, r := range got.Reports {
		want[r.ExternalID]++
	}
	require.Len(t, want, 10_000)
	for uri, times := range want {
		require.Equal(t, 1, times, uri)
	}
	rest, _ := k.drain(t, cursor)
	require.Empty(t, rest.Reports)
	require.Less(t, len(cursor), 8<<10, "a cursor stays small")
	require.Equal(t, 1, k.network.sessions, "the session is kept")
}

// What the index takes late, out of order, is not missed.
func TestLatecomersAreNotMissed(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	now := time.Now()
	k.network.write("did:plc:ana", mention("one"), now)
	_, cursor := k.drain(t, "")
	late := k.network.write("did:plc:ben", mention("two"), now.Add(-overlap/2))
	got, cursor := k.drain(t, cursor)
	require.Len(t, got.Reports, 1)
	require.Equal(t, late.uri(), got.Reports[0].ExternalID)
	got, _ = k.drain(t, cursor)
	require.Empty(t, got.Reports)
}

func TestFirstLookGoesBackAsFarAsAskedAndDowntimeIsCaughtUp(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *network, set map[string]any) { set["since"] = "24h" })
	now := time.Now()
	for i := range 400 {
		k.network.write("did:plc:ana", mention("slow"), now.Add(-time.Duration(400-i)*15*time.Minute))
	}
	got, cursor := k.drain(t, "")
	require.Len(t, got.Reports, 95)
	for i := range 300 {
		k.network.write("did:plc:ben", mention("gone"), now.Add(time.Duration(i)*time.Second))
	}
	got, _ = k.drain(t, cursor)
	require.Len(t, got.Reports, 300)
}

func TestReportTellsWhoWroteWhatAndWhere(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	now := time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)
	k.network.clock = func() time.Time { return now }
	first := k.network.write(ours, record{Text: "We are aware."}, now.Add(-2*time.Minute))
	root := strongRef{first.uri(), first.cid}
	answer := record{Text: "still broken", Langs: []string{"de", "en"}, Reply: &replyRefs{root, root}, CreatedAt: "2030-01-01T00:00:00Z"}
	e := k.network.write("did:plc:ana", answer, now.Add(-time.Minute))
	k.network.write("did:plc:eve", record{Text: "a cat"}, now)
	closed := k.network.write("did:plc:ben", record{Text: "NEAR IS DOWN again"}, now)
	closed.closed = true
	k.network.write(ours, record{Text: "near is down? we look"}, now)
	got, _ := k.drain(t, "")
	require.Len(t, got.Reports, 2)
	r := got.Reports[0]
	require.Equal(t, tocsin.Reporter{
		ID: "bsky:did:plc:ana", Handle: "@ana.far.example", Name: "ANA", URL: "https://bsky.app/profile/did:plc:ana",
		Since: time.Date(2023, 5, 1, 0, 0, 0, 0, time.UTC),
	}, r.Reporter)
	require.Equal(t, e.uri(), r.ExternalID)
	require.Equal(t, first.uri(), r.Thread)
	require.Equal(t, first.uri(), r.ReplyTo)
	require.Equal(t, "https://bsky.app/profile/did:plc:ana/post/"+e.rkey, r.URL)
	require.Equal(t, "de", r.Lang)
	require.Equal(t, "still broken", r.Raw)
	require.WithinDuration(t, now.Add(-time.Minute), r.At, time.Second, "nobody writes in the future")
	require.Empty(t, r.NoReply)
	var to replyRefs
	require.NoError(t, json.Unmarshal(r.Route, &to))
	require.Equal(t, replyRefs{Root: root, Parent: strongRef{e.uri(), e.cid}}, to)

	require.Equal(t, closed.uri(), got.Reports[1].ExternalID, "a term is found in whatever case")
	require.NotEmpty(t, got.Reports[1].NoReply)
	require.Len(t, got.Rejections, 1)
	require.Equal(t, tocsin.ReasonOwn, got.Rejections[0].Reason)
}

func TestSearchThatFailsKeepsNoMentionBack(t *testing.T) {
	t.Parallel()
	k := setup(t, func(n *network, _ map[string]any) { n.searchless = true })
	cursor := ""
	for range 3 {
		want := k.network.say(2)
		k.network.write("did:plc:ben", record{Text: "near is down"}, time.Now())
		var got tocsin.Batch
		got, cursor = k.drain(t, cursor)
		require.Len(t, got.Reports, len(want))
	}
	k.network.mu.Lock()
	k.network.searchless = false
	k.network.mu.Unlock()
	got, _ := k.drain(t, cursor)
	require.Len(t, got.Reports, 3, "and nothing of it is lost")
}

func TestOddCursorStartsAnew(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	k.network.say(2)
	for _, odd := range []string{"nonsense", "{}", `{"feeds":null,"time":-5}`, `{"feeds":{"@":{"until":"nonsense"}}}`} {
		got, _ := k.drain(t, odd)
		require.Len(t, got.Reports, 2)
	}
}

func FuzzItem(f *testing.F) {
	for _, seed := range []string{
		`{"uri":"at://did:plc:a/app.bsky.feed.post/3k","cid":"b","author":{"did":"did:plc:a"},"record":{"text":"x","reply":{"parent":{"uri":"at://"}}},"indexedAt":"2026-01-01T00:00:00Z"}`,
		`{"uri":"x","author":{"did":"d"},"record":5}`,
		`{"record":{"embed":{"record":{"record":{"uri":"at://x/"}}}}}`,
	} {
		f.Add(seed)
	}
	a := &account{now: func() time.Time { return time.Unix(1_700_000_000, 0) }}
	f.Fuzz(func(t *testing.T, text string) {
		var it item
		if json.Unmarshal([]byte(text), &it) != nil {
			return
		}
		var b tocsin.Batch
		a.take(&b, ours, it)
		for _, r := range b.Reports {
			require.NotEmpty(t, r.ExternalID)
			require.False(t, r.At.IsZero())
			require.True(t, json.Valid(r.Route))
		}
		c := parseCursor("")
		c.turn([]string{notifications})
		c.read(notifications, []item{it}, "", time.Time{})
		require.Empty(t, c.Todo)
	})
}

func FuzzCursor(f *testing.F) {
	f.Add(`{"feeds":{"@":{"until":"2026-01-01T00:00:00Z","seen":["a"],"back":"x"}},"todo":["@"],"time":5}`)
	f.Fuzz(func(t *testing.T, text string) {
		c := parseCursor(text)
		require.Equal(t, c.String(), parseCursor(c.String()).String(), "what is written can be read")
	})
}
