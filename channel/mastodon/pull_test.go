package mastodon

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestTenThousandReportsComeInOnceThroughFaults(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	_, cursor := k.drain(t, "")
	want := map[string]int{}
	for _, id := range k.server.say(10_000) {
		want[id] = 0
	}
	require.True(t, k.front.Break(channeltest.Rare))
	reports, cursor := k.drain(t, cursor)
	for _, r := range reports {
		want[r.ExternalID]++
	}
	require.Len(t, want, 10_000)
	for id, n := range want {
		require.Equal(t, 1, n, id)
	}
	rest, _ := k.drain(t, cursor)
	require.Empty(t, rest)
	require.Less(t, len(cursor), 4<<10, "a cursor stays small")
}

func TestFirstLookGoesBackAsFarAsAsked(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *server, set map[string]any) { set["since"] = "24h" })
	for i := range 400 { // one a quarter of an hour, oldest first
		at := time.Now().Add(-time.Duration(400-i) * 15 * time.Minute)
		k.server.write(post{author: fmt.Sprint("p", i), text: "@help it is slow", at: at})
	}
	k.server.mu.Lock()
	k.server.notify("favourite", "", time.Now())
	k.server.mu.Unlock()
	reports, cursor := k.drain(t, "")
	require.Len(t, reports, 95)
	for _, r := range reports {
		require.Less(t, time.Since(r.At), 24*time.Hour)
	}
	k.server.say(2)
	reports, _ = k.drain(t, cursor)
	require.Len(t, reports, 2)
}

// After a downtime of ours all that was written meanwhile comes, oldest first.
func TestDowntimeIsCaughtUp(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	k.server.say(3)
	_, cursor := k.drain(t, "")
	want := k.server.say(1000)
	reports, _ := k.drain(t, cursor)
	require.Len(t, reports, len(want))
	for i, r := range reports {
		require.Equal(t, want[i], r.ExternalID)
	}
}

func TestReportTellsWhoWroteWhatAndWhere(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	first := k.server.write(post{author: "Ben", text: "@help <b>login</b> is broken", spoiler: "complaint", lang: "de", visibility: "direct"})
	second := k.server.write(post{author: "Ben", text: "@help still", parent: first})
	reports, _ := k.drain(t, "")
	require.Len(t, reports, 2)
	r := reports[0]
	require.Equal(t, tocsin.Reporter{
		ID: "mastodon:ben@far.example", Handle: "@Ben@far.example", Name: "BEN", URL: "https://far.example/@Ben",
		Since: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}, r.Reporter)
	require.Equal(t, first, r.ExternalID)
	require.Equal(t, first, r.Thread)
	require.Equal(t, "complaint", r.Title)
	require.Equal(t, "de", r.Lang)
	require.Equal(t, "https://near.example/p/"+first, r.URL)
	require.Contains(t, r.Raw, "&lt;b&gt;login")
	require.Equal(t, tocsin.MarkupHTML, r.Markup)
	require.JSONEq(t, `{"acct":"Ben@far.example","visibility":"direct"}`, string(r.Route))
	require.Equal(t, second, reports[1].ExternalID)
	require.Equal(t, first, reports[1].ReplyTo)
	require.Equal(t, first, reports[1].Thread)
}

func TestHashtagsAreHeardAndWhatIsNoReportIsNamed(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	tags := []string{"NearDown"}
	both := k.server.write(post{author: "ana", text: "@help #NearDown", tags: tags})
	tag := k.server.write(post{author: "ben", text: "near is down #NearDown", tags: tags})
	own := k.server.write(post{author: ours, text: "we look into it #NearDown", tags: tags})
	bot := k.server.write(post{author: "feed", text: "news #NearDown", tags: tags, bot: true})
	k.server.write(post{author: "eve", text: "", tags: tags, boost: true})
	k.server.write(post{author: "eve", text: "other", tags: []string{"Other"}})
	got, reasons, cursor := map[string]bool{}, map[string]string{}, ""
	for more := true; more; {
		batch, err := k.Source.Pull(t.Context(), cursor)
		require.NoError(t, err)
		for _, r := range batch.Reports {
			got[r.ExternalID] = true // a post that both feeds bring is one to the store
		}
		for _, r := range batch.Rejections {
			reasons[r.ExternalID] = r.Reason
		}
		cursor, more = batch.Cursor, batch.More
	}
	require.Equal(t, map[string]bool{both: true, tag: true}, got)
	require.Equal(t, map[string]string{own: tocsin.ReasonOwn, bot: tocsin.ReasonAutoReply}, reasons)
}

