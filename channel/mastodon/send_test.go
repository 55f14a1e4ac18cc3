package mastodon

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestAnswerIsSeenByThoseWhoSawTheReport(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"public": "unlisted", "unlisted": "unlisted", "private": "private", "direct": "direct"} {
		k := setup(t, nil)
		id := k.server.write(post{author: "ana", text: "@help it hangs", visibility: given, lang: "de"})
		reports, _ := k.drain(t, "")
		sent, err := k.Replier.Reply(t.Context(), tocsin.Message{Key: "1", Text: "We know.", Lang: "de", Report: reports[0]})
		require.NoError(t, err)
		p := k.server.get(sent.ExternalID)
		require.Equal(t, want, p.visibility, given)
		require.Equal(t, "@ana@far.example We know.", p.text)
		require.Equal(t, id, p.parent)
		require.Equal(t, "de", p.lang)
		require.Equal(t, "1", p.key)
		require.Equal(t, "https://near.example/p/"+p.id, sent.URL)
	}
}

func TestAnswerToPublicPostIsPublicWhereAskedFor(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *server, set map[string]any) { set["visibility"] = "public" })
	sent, err := k.Replier.Reply(t.Context(), answerTo(k.server.say(1)[0], "1"))
	require.NoError(t, err)
	require.Equal(t, "public", k.server.get(sent.ExternalID).visibility)
}

// A report that came by other means has no route: nobody knows who may see it.
func TestAnswerToWhatIsNotKnownIsForOneReader(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	m := answerTo(k.server.say(1)[0], "1")
	m.Report.Route = json.RawMessage(`nonsense`)
	sent, err := k.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	p := k.server.get(sent.ExternalID)
	require.Equal(t, "direct", p.visibility)
	require.True(t, strings.HasPrefix(p.text, "@ana@far.example "))
}

func TestAnswerToWhatIsGoneSaysSo(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	m := answerTo(k.server.say(1)[0], "1")
	k.server.remove(m.Report.ExternalID, false)
	_, err := k.Replier.Reply(t.Context(), m)
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(err))
	require.Contains(t, tocsin.MessageOf(err), "gone")
	require.False(t, tocsin.Uncertain(err))
	found, _, err := k.Finder.Find(t.Context(), m)
	require.Equal(t, tocsin.FoundUnclear, found)
	require.Error(t, err)
}

func TestTextThatIsTooLongIsNotSent(t *testing.T) {
	t.Parallel()
	k := setup(t, func(s *server, _ map[string]any) { s.limit = 100 })
	require.Equal(t, 500, k.Measurer.Measure("").Limit, "nothing is known yet")
	k.drain(t, "")
	require.Equal(t, tocsin.Length{Used: 2, Limit: 100, Unit: "characters"}, k.Measurer.Measure("ab"))
	m := answerTo(k.server.say(1)[0], "1")
	m.Text = strings.Repeat("a", 98)
	_, err := k.Replier.Reply(t.Context(), m)
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
	require.Contains(t, err.Error(), "103 characters", "of @ana, a blank and the text")
	m.Text = strings.Repeat("a", 95)
	_, err = k.Replier.Reply(t.Context(), m)
	require.NoError(t, err)
}

func TestPostIsPublicAndCanBeEditedAndFound(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	m := tocsin.Message{Key: "p", Text: "Sign-in is down. We work on it.", TriedAt: time.Now()}
	found, _, err := k.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)
	sent, err := k.Poster.Post(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, "public", k.server.get(sent.ExternalID).visibility)
	found, again, err := k.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundPresent, found)
	require.Equal(t, sent, again)

	m.Text = "Sign-in works again."
	require.NoError(t, k.Editor.Edit(t.Context(), sent.ExternalID, m))
	require.Equal(t, m.Text, k.server.get(sent.ExternalID).text)
	require.Equal(t, tocsin.CodeNotFound, tocsin.CodeOf(k.Editor.Edit(t.Context(), "404", m)))

	r := answerTo(k.server.say(1)[0], "r")
	sent, err = k.Replier.Reply(t.Context(), r)
	require.NoError(t, err)
	r.Text = "Corrected."
	require.NoError(t, k.Editor.Edit(t.Context(), sent.ExternalID, r))
	require.Equal(t, "@ana@far.example Corrected.", k.server.get(sent.ExternalID).text)
}

