package intercom

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func conformance() channeltest.Setup {
	return channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		return newWorkspace(tb).outside(tb)
	}}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, conformance())
}

func TestTenThousandReportsComeOnceThroughFaults(t *testing.T) {
	t.Parallel()
	channeltest.Haul(t, conformance(), 10_000, nil)
}

func TestConversationBecomesReports(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	user := w.contact(typeUser, "Ana@Example.org")
	c := w.begin(user, "Broken")
	joined := w.contact(typeUser, "ben@example.org")
	w.add(c, author{Type: "bot", ID: "1"}, partComment, "Hello, I am a bot.")
	w.add(c, admin(), partNote, "this one again")
	w.add(c, admin(), partComment, "We look into it.")
	w.add(c, admin(), "assignment", "")
	still := w.add(c, user, partComment, "Still broken").ID
	w.add(c, joined, partComment, "For me too")
	at := w.now
	w.pass(2 * time.Minute)
	got := pull(t, opened(t, w), "").Reports
	require.Len(t, got, 4)
	ana := tocsin.Reporter{ID: "mailto:ana@example.org", Handle: "Ana@Example.org", Name: "Ana"}
	require.Equal(t, tocsin.Report{Channel: "messenger", ExternalID: c.id, Thread: c.id, Reporter: ana, At: at, ReceivedAt: w.now, Raw: "Broken"}, got[0])
	require.True(t, got[1].Reporter.Staff)
	require.Equal(t, tocsin.Report{Channel: "messenger", ExternalID: c.id + "/" + still, Thread: c.id, ReplyTo: c.id, Reporter: ana, At: at, ReceivedAt: w.now, Raw: "Still broken"}, got[2])
	require.Equal(t, notTheirs, got[3].NoReply)
}

func TestMailAddressCountsOnlyWhereItIsTheirs(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	lead := w.contact("lead", "ana@example.org")
	chat, mail := w.begin(lead, "x"), w.begin(lead, "x")
	mail.via = viaMail
	w.add(mail, lead, partComment, "y")
	w.pass(2 * time.Minute)
	for _, r := range pull(t, opened(t, w), "").Reports {
		want := "intercom:" + lead.ID
		if r.Thread == mail.id {
			want = "mailto:ana@example.org"
		}
		require.Equal(t, want, r.Reporter.ID, r.ExternalID)
	}
	require.NotEqual(t, chat.id, mail.id)
}

func TestNothingIsMissedWhileWeWereAway(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	cursor := pull(t, opened(t, w), "").Cursor
	want := w.say(700)
	w.pass(3 * 24 * time.Hour)
	require.Len(t, pull(t, opened(t, w), cursor).Reports, len(want))
}

func TestChangeWhileASpanIsReadComesInTheNext(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.say(400)
	ch := opened(t, w)
	b, err := ch.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	late := w.all[0]
	id := late.id + "/" + w.add(late, late.contacts[0], partComment, "And again").ID
	seen := map[string]bool{}
	for range 2 {
		b = pull(t, ch, b.Cursor)
		for _, r := range b.Reports {
			seen[r.ExternalID] = true
		}
		w.pass(2 * time.Minute)
	}
	require.True(t, seen[id])
	require.Len(t, seen, 401)
}

func TestFreshChangesAreLeftUntilTheSearchKnowsThem(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.begin(w.contact(typeUser, ""), "Broken")
	ch := opened(t, w)
	b := pull(t, ch, "")
	require.Empty(t, b.Reports)
	w.pass(settle)
	require.Len(t, pull(t, ch, b.Cursor).Reports, 1)
}

func TestRedactedAndDeletedWordsAreForgotten(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.say(6)
	ch := opened(t, w)
	cursor := pull(t, ch, "").Cursor
	c := w.all[1]
	c.parts[0].Redacted, c.parts[0].Body, c.updated = true, "", w.now
	w.pass(2 * time.Minute)
	got := pull(t, ch, cursor)
	require.Equal(t, []string{c.id + "/" + c.parts[0].ID}, got.Deleted)

	forged := sign(clientSecret, notice(topicDeleted, c.id))
	b, err := ch.Receiver.Receive(forged)
	require.NoError(t, err)
	require.NotContains(t, b.Deleted, c.id, "it is there still")
	delete(w.byID, c.id)
	b, err = ch.Receiver.Receive(sign(clientSecret, notice(topicDeleted, c.id)))
	require.NoError(t, err)
	require.Equal(t, []string{c.id}, b.Deleted)
}

func TestHintsAboutOtherThingsAreTakenAndLeft(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	ch := opened(t, w)
	calls := w.Calls()
	for _, body := range []string{
		`{"topic":"ping","data":{"item":{"type":"ping"}}}`, `{"topic":"user.created","data":{"item":{"type":"user","id":"17"}}}`,
		`{"topic":"conversation.user.replied","data":{"item":{"type":"conversation","id":"../me"}}}`, `{"topic":"conversation.user.replied","data":null}`,
	} {
		b, err := ch.Receiver.Receive(sign(clientSecret, []byte(body)))
		require.NoError(t, err)
		require.Equal(t, tocsin.Batch{}, b)
	}
	require.Equal(t, calls, w.Calls())
}

