package telegram

import (
	"errors"
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
		return newNetwork(tb).outside(tb)
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

func pulled(t *testing.T, n *network, cursor string) tocsin.Batch {
	t.Helper()
	b, err := opened(t, n).Source.Pull(t.Context(), cursor)
	require.NoError(t, err)
	return b
}

func TestMessageBecomesAReport(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	m := n.words(42, "Broken")
	m.Chat = chat{ID: group, Type: "supergroup", Title: "Acme users", Username: "acme"}
	m.IsTopic, m.Topic, m.ReplyTo = true, 9, &message{ID: 3}
	n.hear(update{Message: m})
	require.Equal(t, []tocsin.Report{{
		Channel: "telegram", ExternalID: externalID(m), Thread: "-1001/9", ReplyTo: "-1001/3", At: n.now, ReceivedAt: n.now,
		Raw: "Broken", URL: link(m),
		Reporter: tocsin.Reporter{ID: "telegram:42", Handle: "@ana42", Name: "Ana Kay", URL: "https://t.me/ana42"},
	}}, pulled(t, n, "").Reports)
	require.True(t, strings.HasPrefix(link(m), "https://t.me/acme/"))
}

func TestWhatIsNoReportIsNamed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	for _, m := range []*message{n.words(1, "/start"), n.words(1, ""), n.words(1, "elsewhere"), n.words(1, "elsewhere again")} {
		if strings.HasPrefix(m.Text, "elsewhere") {
			m.Chat = chat{ID: -5, Type: "group", Title: "Strangers"}
		}
		n.hear(update{Message: m})
	}
	n.hear(update{}) // something that we did not ask for
	got := pulled(t, n, "")
	require.Empty(t, got.Reports)
	require.Equal(t, []string{reasonCommand, tocsin.ReasonEmpty, reasonChat, reasonChat}, []string{
		got.Rejections[0].Reason, got.Rejections[1].Reason, got.Rejections[2].Reason, got.Rejections[3].Reason,
	})
	require.Equal(t, "-5", got.Rejections[2].ExternalID, "one for the whole chat: the store keeps it once")
	require.NotEmpty(t, got.Cursor, "it is not brought again")
}

func TestCaptionsCountAndEditsAreFollowed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	m := n.words(1, "")
	m.Caption = "See the picture"
	n.hear(update{Message: m})
	edited := *m
	edited.Caption = "Never mind"
	n.hear(update{Edited: &edited})
	got := pulled(t, n, "")
	require.Equal(t, "See the picture", got.Reports[0].Raw)
	require.Equal(t, "Never mind", got.Edits[0].Raw)
	require.Equal(t, got.Reports[0].ExternalID, got.Edits[0].ExternalID)
}

func TestStaffAndThoseWhoRunAGroupAreOurOwn(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	for _, change := range []func(*message){
		func(m *message) { m.From.Username = "acme_support" },
		func(m *message) { m.From.ID = 77 },
		func(m *message) { m.From.IsBot = true },
		func(m *message) { m.SenderChat = &chat{ID: group} },
	} {
		m := n.words(1, "We look into it")
		change(m)
		n.hear(update{Message: m})
	}
	n.hear(update{Message: n.words(78, "Broken")})
	got := pulled(t, n, "").Reports
	require.Len(t, got, 5)
	for i, r := range got {
		require.Equal(t, i < 4, r.Reporter.Staff, "%d", i)
	}
}

// After a week without updates Telegram begins a new sequence anywhere. To go on
// from our old place would throw away what is new.
func TestSilenceOfAWeekLosesNothing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.say(1)
	cursor := pulled(t, n, "").Cursor
	require.Empty(t, pulled(t, n, cursor).Reports)
	n.pass(8 * 24 * time.Hour)
	n.mu.Lock()
	n.next = 10 // lower than where we stand
	n.mu.Unlock()
	want := n.say(1)
	got := pulled(t, n, cursor)
	require.Len(t, got.Reports, 1)
	require.Equal(t, want[0], got.Reports[0].ExternalID)
	require.Empty(t, pulled(t, n, got.Cursor).Reports)
}

func TestStreamBringsAMessageAsItIsWritten(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	ch := opened(t, n)
	enough := errors.New("enough")
	ended := make(chan error, 1)
	got := make(chan tocsin.Batch, 1)
	go func() {
		ended <- ch.Streamer.Stream(t.Context(), "", func(b tocsin.Batch) error {
			got <- b
			return enough
		})
	}()
	n.say(1)
	require.Len(t, (<-got).Reports, 1)
	require.ErrorIs(t, <-ended, enough)
}

