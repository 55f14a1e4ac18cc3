package discord

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
		return newServer(tb).outside(tb)
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

func TestMessageBecomesAReport(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	first := s.write("601", user{ID: "175928847299117063", Username: "ana", GlobalName: "Ana Kay"}, "Broken")
	second := s.write("601", person(2), "For me too")
	second.Type, second.Reference.ChannelID, second.Reference.MessageID = typeReply, "601", first.ID
	got := pull(t, opened(t, s), "").Reports
	require.Equal(t, tocsin.Report{
		Channel: "discord", ExternalID: "601/" + first.ID, Thread: "601", At: s.now, ReceivedAt: s.now, Raw: "Broken",
		URL: "https://discord.com/channels/500/601/" + first.ID,
		Reporter: tocsin.Reporter{
			ID: "discord:175928847299117063", Handle: "@ana", Name: "Ana Kay", Since: time.Date(2016, 4, 30, 11, 18, 25, 796e6, time.UTC),
		},
	}, got[0])
	require.Equal(t, "601/"+first.ID, got[1].ReplyTo)
}

func TestOwnWordsAndEventsAreNoReports(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.write("601", user{ID: botID, Bot: true}, "It works again.")
	s.write("601", user{ID: "77", Username: "x"}, "We look into it.")
	s.write("601", user{ID: "78", Username: "acme"}, "We look into it.")
	s.write("601", user{ID: "79"}, "a hook").WebhookID = "5"
	s.write("601", person(1), "joined the server").Type = 7
	s.write("601", person(1), "")
	got := pull(t, opened(t, s), "")
	require.Len(t, got.Reports, 4)
	for _, r := range got.Reports {
		require.True(t, r.Reporter.Staff, r.Raw)
	}
	require.Len(t, got.Rejections, 1)
	require.Equal(t, tocsin.ReasonEmpty, got.Rejections[0].Reason)
}

func TestNothingIsMissedWhileWeWereAway(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	cursor := pull(t, opened(t, s), "").Cursor
	want := s.say(900)
	s.pass(30 * 24 * time.Hour)
	require.Len(t, pull(t, opened(t, s), cursor).Reports, len(want))
}

func TestEditsAndDeletionsAreFollowed(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ch := opened(t, s)
	cursor := pull(t, ch, "").Cursor
	s.say(9)
	look := func() tocsin.Batch {
		s.pass(lookEvery)
		b := pull(t, ch, cursor)
		cursor = b.Cursor
		return b
	}
	require.Len(t, look().Reports, 9)

	edited, deleted := s.channels["601"][0], s.channels["602"][1]
	at := s.now.Add(time.Second)
	edited.Content, edited.EditedAt = "Never mind", &at
	s.channels["602"] = append(s.channels["602"][:1], s.channels["602"][2:]...)
	got := look()
	require.Empty(t, got.Reports)
	require.Len(t, got.Edits, 1)
	require.Equal(t, "601/"+edited.ID, got.Edits[0].ExternalID)
	require.Equal(t, "Never mind", got.Edits[0].Raw)
	require.Equal(t, []string{"602/" + deleted.ID}, got.Deleted)

	s.pass(lookEvery)
	got = look()
	require.Empty(t, got.Edits, "once is enough")
	require.Empty(t, got.Deleted)
}

func TestOldMessagesOutOfSightAreNotTakenForDeleted(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ch := opened(t, s)
	cursor := pull(t, ch, "").Cursor
	s.say(30)
	s.pass(lookEvery)
	cursor = pull(t, ch, cursor).Cursor
	s.say(900)
	s.pass(lookEvery)
	got := pull(t, ch, cursor)
	require.Len(t, got.Reports, 900)
	require.Empty(t, got.Deleted)
}

func TestChannelThatIsClosedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.say(6)
	s.closed["601"] = true
	got := pull(t, opened(t, s), "")
	require.Len(t, got.Reports, 4)
	require.Equal(t, "601", got.Rejections[0].ExternalID)
	require.Equal(t, reasonChannel, got.Rejections[0].Reason)

	alone, err := setup(t, s, map[string]any{"channels": []any{"601"}})
	require.NoError(t, err)
	_, err = alone.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err), "alone it is the channel's failure")

	s.closed["601"] = false
	require.Len(t, pull(t, opened(t, s), got.Cursor).Reports, 2, "and it goes on where it stood")
}

func TestUsedUpLimitIsNotAsked(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.left = 0
	ch, err := setup(t, s, map[string]any{"channels": []any{"601"}})
	require.NoError(t, err)
	b := pull(t, ch, "")
	require.Equal(t, []tocsin.Allowance{{Name: "reading 601", Unit: "calls", Limit: 5, ResetAt: s.now.Add(1500 * time.Millisecond)}}, ch.Meter.Allowances())
	calls := s.Calls()
	_, err = ch.Source.Pull(t.Context(), b.Cursor)
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	_, after := tocsin.Retry(err)
	require.Equal(t, 1500*time.Millisecond, after)
	require.Equal(t, calls, s.Calls())
	s.pass(1500 * time.Millisecond)
	pull(t, ch, b.Cursor)
}

