package reddit

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

const fixed = "It works again since 14:05."

// drain pulls a round to its end, whatever fails on the way.
func drain(t *testing.T, ch tocsin.Channel, cursor string) (tocsin.Batch, string) {
	t.Helper()
	var all tocsin.Batch
	for range 500 {
		b, err := ch.Source.Pull(t.Context(), cursor)
		if err != nil {
			continue
		}
		all.Reports = append(all.Reports, b.Reports...)
		all.Edits = append(all.Edits, b.Edits...)
		all.Deleted = append(all.Deleted, b.Deleted...)
		cursor = b.Cursor
		if !b.More {
			return all, cursor
		}
	}
	require.FailNow(t, "it never comes to an end")
	return all, cursor
}

func ids(reports []tocsin.Report) []string {
	all := make([]string, len(reports))
	for i, r := range reports {
		all[i] = r.ExternalID
	}
	return all
}

// TestTenThousandReportsAreReadOnceDespiteFaults writes as many between two polls as
// Reddit shows, while one call in ten fails.
func TestTenThousandReportsAreReadOnceDespiteFaults(t *testing.T) {
	t.Parallel()
	const many = 10_000
	s := newSnoo()
	server := channeltest.Serve(t, s.handler())
	clock := time.Now()
	ch := made(t, given(server.URL), func() time.Time { clock = clock.Add(time.Second); return clock })
	_, cursor := drain(t, ch, "")
	server.Break(channeltest.Rare)
	var want, got []string
	for len(want) < many {
		for i := range 700 { // more than a page of one second
			if i%7 == 0 {
				want = append(want, s.mentionBy(fmt.Sprint("user", i), "It is broken").name)
			} else {
				want = append(want, s.post(fmt.Sprint("user", i), "It is broken").name)
			}
		}
		var b tocsin.Batch
		b, cursor = drain(t, ch, cursor)
		require.Empty(t, b.Deleted)
		require.Empty(t, b.Edits)
		got = append(got, ids(b.Reports)...)
	}
	require.ElementsMatch(t, want, got)
}

func TestWhatWasMissedIsReadBackAndOldThingsAreNot(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s, map[string]any{"since": "48h"})
	s.add(written{kind: kindPost, author: "ana", sub: "example", title: "Long ago", at: time.Now().Add(-72 * time.Hour)})
	first := s.post("ana", "It is broken")
	got, cursor := drain(t, ch, "")
	require.Equal(t, []string{first.name}, ids(got.Reports))
	var want []string
	for i := range 450 {
		want = append(want, s.add(written{kind: kindPost, author: "ben", sub: "example", title: "Down", at: time.Now().Add(time.Duration(i) * time.Second)}).name)
	}
	got, cursor = drain(t, ch, cursor)
	require.Equal(t, want, ids(got.Reports), "oldest first")
	require.Equal(t, pageSize, s.fullest)
	late := s.add(written{kind: kindPost, author: "eve", sub: "example", title: "Held by the filter", at: time.Now().Add(400 * time.Second)})
	got, _ = drain(t, ch, cursor)
	require.Equal(t, []string{late.name}, ids(got.Reports), "approved late, and older than the newest")
}

func TestChangesUpstreamAreNoticed(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	oldest := s.add(written{kind: kindPost, author: "ana", sub: "example", title: "First", at: time.Now().Add(-time.Hour)})
	edited, deleted, vanished, hidden, held := s.post("a", "one"), s.post("b", "two"), s.post("c", "three"), s.post("d", "four"), s.post("e", "five")
	s.change(held, func(w *written) { w.removed = true })
	got, cursor := drain(t, ch, "")
	require.ElementsMatch(t, []string{oldest.name, edited.name, deleted.name, vanished.name, hidden.name}, ids(got.Reports))

	s.change(edited, func(w *written) { w.body, w.edited = "one, and worse", true })
	s.change(deleted, func(w *written) { w.removed = true })
	s.change(vanished, func(w *written) { w.erased = true })
	s.change(hidden, func(w *written) { w.vanished = true }) // a list loses some for a while
	s.change(held, func(w *written) { w.removed = false })
	got, cursor = drain(t, ch, cursor)
	require.ElementsMatch(t, []string{edited.name, held.name}, ids(got.Edits))
	require.Contains(t, []string{got.Edits[0].Raw, got.Edits[1].Raw}, "one, and worse")
	require.ElementsMatch(t, []string{deleted.name, vanished.name}, got.Deleted)
	require.Equal(t, []string{held.name}, ids(got.Reports), "it comes to be seen")
	got, _ = drain(t, ch, cursor)
	require.Empty(t, got.Edits)
	require.Empty(t, got.Deleted)
}