// On servers that ignore the key a look is all that keeps a person from being told
// twice.
func TestUncertainAnswerIsSettledByLooking(t *testing.T) {
	t.Parallel()
	for fault, want := range map[channeltest.Fault]tocsin.Found{
		channeltest.Cut: tocsin.FoundPresent, channeltest.Garbled: tocsin.FoundPresent, channeltest.Lost: tocsin.FoundAbsent,
	} {
		k := setup(t, func(s *server, _ map[string]any) { s.keyless = true })
		m := answerTo(k.server.say(1)[0], "1")
		k.front.Break(fault)
		_, err := k.Replier.Reply(t.Context(), m)
		require.True(t, tocsin.Uncertain(err), "%s: %v", fault, err)
		k.front.Break(channeltest.Healthy)
		m.TriedAt = time.Now()
		found, sent, err := k.Finder.Find(t.Context(), m)
		require.NoError(t, err)
		require.Equal(t, want, found, fault.String())
		if found == tocsin.FoundPresent {
			require.Equal(t, "1", k.server.get(sent.ExternalID).key)
		}
	}
}

func TestLookDoesNotTakeAnotherMessageForThisOne(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	now := time.Now()
	k.server.clock = func() time.Time { return now }
	m := answerTo(k.server.say(1)[0], "1")
	_, err := k.Replier.Reply(t.Context(), m)
	require.NoError(t, err)

	later := m
	later.Key, later.Text, later.TriedAt = "2", "It is back.", now
	found, _, err := k.Finder.Find(t.Context(), later)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found, "an earlier text is another message")

	now = now.Add(time.Hour)
	m.Key, m.TriedAt = "3", now
	found, _, err = k.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found, "the same text, an hour ago, is another message")

	k.server.write(post{author: "eve", text: "@ana@far.example " + m.Text, parent: m.Report.ExternalID})
	found, _, err = k.Finder.Find(t.Context(), m)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found, "somebody else's words are not ours")
}

func TestTextIsMeasuredAsMastodonCounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":        0,
		"hello":   5,
		"héllo":   5,
		"👩‍👧‍👦🇩🇪": 2,
		"see https://status.example.org/a/very/long/path?with=query.": 4 + 23 + 1,
		"(https://x.org)":              25,
		"http://a.b http://a.b":        47,
		"@ana@far.example hi":          7,
		"hi @ana@far.example, @ben":    13,
		"mail ana@far.example":         20,
		"https://far.example/@ana@b.c": 23,
		"ftp://a.example":              15,
	} {
		require.Equal(t, want, count(text), text)
	}
}

func TestLimitsAreToldAsTheServerSaysThem(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	require.Empty(t, k.Meter.Allowances())
	k.drain(t, "")
	_, err := k.Poster.Post(t.Context(), tocsin.Message{Key: "1", Text: "x"})
	require.NoError(t, err)
	left := k.Meter.Allowances()
	require.Len(t, left, 2)
	require.Equal(t, "calls", left[0].Name)
	require.InDelta(t, 299, left[0].Left, 0)
	require.InDelta(t, 300, left[0].Limit, 0)
	require.WithinDuration(t, time.Now().Add(5*time.Minute), left[0].ResetAt, 5*time.Second)
	require.Equal(t, "posts", left[1].Name)

	k.front.Break(channeltest.Limited)
	_, err = k.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	require.Zero(t, k.Meter.Allowances()[0].Left)
}