func TestAnswerShowsTheTextAsItIsAndCallsNobody(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	m := s.message("1-1", " *It* works_again: https://t.example/a_b_c @everyone <@77>\n# really ")
	sent, err := opened(t, s).Replier.Reply(t.Context(), m)
	require.NoError(t, err)
	k := s.channels["601"][1]
	require.Equal(t, `\*It\* works\_again: https://t.example/a_b_c @everyone \<@77\>`+"\n"+`\# really`, k.Content)
	require.Equal(t, map[string]any{"parse": []any{}, "replied_user": true}, k.sent["allowed_mentions"])
	require.Equal(t, "601/"+k.Reference.MessageID, m.Report.ExternalID)
	require.Equal(t, tocsin.Sent{ExternalID: "601/" + k.ID, URL: "https://discord.com/channels/500/601/" + k.ID}, sent)
}

func TestTextsAreMeasuredAsTheyGoOut(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ch := opened(t, s)
	require.Equal(t, tocsin.Length{Used: 5, Limit: 2000, Unit: "characters"}, ch.Measurer.Measure("é*😀"))
	_, err := ch.Replier.Reply(t.Context(), s.message("1-1", strings.Repeat("*", 1001)))
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))

	_, err = ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p", To: "602", Body: strings.Repeat("é ", 2000), URL: "https://t.example/i/1"})
	require.NoError(t, err)
	text := s.channels["602"][0].Content
	require.LessOrEqual(t, units(text), maxText)
	require.True(t, strings.HasSuffix(text, "\n\nhttps://t.example/i/1"))
	_, err = ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p", To: "general"})
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
}

func TestAbsenceIsProvedOnlyBySilence(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ch := opened(t, s)
	m := s.message("1-1", "It works again.")
	id := m.Report.ExternalID[len("601/"):]
	find := func() string {
		found, _, err := ch.Finder.Find(t.Context(), m)
		_, after := tocsin.Retry(err)
		return fmt.Sprint(found, after)
	}
	_, err := ch.Replier.Reply(t.Context(), m) // an earlier update in the same words
	require.NoError(t, err)
	s.pass(time.Hour)
	for i := range 250 {
		s.write("601", person(i), "Me too")
	}
	m.TriedAt = s.tick()
	require.Equal(t, fmt.Sprint(tocsin.FoundUnclear, settled), find())
	s.pass(settled)
	absent := fmt.Sprint(tocsin.FoundAbsent, 0*time.Second)
	require.Equal(t, absent, find(), "the earlier one is no sign of this one")

	ours := user{ID: botID, Bot: true}
	s.write("601", ours, "Something to somebody else").Reference.MessageID = "1"
	require.Equal(t, absent, find())
	s.write("601", ours, "It works again.") // its message was deleted, or it is another's
	require.Equal(t, fmt.Sprint(tocsin.FoundUnclear, 0*time.Second), find())
	s.write("601", ours, "It works again.").Reference.MessageID = id
	require.Equal(t, fmt.Sprint(tocsin.FoundPresent, 0*time.Second), find())
}

func TestNonceDropsADoubleOnlyForMinutes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	ch := opened(t, s)
	m := s.message("1-1", "x")
	for range 2 {
		_, err := ch.Replier.Reply(t.Context(), m)
		require.NoError(t, err)
	}
	require.Len(t, s.channels["601"], 2)
	require.Len(t, nonce("a key that is as long as any key might ever be"), nonceLength)

	s.Break(channeltest.Cut)
	_, err := ch.Replier.Reply(t.Context(), s.message("1-2", "x"))
	require.True(t, tocsin.Uncertain(err), "so we look, and don't trust in it")
}

func TestReportOfNoMessageCannotBeAnswered(t *testing.T) {
	t.Parallel()
	ch := opened(t, newServer(t))
	for _, id := range []string{"", "601", "601/x", "../601/1", "601/1/../2"} {
		m := tocsin.Message{Key: "1-1", Text: "x", Report: tocsin.Report{ExternalID: id}}
		_, err := ch.Replier.Reply(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), id)
		_, _, err = ch.Finder.Find(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), id)
	}
}

func TestCheckSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	check := func(changes map[string]any) string {
		ch, err := setup(t, s, changes)
		require.NoError(t, err)
		if err := ch.Checker.Check(t.Context()); err != nil {
			return tocsin.MessageOf(err)
		}
		return ""
	}
	require.Empty(t, check(nil))
	require.Contains(t, check(map[string]any{"token": "an0ther-token"}), "Reset it")
	require.Contains(t, check(map[string]any{"channels": []any{"604"}}), "may not read the channel 604")
	s.closed["602"] = true
	require.Contains(t, check(nil), "may not read the channel 602")
	s.flags = 0
	require.Contains(t, check(nil), "Message Content Intent")
	require.Empty(t, check(map[string]any{"channels": []any{}}), "for bells alone it is not needed")
}

func TestSettingsTellTheirMistakes(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	for want, change := range map[string]map[string]any{
		"token: This is no token":           {"token": "Bot abc"},
		"guild: \"acme\" is no server":      {"guild": "acme"},
		"channels: \"#help\" is no channel": {"channels": []any{"#help"}},
		"staff: \"Ana\" is neither":         {"staff": []any{"Ana"}},
		"since: It must be one minute":      {"since": "1s"},
		"url: This is no address":           {"url": "discord"},
		"url: Credentials need https":       {"allow_private": false},
	} {
		_, err := setup(t, s, change)
		require.ErrorContains(t, err, want)
	}
}

func TestStrangeCursorBeginsAnew(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.say(6)
	for _, cursor := range []string{"what is this", `{"step":-4,"channels":{"601":null}}`, `{"step":99}`} {
		require.Len(t, pull(t, opened(t, s), cursor).Reports, 6, cursor)
	}
}
