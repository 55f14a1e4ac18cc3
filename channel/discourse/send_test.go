package discourse

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

const fixed = "It works again since 14:05. We are sorry."

// closedTo serves everything but one path, which is forbidden.
func closedTo(next http.Handler, path string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == path {
			complain(w, http.StatusForbidden, "You are not permitted to view the requested resource.")
			return
		}
		next.ServeHTTP(w, r)
	})
}

// reported gives the report of a new post.
func reported(t *testing.T, ch tocsin.Channel) tocsin.Report {
	t.Helper()
	got, _ := drain(t, ch, "")
	require.NotEmpty(t, got.Reports)
	return got.Reports[len(got.Reports)-1]
}

func TestReplyStandsUnderThePostThatItAnswers(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, server := wired(t, b)
	help := b.open(5, "Nothing can be saved")
	b.write(help, "ana", "It is broken")
	b.write(help, "ben", "For me too")
	report := reported(t, ch)
	sent, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "k", Text: fixed, Report: report})
	require.NoError(t, err)
	require.Equal(t, tocsin.Sent{ExternalID: "3", URL: server.URL + "/t/100/3"}, sent)
	no := false
	require.Equal(t, draft{Raw: fixed, Topic: 100, Answers: 2, AutoTrack: &no}, b.drafts[0])

	report.Route = nil // imported, or from a restored store
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Key: "k", Text: fixed, Report: report})
	require.NoError(t, err)
	require.Equal(t, b.drafts[0], b.drafts[1])

	report.ExternalID = "../admin"
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Key: "k", Text: fixed, Report: report})
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err), "an id leads nowhere else")
}

func TestForumsOwnWordsAreInTheError(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	b.write(b.open(5, "Nothing can be saved"), "ana", "It is broken")
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Text: "Fixed.", Report: reported(t, ch)})
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	require.Equal(t, "The forum refuses this: Body is too short (minimum is 20 characters)", tocsin.MessageOf(err))
	require.False(t, tocsin.Uncertain(err))
}

func TestPostThatWaitsForAModeratorIsInDoubt(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	b.write(b.open(5, "Nothing can be saved"), "ana", "It is broken")
	m := tocsin.Message{Text: fixed, Report: reported(t, ch), TriedAt: time.Now().Add(-time.Hour)}
	b.queue = true
	_, err := ch.Replier.Reply(t.Context(), m)
	require.True(t, tocsin.Uncertain(err))
	require.Contains(t, tocsin.MessageOf(err), "moderators")
	found, _, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundUnclear, found, "it waits, and may appear")
}

func TestAnnouncementIsOpenedOnceAndEdited(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, server := wired(t, b)
	m := tocsin.Message{Key: "7-public", Text: fixed + "\nMore below.", TriedAt: time.Now().Add(-time.Hour)}
	found, _, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)

	sent, err := ch.Poster.Post(t.Context(), m)
	require.NoError(t, err)
	d := b.drafts[0]
	require.EqualValues(t, 7, d.Category)
	require.Regexp(t, `^Service status, \d+ \w+ \d\d:\d\d UTC: It works again since 14:05\. We are sorry\.$`, d.Title)
	require.Regexp(t, `^[\w-]{1,50}$`, d.ExternalID)

	again, err := ch.Poster.Post(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, sent, again, "the second try finds the first")
	require.Equal(t, 1, b.arrived("More below"))
	found, seen, err := ch.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.Equal(t, sent, seen)

	require.NoError(t, ch.Editor.Edit(t.Context(), sent.ExternalID, tocsin.Message{Text: "~~It works again~~ It does not yet."}))
	require.Equal(t, 1, b.arrived("It does not yet"))
	require.Equal(t, []string{editReason}, b.reasons)
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(ch.Editor.Edit(t.Context(), "999", m)))

	server.Break(channeltest.Invalid)
	_, err = ch.Poster.Post(t.Context(), m)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), "the first refusal is told, not that of the look")
}

func TestLongTitleIsCut(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	_, err := ch.Poster.Post(t.Context(), tocsin.Message{Key: "k", Text: strings.Repeat("ü", 500)})
	require.NoError(t, err)
	require.Len(t, []rune(b.drafts[0].Title), titleMost)
}

func TestReplyIsFoundOrProvedAbsent(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	help := b.open(5, "Nothing can be saved")
	b.write(help, "ana", "It is broken")
	b.write(help, "ben", "For me too")
	got, _ := drain(t, ch, "")
	tried := time.Now()
	ana := tocsin.Message{Text: fixed, Report: got.Reports[0], TriedAt: tried}
	ben := tocsin.Message{Text: fixed, Report: got.Reports[1], TriedAt: tried}
	find := func(m tocsin.Message) tocsin.Found {
		found, _, err := ch.Finder.Find(t.Context(), m)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, tocsin.FoundUnclear, find(ana), "the call may be under way")
	ana.TriedAt, ben.TriedAt = tried.Add(-underWay), tried.Add(-underWay)
	require.Equal(t, tocsin.FoundAbsent, find(ana))

	_, err := ch.Replier.Reply(t.Context(), ana)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, find(ana))
	require.Equal(t, tocsin.FoundAbsent, find(ben), "the same text under another's post")
	later := ana
	later.TriedAt = tried.Add(time.Hour)
	require.NotEqual(t, tocsin.FoundPresent, find(later), "the same text at another time")

	mine := b.entry(3)
	b.change(mine, func(e *entry) { e.answers = 0 })
	require.Equal(t, tocsin.FoundPresent, find(ana), "an answer to the first post is one to the topic")
	require.Equal(t, tocsin.FoundUnclear, find(ben), "it does not say whom it answers")
	b.change(mine, func(e *entry) { e.deleted = true })
	require.Equal(t, tocsin.FoundUnclear, find(ben), "a number is missing: it may have been ours")
}

func TestReplyIsFoundInALongTopic(t *testing.T) {
	t.Parallel()
	b := newBoard()
	ch, _ := wired(t, b)
	help := b.open(5, "Nothing can be saved")
	b.write(help, "ana", "It is broken")
	m := tocsin.Message{Text: fixed, Report: reported(t, ch), TriedAt: time.Now().Add(-underWay)}
	for range 2 * chunk {
		b.write(help, "ben", "For me too")
	}
	find := func() tocsin.Found {
		found, _, err := ch.Finder.Find(t.Context(), m)
		require.NoError(t, err)
		return found
	}
	require.Equal(t, tocsin.FoundAbsent, find())
	_, err := ch.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, find())
	for range chunk * chunks {
		b.write(help, "ben", "For me too")
	}
	require.Equal(t, tocsin.FoundUnclear, find(), "too far back to be looked at")
}
