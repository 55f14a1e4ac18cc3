package discourse

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

// drain pulls to the end, whatever fails on the way, and gives all that came.
func drain(t *testing.T, ch tocsin.Channel, cursor string) (tocsin.Batch, string) {
	t.Helper()
	var all tocsin.Batch
	for range 2000 {
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
	require.FailNow(t, "it always says that there is more")
	return all, cursor
}

func ids(reports []tocsin.Report) []string {
	all := make([]string, len(reports))
	for i, r := range reports {
		all[i] = r.ExternalID
	}
	return all
}

// TestTenThousandReportsAreReadOnceDespiteFaults stands for a long downtime of ours
// and a forum of which one call in ten fails.
func TestTenThousandReportsAreReadOnceDespiteFaults(t *testing.T) {
	t.Parallel()
	const many = 10_000
	b := newBoard()
	server := channeltest.Serve(t, b.bare())
	ch := made(t, given(server.URL), time.Now)
	help, letter := b.open(5, "Nothing can be saved"), b.open(0, "To support")
	b.write(help, "ana", "The first one")
	_, cursor := drain(t, ch, "")
	want := make([]string, many)
	for i := range want {
		to := help
		if i%7 == 3 {
			to = letter
		}
		want[i] = externalID(b.write(to, fmt.Sprint("user", i), "It is broken").id)
	}
	server.Break(channeltest.Rare)
	got, _ := drain(t, ch, cursor)
	require.ElementsMatch(t, want, ids(got.Reports))
	require.Empty(t, got.Edits)
	require.Empty(t, got.Deleted)
	t.Logf("%d reports in %d calls", many, server.Calls())
}

func TestCatchingUpSkipsWhatIsEmptyAndMissesNothing(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, server := wired(t, b, map[string]any{"messages": false})
	help, letter := b.open(5, "Nothing can be saved"), b.open(0, "Among others")
	for range pageSize {
		b.write(help, "ana", "An old one")
	}
	_, cursor := drain(t, ch, "")
	var want []string
	say := func(n int) {
		for range n {
			want = append(want, externalID(b.write(help, "ben", "A new one").id))
		}
	}
	say(3)
	b.mu.Lock()
	b.lastPost += 3000 // ids of what others write elsewhere
	b.mu.Unlock()
	say(120)
	for range 200 {
		b.write(letter, "eve", "Not for us")
	}
	say(70)
	server.Break(channeltest.Healthy)
	got, _ := drain(t, ch, cursor)
	require.Equal(t, want, ids(got.Reports), "oldest first")
	require.Less(t, server.Calls(), 35, "3,400 ids lie between")
}

func TestFirstLookGoesBackAsFarAsTheSettingsSay(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b, map[string]any{"since": "48h"})
	help := b.open(5, "Nothing can be saved")
	for i := range 300 {
		b.write(help, "ana", "It is broken", func(e *entry) { e.at = time.Now().Add(time.Duration(i-300) * time.Hour) })
	}
	got, _ := drain(t, ch, "")
	require.Len(t, got.Reports, 47)
	require.Equal(t, "300", got.Reports[46].ExternalID)
}

func TestChangesUpstreamAreNoticed(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	help := b.open(5, "Nothing can be saved")
	var posts []*entry
	for range 6 {
		posts = append(posts, b.write(help, "ana", "It is broken"))
	}
	b.change(posts[5], func(e *entry) { e.hidden = true })
	got, cursor := drain(t, ch, "")
	require.Len(t, got.Reports, 5, "what is hidden is not quoted")

	b.change(posts[0], func(e *entry) { e.raw = "It is broken since noon"; e.version++ })
	b.change(posts[1], func(e *entry) { e.userDeleted = true; e.version++ })
	b.change(posts[2], func(e *entry) { e.deleted = true })
	b.change(posts[3], func(e *entry) { e.hidden = true })
	b.change(posts[5], func(e *entry) { e.hidden = false })
	got, cursor = drain(t, ch, cursor)
	require.Equal(t, []string{"1", "6"}, ids(got.Edits))
	require.Contains(t, got.Edits[0].Raw, "since noon")
	require.ElementsMatch(t, []string{"2", "3", "4"}, got.Deleted)
	require.Equal(t, []string{"6"}, ids(got.Reports), "it comes to be seen")

	got, _ = drain(t, ch, cursor)
	require.Empty(t, got.Reports)
	require.Empty(t, got.Edits)
	require.Empty(t, got.Deleted)
}