func TestEditsAndDeletionsAreSeenByLookingAgain(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	now := time.Now()
	k.server.clock = func() time.Time { return now }
	ids := k.server.say(4)
	_, cursor := k.drain(t, "")
	k.server.revise(ids[1], "@help only the login fails", false)
	k.server.remove(ids[2], false)

	var edits []tocsin.Report
	var deleted []string
	round := func() {
		for more := true; more; {
			batch, err := k.Source.Pull(t.Context(), cursor)
			require.NoError(t, err)
			cursor, more = batch.Cursor, batch.More
			edits, deleted = append(edits, batch.Edits...), append(deleted, batch.Deleted...)
		}
	}
	round()
	require.Empty(t, edits, "they are not looked at all the time")
	for range 3 {
		now = now.Add(2 * lookPause)
		round()
	}
	require.Len(t, edits, 1, "an edit is told once")
	require.Equal(t, ids[1], edits[0].ExternalID)
	require.Contains(t, edits[0].Raw, "only the login fails")
	require.Equal(t, []string{ids[2]}, deleted)
	require.Len(t, parseCursor(cursor).Watch, 3)

	now = now.Add(watchFor)
	round()
	require.Empty(t, parseCursor(cursor).Watch, "nobody looks for ever")
}

func TestLookThatFailsHoldsNothingUp(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *server, set map[string]any) { delete(set, "hashtags") })
	now := time.Now()
	k.server.clock = func() time.Time { return now }
	ids := k.server.say(3)
	_, cursor := k.drain(t, "")
	now = now.Add(2 * lookPause)
	for _, id := range ids {
		k.server.remove(id, false)
	}
	k.front.Break(channeltest.Flaky) // every second call fails, and so every second look
	var deleted []string
	for range 100 {
		batch, err := k.Source.Pull(t.Context(), cursor)
		if err != nil {
			continue
		}
		cursor = batch.Cursor
		deleted = append(deleted, batch.Deleted...)
		if len(deleted) > 0 {
			break
		}
	}
	require.NotEmpty(t, deleted)
	require.Len(t, parseCursor(cursor).Watch, len(ids)-len(deleted), "what can't be seen is not called deleted")
}

func TestOddCursorStartsAnew(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	ids := k.server.say(2)
	for _, odd := range []string{"nonsense", "{}", `{"feeds":null}`, `{"feeds":{"@":{}}}`} {
		reports, _ := k.drain(t, odd)
		require.Len(t, reports, len(ids))
	}
}

func TestHashtagThatFailsKeepsNoMentionBack(t *testing.T) {
	t.Parallel()
	k := setup(t, func(s *server, _ map[string]any) { s.tagless = true })
	cursor := ""
	for range 3 {
		want := k.server.say(2)
		tagged := k.server.write(post{author: "ben", text: "#NearDown", tags: []string{"NearDown"}})
		var got []tocsin.Report
		got, cursor = k.drain(t, cursor)
		require.Len(t, got, len(want))
		require.NotContains(t, []string{got[0].ExternalID, got[1].ExternalID}, tagged)
	}
	k.server.mu.Lock()
	k.server.tagless = false
	k.server.mu.Unlock()
	got, _ := k.drain(t, cursor)
	require.Len(t, got, 3, "and nothing of it is lost")
}