func TestHintIsLeftWhenItCannotBeFollowed(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	ch := opened(t, w)
	c := w.begin(w.contact(typeUser, ""), "Broken")
	hint := func() int {
		b, err := ch.Receiver.Receive(sign(clientSecret, notice("conversation.user.created", c.id)))
		require.NoError(t, err)
		return len(b.Reports)
	}
	w.Break(channeltest.Down)
	require.Zero(t, hint(), "the search will bring it")
	w.Break(channeltest.Healthy)
	w.left = 300
	require.Equal(t, 1, hint(), "here we learn that calls run low")
	require.Zero(t, hint())
	w.pass(10 * time.Second)
	require.Equal(t, 1, hint(), "a new span has begun")
}

func TestLimitWithoutRetryAfterIsObeyedByItsReset(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.left = 0
	ch := opened(t, w)
	_, err := ch.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	_, after := tocsin.Retry(err)
	require.Equal(t, 10*time.Second, after)
	require.Equal(t, []tocsin.Allowance{{Name: "calls", Unit: "calls", Limit: 1666, ResetAt: w.now.Add(10 * time.Second)}}, ch.Meter.Allowances())
}

func TestAnswerShowsTheTextAsItIs(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	m := w.message("1-1")
	sent, err := opened(t, w).Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	p := w.byID[m.Report.Thread].parts[0]
	require.Equal(t, m.Text, strings.TrimSpace(p.Body))
	require.Equal(t, m.Report.Thread+"/"+p.ID, sent.ExternalID)
}

func TestAbsenceIsProvedOnlyBySilence(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	ch := opened(t, w)
	m := w.message("1-1")
	c := w.byID[m.Report.Thread]
	find := func() string {
		found, _, err := ch.Finder.Find(t.Context(), m)
		_, after := tocsin.Retry(err)
		return fmt.Sprint(found, after)
	}
	w.add(c, admin(), partComment, m.Text) // an earlier update in the same words
	w.pass(time.Hour)
	m.TriedAt = w.tick()
	require.Equal(t, fmt.Sprint(tocsin.FoundUnclear, settled), find())
	w.pass(settled)
	require.Equal(t, fmt.Sprint(tocsin.FoundAbsent, 0*time.Second), find(), "the earlier one is no sign of this one")

	w.add(c, author{Type: typeAdmin, ID: "7"}, partComment, "A colleague")
	require.Equal(t, fmt.Sprint(tocsin.FoundAbsent, 0*time.Second), find())
	w.add(c, admin(), partComment, "Something else")
	require.Equal(t, fmt.Sprint(tocsin.FoundUnclear, 0*time.Second), find(), "it might be ours in another shape")
	w.add(c, admin(), partComment, "It works <again>. * really *")
	require.Equal(t, fmt.Sprint(tocsin.FoundPresent, 0*time.Second), find())

	c.parts = nil
	for range maxParts + 1 {
		w.add(c, c.contacts[0], partComment, "Hello?")
	}
	require.Equal(t, fmt.Sprint(tocsin.FoundUnclear, 0*time.Second), find(), "the part may be one that is not shown")
}

func TestReportOfNoConversationCannotBeAnswered(t *testing.T) {
	t.Parallel()
	ch := opened(t, newWorkspace(t))
	for _, thread := range []string{"", "x", "1/../2", "1?x=y"} {
		m := tocsin.Message{Key: "1-1", Text: "x", Report: tocsin.Report{Thread: thread}}
		_, err := ch.Replier.Reply(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
		_, _, err = ch.Finder.Find(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	check := func(changes map[string]any) string {
		ch, err := setup(t, w, changes)
		require.NoError(t, err)
		if err := ch.Checker.Check(t.Context()); err != nil {
			return tocsin.MessageOf(err)
		}
		return ""
	}
	require.Empty(t, check(nil))
	require.Contains(t, check(map[string]any{"token": "an0ther-token"}), "Copy it anew")
	require.Contains(t, check(map[string]any{"admin_id": "1"}), "no teammate 1")
	w.mute = true
	require.Contains(t, check(nil), "permissions to read and to write conversations")
}

func TestSettingsTellTheirMistakes(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	for want, change := range map[string]map[string]any{
		"admin_id: This is no id":     {"admin_id": "ana"},
		"url: This is no address":     {"url": "eu"},
		"url: Credentials need https": {"allow_private": false},
		"since: It must be one hour":  {"since": "1s"},
	} {
		_, err := setup(t, w, change)
		require.ErrorContains(t, err, want)
	}
	ch, err := setup(t, w, map[string]any{"client_secret": ""})
	require.NoError(t, err)
	require.Nil(t, ch.Receiver, "without a secret no request can be trusted")
}

func FuzzHint(f *testing.F) {
	for _, seed := range []string{string(notice("conversation.user.created", "17")), `{"topic":"x"}`, `null`, `{"topic":"conversation","data":{"item":{"id":{}}}}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		_, id, err := hinted(body)
		if err != nil {
			require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
			return
		}
		require.True(t, id == "" || digits.MatchString(id))
	})
}
