package email

import (
	"encoding/json"
	"net/mail"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/smtptest"
)

// sender is an account that can only send, and its server.
func sender(t *testing.T, opt smtptest.Options, more map[string]any) (*account, *smtptest.Server) {
	t.Helper()
	opt.User, opt.Password = "support@example.org", "open sesame"
	s := smtptest.Start(t, opt)
	raw := map[string]any{"password": opt.Password, "smtp": s.Addr, "smtp_tls": "none", "from_name": "Support, Ünited"}
	for key, value := range more {
		raw[key] = value
	}
	return offline(t, raw), s
}

// lastMail parses what the server accepted last.
func lastMail(t *testing.T, s *smtptest.Server) (smtptest.Mail, *mail.Message) {
	t.Helper()
	all := s.Mails()
	require.NotEmpty(t, all)
	raw := all[len(all)-1]
	parsed, err := mail.ReadMessage(strings.NewReader(raw.Data))
	require.NoError(t, err)
	return raw, parsed
}

func TestReplyStandsInThePersonsThread(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	m := messageTo("ana@example.net", "u1.r7")
	m.Text, m.Lang = "We are aware.\nEs fällt aus.\n.\nA dot above.\n", "en"
	sent, err := a.Reply(t.Context(), m)
	require.NoError(t, err)

	raw, got := lastMail(t, server)
	require.Equal(t, a.returnAddress(12), raw.From)
	require.Equal(t, []string{"ana@example.net", "support@example.org"}, raw.To, "the copy goes in the same transaction")
	for key, want := range map[string]string{
		"From": `=?utf-8?b?U3VwcG9ydCwgw5xuaXRlZA==?= <support@example.org>`, "To": "<ana@example.net>", "Subject": "Re: It fails",
		"Message-ID": "<" + sent.ExternalID + ">", "In-Reply-To": "<u1.r7@example.net>", "References": "<root@example.net> <u1.r7@example.net>",
		"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "X-Loop": "support@example.org",
		"Content-Type": "text/plain; charset=UTF-8", "Content-Language": "en",
	} {
		require.Equal(t, want, got.Header.Get(key), key)
	}
	require.Empty(t, got.Header["Bcc"])
	require.Regexp(t, `^u1\.r7\.[0-9a-f]{16}@example\.org$`, sent.ExternalID)

	seen := takeRejection(t, a, "Return-Path: <"+raw.From+">\r\n"+raw.Data)
	require.Equal(t, tocsin.ReasonOwn, seen.Reason, "the copy is no report")
	require.Equal(t, sent.ExternalID, seen.ExternalID)
	text := textOf(letterFrom(t, raw.Data).body, false, 0)
	require.Equal(t, m.Text, strings.TrimRight(strings.ReplaceAll(text.words, "\r\n", "\n"), "\n")+"\n")
}

func letterFrom(t *testing.T, raw string) *letter {
	t.Helper()
	m, err := readLetter(1, arrival, []byte(raw), len(raw)+1)
	require.NoError(t, err)
	return m
}

func TestReplyHasTheSameIDAtEachTry(t *testing.T) {
	t.Parallel()
	a := offline(t)
	m := messageTo("ana@example.net", "u1.r7")
	other := m
	other.Report.ExternalID = "another@example.net"
	require.Equal(t, a.replyID(m), offline(t, map[string]any{"password": "changed"}).replyID(m))
	require.NotEqual(t, a.replyID(m), a.replyID(other), "the same number in another database is another mail")
	odd := m
	odd.Key = "a b>\r\nBcc: x"
	require.Regexp(t, `^k\.[0-9a-f]{16}@example\.org$`, a.replyID(odd))
}

func TestReplyLetsNobodyWriteHeaders(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	m := messageTo("ana@example.net", "u1.r7")
	m.Lang = "en\r\nBcc: x@example.net"
	m.Report.Route, _ = json.Marshal(route{
		To: "ana@example.net", Subject: "Hi\r\nBcc: x@example.net\r\n\r\nWords", MessageID: "a>\r\nBcc: <x@example.net",
		References: []string{"b@example.net\r\nBcc: x@example.net", "c@example.net"},
	})
	_, err := a.Reply(t.Context(), m)
	require.NoError(t, err)
	raw, got := lastMail(t, server)
	require.Empty(t, got.Header["Bcc"])
	require.Equal(t, "<c@example.net>", got.Header.Get("References"))
	require.Equal(t, "Re: Hi Bcc: x@example.net Words", got.Header.Get("Subject"))
	require.Len(t, raw.To, 2)
}