// TestPostThatIsCommittedLateIsNotMissed: two people write at once, and the lower id
// comes to light last.
func TestPostThatIsCommittedLateIsNotMissed(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	help := b.open(5, "Nothing can be saved")
	b.write(help, "ana", "It is broken")
	late := b.write(help, "ben", "It is broken for me", func(e *entry) { e.deleted = true })
	b.write(help, "eve", "And for me")
	got, cursor := drain(t, ch, "")
	require.Equal(t, []string{"1", "3"}, ids(got.Reports))
	b.change(late, func(e *entry) { e.deleted = false })
	got, _ = drain(t, ch, cursor)
	require.Equal(t, []string{"2"}, ids(got.Reports))
}

func TestReportTellsWhoWhereAndWhat(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, server := wired(t, b)
	help, other, letter := b.open(5, "Nothing can be saved"), b.open(6, "Not watched"), b.open(0, "To support")
	b.write(help, "ana", "It is broken")
	b.write(other, "ana", "What a nice day")
	b.write(help, "ben", "Same here", func(e *entry) { e.answers = 1 })
	b.write(letter, "eve", "My account is gone")
	b.write(help, "moderator", "Thank you, we look into it")
	b.write(help, us, "We are aware of it")
	b.write(help, "ana", "closed this topic", func(e *entry) { e.kind = 3 })
	got, _ := drain(t, ch, "")
	require.Equal(t, []string{"1", "3", "5", "6", "4"}, ids(got.Reports))
	ben := got.Reports[1]
	require.Equal(t, "1", ben.ReplyTo)
	require.Equal(t, "100", ben.Thread)
	require.Equal(t, "Nothing can be saved", ben.Title)
	require.Equal(t, server.URL+"/t/100/2", ben.URL)
	require.Equal(t, "<p>Same here</p>", ben.Raw)
	require.JSONEq(t, `{"topic":100,"number":2}`, string(ben.Route))
	require.Equal(t, "@ben", ben.Reporter.Handle)
	require.Equal(t, "The ben", ben.Reporter.Name)
	require.Equal(t, server.URL+"/u/ben", ben.Reporter.URL)
	require.Regexp(t, `^discourse:127\.0\.0\.1:\d+:\d+$`, ben.Reporter.ID)
	require.False(t, ben.Reporter.Staff)
	require.True(t, got.Reports[2].Reporter.Staff, "a moderator")
	require.True(t, got.Reports[3].Reporter.Staff, "our own account")
	require.False(t, got.Reports[4].Reporter.Staff)
}

func TestListThatIsForbiddenDoesNotHoldUpTheOther(t *testing.T) {
	t.Parallel()
	b := newBoard()
	help := b.open(5, "Nothing can be saved")
	forbidden := channeltest.Serve(t, closedTo(b.bare(), "/private-posts.json"))
	ch := made(t, given(forbidden.URL), time.Now)
	b.write(help, "ana", "It is broken")
	got, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, ids(got.Reports))
	_, err = ch.Source.Pull(t.Context(), got.Cursor)
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err), "nothing is new, and the error is told")
	b.write(help, "ben", "It is broken for me too")
	got, err = ch.Source.Pull(t.Context(), got.Cursor)
	require.NoError(t, err)
	require.Equal(t, []string{"2"}, ids(got.Reports))
}

func TestDamagedCursorIsAnError(t *testing.T) {
	t.Parallel()
	ch, _ := wired(t, newBoard())
	_, err := ch.Source.Pull(t.Context(), "{")
	require.Equal(t, tocsin.CodeInternal, tocsin.CodeOf(err))
}