func TestReportTellsWhoWhereAndWhat(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	p := s.post("ana", "Nothing can be saved")
	c := s.add(written{kind: kindComment, author: "ben", sub: "example", title: "Is it down?", body: "Same here", link: p.name, parent: p.name, locked: true})
	s.add(written{kind: kindComment, author: "mod", sub: "example", body: "Be kind", staff: "moderator", link: p.name, parent: p.name})
	s.add(written{kind: kindComment, author: us, sub: "example", body: "We are aware", link: p.name, parent: p.name})
	s.add(written{kind: kindPost, author: "eve", sub: "example", title: "A picture"})
	m := s.mentionBy("fay", "u/"+us+" help")
	got, _ := drain(t, ch, "")
	by := map[string]tocsin.Report{}
	for _, r := range got.Reports {
		by[r.Reporter.Handle] = r
	}
	require.Len(t, by, 6)
	ana, ben, fay := by["u/ana"], by["u/ben"], by["u/fay"]
	require.Equal(t, "Is it down?", ana.Title)
	require.Equal(t, "Nothing can be saved", ana.Raw)
	require.Equal(t, p.name, ana.Thread)
	require.Equal(t, "reddit:t2_ana", ana.Reporter.ID)
	require.Equal(t, "https://www.reddit.com/user/ana", ana.Reporter.URL)
	require.Equal(t, "https://www.reddit.com/r/example/comments/"+p.name+"/", ana.URL)
	require.Empty(t, ana.NoReply)
	require.Equal(t, c.name, ben.ExternalID)
	require.Equal(t, p.name, ben.Thread)
	require.Equal(t, p.name, ben.ReplyTo)
	require.Equal(t, "Is it down?", ben.Title)
	require.Contains(t, ben.NoReply, "locked")
	require.Equal(t, m.name, fay.ExternalID)
	require.Equal(t, "A picture", by["u/eve"].Raw)
	require.True(t, by["u/mod"].Reporter.Staff)
	require.True(t, by["u/"+us].Reporter.Staff)
	require.False(t, ben.Reporter.Staff)
}

func TestListThatIsForbiddenDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	s.closed = "example"
	m := s.mentionBy("ana", "It is broken")
	b, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []string{m.name}, ids(b.Reports))
	require.True(t, b.More)
	_, err = ch.Source.Pull(t.Context(), b.Cursor)
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	m = s.mentionBy("ben", "For me too")
	b, err = ch.Source.Pull(t.Context(), b.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{m.name}, ids(b.Reports))
}

func TestTokenIsKeptAndRenewed(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	now := time.Now()
	server := channeltest.Serve(t, s.handler())
	ch := made(t, given(server.URL), func() time.Time { return now })
	drain(t, ch, "")
	drain(t, ch, "")
	require.Equal(t, 1, s.tokens)
	s.token = "ended early"
	drain(t, ch, "")
	require.Equal(t, 2, s.tokens)
	now = now.Add(time.Hour)
	drain(t, ch, "")
	require.Equal(t, 3, s.tokens)
	require.Equal(t, map[string]bool{"server:tocsin-app:v" + tocsin.Version + " (by /u/example_support)": true}, s.agents)

	ch = made(t, given(server.URL, map[string]any{"refresh_token": nil, "password": password}), time.Now)
	drain(t, ch, "")
	require.Equal(t, "password", s.grants[len(s.grants)-1])
}

func TestSignInThatFailsSaysWhatToMend(t *testing.T) {
	t.Parallel()
	for _, more := range []map[string]any{
		{"refresh_token": "wrong-token"}, {"client_secret": "wrong-secret"}, {"refresh_token": nil, "password": "wrong-password"},
	} {
		ch, _ := wired(t, newSnoo(), more)
		err := ch.Checker.Check(t.Context())
		require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	}
	s := newSnoo()
	ch, _ := wired(t, s)
	p := s.post("ana", "It is broken")
	s.authDown = true
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: fixed, Report: tocsin.Report{ExternalID: p.name}})
	require.Error(t, err)
	require.False(t, tocsin.Uncertain(err), "nothing was sent yet")
}

func TestSignInIsToldToWaitToo(t *testing.T) {
	t.Parallel()
	ch, server := wired(t, newSnoo())
	server.Limit = limit
	server.Break(channeltest.Limited)
	_, err := ch.Source.Pull(t.Context(), "")
	_, after := tocsin.Retry(err)
	require.Equal(t, channeltest.RetryAfter, after)
}