func TestReplyKeepsASubjectThatIsAnAnswerAlready(t *testing.T) {
	t.Parallel()
	for subject, want := range map[string]string{
		"Re: x": "Re: x", "RE : x": "RE : x", "AW: x": "AW: x", "Re[2]: x": "Re[2]: x", "回复：x": "回复：x",
		"x": "Re: x", "Regarding: x": "Re: Regarding: x", "": "Re:",
	} {
		a, server := sender(t, smtptest.Options{}, nil)
		m := messageTo("ana@example.net", "u1.r7")
		m.Report.Route, _ = json.Marshal(route{To: "ana@example.net", Subject: subject})
		_, err := a.Reply(t.Context(), m)
		require.NoError(t, err)
		raw, _ := lastMail(t, server)
		require.Equal(t, want, letterFrom(t, raw.Data).subject())
	}
}

func TestReplyRefusesARouteThatIsNone(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	for _, way := range []string{"", "{}", `{"to":"a b@c"}`, `{"to":"ana@example.net> SIZE=1"}`, `{"to":"\"a\r\nb\"@c"}`, `[]`} {
		m := messageTo("ana@example.net", "u1.r7")
		m.Report.Route = json.RawMessage(way)
		_, err := a.Reply(t.Context(), m)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), way)
		require.False(t, tocsin.Uncertain(err))
	}
	require.Empty(t, server.Mails())
}

func TestReplyWithoutAMailboxSendsNoCopy(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, map[string]any{"imap": "", "verp": false})
	_, err := a.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
	require.NoError(t, err)
	raw, _ := lastMail(t, server)
	require.Equal(t, []string{"ana@example.net"}, raw.To)
	require.Equal(t, "support@example.org", raw.From)
}

func TestPageCarriesTheEvidence(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	alarm := tocsin.Alarm{
		Key: "i1.ring.0.0", Dedup: "incident-1", To: "OnCall@example.net", Tier: tocsin.TierRing,
		Incident: tocsin.Incident{ID: 1, Key: "c9"}, Summary: "Suspected in sign-in: 9 people", Body: "9 people on 2 channels", URL: "https://t.example/incidents/1",
	}
	sent, err := a.Page(t.Context(), alarm)
	require.NoError(t, err)
	raw, got := lastMail(t, server)
	require.Equal(t, []string{"oncall@example.net"}, raw.To)
	require.Equal(t, "support@example.org", raw.From)
	require.Equal(t, alarm.Summary, got.Header.Get("Subject"))
	require.Equal(t, "auto-generated", got.Header.Get("Auto-Submitted"))
	require.Equal(t, "high", got.Header.Get("Importance"))
	require.Equal(t, "<"+sent.ExternalID+">", got.Header.Get("Message-ID"))
	require.Equal(t, "9 people on 2 channels\n\nhttps://t.example/incidents/1", strings.ReplaceAll(strings.TrimSpace(textOf(letterFrom(t, raw.Data).body, false, 0).words), "\r\n", "\n"))

	thread := got.Header.Get("References")
	alarm.Key, alarm.Tier = "i1.whisper.0.0", tocsin.TierWhisper
	again, err := a.Page(t.Context(), alarm)
	require.NoError(t, err)
	_, got = lastMail(t, server)
	require.NotEqual(t, sent.ExternalID, again.ExternalID)
	require.Equal(t, thread, got.Header.Get("References"), "pages about one incident are one thread")
	require.Empty(t, got.Header.Get("Importance"))

	answer := takeRejection(t, a, letterOf(fromAna, "In-Reply-To: <"+sent.ExternalID+">", "References: "+thread+" <"+sent.ExternalID+">")+"On it.")
	require.Equal(t, tocsin.ReasonOwn, answer.Reason)
}

func TestPageListsWhatItsReaderCanDo(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	link := "https://t.example/act/7/ack/1900000000/" + strings.Repeat("x", 43)
	_, err := a.Page(t.Context(), tocsin.Alarm{Key: "k", To: "a@example.net", Summary: "s", Body: "b", Links: []tocsin.Link{{Action: tocsin.ActionAck, Label: "I take it", URL: link}}})
	require.NoError(t, err)
	raw, _ := lastMail(t, server)
	words := strings.ReplaceAll(textOf(letterFrom(t, raw.Data).body, false, 0).words, "\r\n", "\n")
	require.Contains(t, words, "Each of these asks before it does anything:\n\nI take it\n  "+link+"\n", "whole, on one line")
}

func TestPageNeedsAnAddress(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	for _, to := range []string{"", "oncall", "a@b, c@d", "a@b\r\nRCPT TO:<c@d>"} {
		_, err := a.Page(t.Context(), tocsin.Alarm{Key: "k", To: to, Summary: "x"})
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), to)
	}
	require.Empty(t, server.Mails())
}