func TestAnswerIsAReplyWhereItWasWritten(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	ch := opened(t, n)
	sent, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "1", Text: "*It* works", Report: tocsin.Report{ExternalID: "-1001/17", Thread: "-1001/9"}})
	require.NoError(t, err)
	require.Regexp(t, `^-1001/\d+$`, sent.ExternalID)
	require.Equal(t, map[string]any{
		"chat_id": float64(-1001), "text": "*It* works", "message_thread_id": float64(9), "link_preview_options": map[string]any{"is_disabled": true},
		"reply_parameters": map[string]any{"message_id": float64(17), "allow_sending_without_reply": true},
	}, n.sent[0], "plain text: no parse mode")
}

func TestRefusalsSayWhatToDo(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.blocked[13] = true
	ch := opened(t, n)
	for id, want := range map[string]string{
		"13/1": "has blocked it", "-7/1": "put it into chats", "404/1": "must write to it first", "x": "no message", "x/1": "is no chat", "5/x": "no message",
	} {
		_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: id, Text: "x", Report: tocsin.Report{ExternalID: id}})
		require.Contains(t, tocsin.MessageOf(err), want, id)
		require.False(t, tocsin.Uncertain(err))
		n.pass(time.Second)
	}
	_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "1", Text: "x", Report: tocsin.Report{ExternalID: "5/1", Thread: "5/x"}})
	require.Contains(t, tocsin.MessageOf(err), "no topic")
}

func TestTextsAreMeasuredInUTF16(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	ch := opened(t, n)
	require.Equal(t, tocsin.Length{Used: 4, Limit: 4096, Unit: "characters"}, ch.Measurer.Measure("aé😀"))
	long := tocsin.Message{Key: "1", Text: strings.Repeat("😀", 2049), Report: tocsin.Report{ExternalID: "5/1"}}
	_, err := ch.Replier.Reply(t.Context(), long)
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))

	_, err = ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p", To: "@acme", Summary: strings.Repeat("😀", 3000), URL: "https://t.example/i/1", Tier: tocsin.TierWhisper})
	require.NoError(t, err)
	text, _ := n.sent[0]["text"].(string)
	require.LessOrEqual(t, units(text), maxText)
	require.Greater(t, units(text), maxText-2)
	require.True(t, strings.HasSuffix(text, "\n\nhttps://t.example/i/1"))
	require.Equal(t, true, n.sent[0]["disable_notification"], "a whisper makes no sound")
	require.Equal(t, "@acme", n.sent[0]["chat_id"])
}

func TestSendingKeepsThePace(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	ch := opened(t, n)
	say := func(id string) (time.Duration, error) {
		_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: id, Text: "x", Report: tocsin.Report{ExternalID: id}})
		_, after := tocsin.Retry(err)
		return after, err
	}
	_, err := say("1/1")
	require.NoError(t, err)
	after, err := say("1/1")
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	require.Equal(t, time.Second, after)
	require.False(t, tocsin.Uncertain(err))
	for range perGroupMinute {
		_, err = say("-1001/1")
		require.NoError(t, err)
	}
	after, err = say("-1001/1")
	require.Error(t, err)
	require.Equal(t, time.Minute, after)
	require.InDelta(t, perSecond-perGroupMinute-1, ch.Meter.Allowances()[0].Left, 0)
}

func TestPacesOfChatsAtRestAreForgotten(t *testing.T) {
	t.Parallel()
	p := newPaces()
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for i := range 3 * keptPaces {
		p.take(strings.Repeat("1", i%7+1)+time.Duration(i).String(), now)
		now = now.Add(time.Second)
	}
	require.LessOrEqual(t, len(p.chats), keptPaces)
}

func TestAnotherReaderIsNamed(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	n.hook = "https://elsewhere.example"
	_, err := opened(t, n).Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err), "a conflict would be taken for one of our own cursor")
	require.Contains(t, tocsin.MessageOf(err), "delete the webhook")
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	check := func(changes map[string]any) string {
		ch, err := setup(t, n, changes)
		require.NoError(t, err)
		if err := ch.Checker.Check(t.Context()); err != nil {
			return tocsin.MessageOf(err)
		}
		return ""
	}
	require.Empty(t, check(nil))
	require.Contains(t, check(map[string]any{"token": "123456:an0ther-token-an0ther-token"}), "@BotFather")
	require.Contains(t, check(map[string]any{"chats": []any{"-8"}}), "not in the group -8")
	n.private = true
	require.Contains(t, check(nil), "/setprivacy")
	n.hook = "https://elsewhere.example"
	require.Contains(t, check(nil), "webhook")
}

func TestSettingsTellTheirMistakes(t *testing.T) {
	t.Parallel()
	n := newNetwork(t)
	for want, change := range map[string]map[string]any{
		"token: This is no token":     {"token": "123456"},
		"chats: \"1001\" is no group": {"chats": []any{"1001"}},
		"staff: \"ana\" is neither":   {"staff": []any{"ana"}},
		"url: This is no address":     {"url": "telegram"},
		"url: Credentials need https": {"allow_private": false},
		"there is nothing to hear":    {"private": false, "chats": []any{}},
	} {
		_, err := setup(t, n, change)
		require.ErrorContains(t, err, want)
	}
}