func TestRedditsOwnMistakesComeWithASentence(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	m := tocsin.Message{Text: fixed, Report: tocsin.Report{ExternalID: s.post("ana", "It is broken").name}}
	s.say, s.wait = [][]string{{"RATELIMIT", "Take a break for 9 minutes", "ratelimit"}}, 540
	_, err := ch.Replier.Reply(t.Context(), m)
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.Equal(t, 9*time.Minute, after)
	require.False(t, tocsin.Uncertain(err))

	s.say = [][]string{{"THREAD_LOCKED", "Comments are locked.", "parent"}, {}}
	_, err = ch.Replier.Reply(t.Context(), m)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "THREAD_LOCKED: Comments are locked.")
	require.Zero(t, s.arrived(fixed))

	sent, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	require.Contains(t, sent.URL, "https://www.reddit.com/r/example/")
	require.NoError(t, ch.Editor.Edit(t.Context(), sent.ExternalID, tocsin.Message{Text: "It does not work yet."}))
	require.Equal(t, 1, s.arrived("not work yet"))
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(ch.Editor.Edit(t.Context(), m.Report.ExternalID, m)))
}

func TestReplyIsFoundOrProvedAbsent(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	ana := tocsin.Message{Text: fixed, Report: tocsin.Report{ExternalID: s.post("ana", "It is broken").name}}
	ben := tocsin.Message{Text: fixed, Report: tocsin.Report{ExternalID: s.post("ben", "For me too").name}}
	find := func(m tocsin.Message, tried time.Duration) tocsin.Found {
		m.TriedAt = time.Now().Add(-tried)
		found, _, err := ch.Finder.Find(t.Context(), m)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, tocsin.FoundUnclear, find(ana, time.Minute), "it may not be shown yet")
	require.Equal(t, tocsin.FoundAbsent, find(ana, underWay))
	_, err := ch.Replier.Reply(t.Context(), ana)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, find(ana, underWay))
	require.Equal(t, tocsin.FoundAbsent, find(ben, underWay), "the same text under another's post")
	require.NotEqual(t, tocsin.FoundPresent, find(ana, -time.Hour), "the same text at another time")
	for range listed {
		s.add(written{kind: kindComment, author: us, body: "Another"})
	}
	require.Equal(t, tocsin.FoundUnclear, find(ben, underWay), "the list does not reach back to the try")
}

func TestCheckComparesTheAccount(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	ch, _ := wired(t, s)
	require.NoError(t, ch.Checker.Check(t.Context()))
	s.who = "somebody"
	require.ErrorContains(t, ch.Checker.Check(t.Context()), "another account")
	s.who, s.closed = us, "example"
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(ch.Checker.Check(t.Context())))
}

func TestLimitIsObeyedAndShown(t *testing.T) {
	t.Parallel()
	s := newSnoo()
	server := channeltest.Serve(t, s.handler())
	now := time.Now()
	ch := made(t, given(server.URL), func() time.Time { return now })
	require.Empty(t, ch.Meter.Allowances())
	s.left = "0.0"
	b, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []tocsin.Allowance{{Name: "calls", Unit: "calls", Limit: 100, ResetAt: now.Add(5 * time.Minute)}}, ch.Meter.Allowances())
	server.Break(channeltest.Healthy)
	_, err = ch.Source.Pull(t.Context(), b.Cursor)
	_, after := tocsin.Retry(err)
	require.Equal(t, 5*time.Minute, after)
	require.Zero(t, server.Calls(), "it was not asked")
	now = now.Add(5 * time.Minute)
	s.left = "900.0"
	_, err = ch.Source.Pull(t.Context(), b.Cursor)
	require.NoError(t, err)
	for range perWindow {
		_, err = ch.Source.Pull(t.Context(), b.Cursor)
		if err != nil {
			break
		}
	}
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err), "our own count of what Reddit allows")
}

func TestSettingsThatDoNotFitAreNamed(t *testing.T) {
	t.Parallel()
	for name, more := range map[string]map[string]any{
		"i_have_reddits_approval": {"i_have_reddits_approval": nil},
		"refresh_token":           {"refresh_token": nil},
		"username":                {"username": "a/../b"},
		"subreddits":              {"subreddits": []any{"r/a/b"}},
		"since":                   {"since": "-1h"},
	} {
		_, err := Type().New(channel.Env{Settings: config.NewSettings(given("https://example.org", more)), Now: time.Now})
		require.ErrorContains(t, err, name+":")
	}
	_, err := Type().New(channel.Env{Settings: config.NewSettings(given("https://example.org", map[string]any{"i_have_reddits_approval": false})), Now: time.Now})
	require.ErrorContains(t, err, "Responsible Builder Policy")
	require.ErrorContains(t, err, "explicit approval")
	ch := made(t, given("https://example.org"), time.Now)
	require.Equal(t, tocsin.Length{Used: 2, Limit: maxComment, Unit: "characters"}, ch.Measurer.Measure("üß"))
}

func TestDamagedCursorIsAnError(t *testing.T) {
	t.Parallel()
	ch, _ := wired(t, newSnoo())
	for _, cursor := range []string{"{", `{"lists":null}`, `{"turn":-1,"lists":{}}`} {
		_, err := ch.Source.Pull(t.Context(), cursor)
		require.Equal(t, tocsin.CodeInternal, tocsin.CodeOf(err), cursor)
	}
}
