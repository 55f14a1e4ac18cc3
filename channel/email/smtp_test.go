package email

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
	"github.com/tocsin/tocsin/channel/email/smtptest"
)

func TestFailureSaysWhatBecameOfTheMail(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault     smtptest.Fault
		code      tocsin.Code
		retryable bool
		uncertain bool
		says      string
		size      int // of the text, in bytes
	}{
		"later, before the mail":      {smtptest.Down, tocsin.CodeUnavailable, true, false, "451", 0},
		"busy":                        {smtptest.Busy, tocsin.CodeUnavailable, true, false, "Too many connections", 0},
		"banned":                      {smtptest.Banned, tocsin.CodeForbidden, false, false, "We don't talk to you", 0},
		"credentials":                 {smtptest.Refused, tocsin.CodeUnauthorized, false, false, "credentials", 0},
		"no such person":              {smtptest.NoSuchUser, tocsin.CodeInvalid, false, false, "takes no mail for ana@example.net", 0},
		"content":                     {smtptest.NoContent, tocsin.CodeInvalid, false, false, "554", 0},
		"later, after the mail":       {smtptest.LaterOn, tocsin.CodeUnavailable, true, false, "452", 0},
		"line cut before the mail":    {smtptest.CutEarly, tocsin.CodeUnavailable, true, false, "could not be reached", 0},
		"line cut within a long mail": {smtptest.CutData, tocsin.CodeUnavailable, true, false, "could not be reached", 32 << 20},
		"line cut after the mail":     {smtptest.CutLate, tocsin.CodeUnavailable, true, true, "may have", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, server := sender(t, smtptest.Options{}, nil)
			server.Break(tc.fault)
			m := messageTo("ana@example.net", "u1.r7")
			m.Text += strings.Repeat(strings.Repeat("x", 70)+"\n", tc.size/71)
			_, err := a.Reply(t.Context(), m)
			require.Error(t, err)
			require.Equal(t, tc.code, tocsin.CodeOf(err), "%v", err)
			retryable, _ := tocsin.Retry(err)
			require.Equal(t, tc.retryable, retryable)
			require.Equal(t, tc.uncertain, tocsin.Uncertain(err), "%v", err)
			require.Contains(t, tocsin.MessageOf(err), tc.says)
			require.Len(t, server.Mails(), map[bool]int{true: 1}[tc.uncertain])
		})
	}
}

func TestCopyThatIsRefusedIsNoFaultOfThePerson(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	server.Break(smtptest.NoSuchUser)
	m, err := a.compose(draft{id: "a@example.org", to: "ana@example.net", auto: "auto-replied"})
	require.NoError(t, err)
	err = a.send(t.Context(), "support@example.org", []string{"support@example.org"}, m)
	retryable, _ := tocsin.Retry(err)
	require.True(t, retryable, "our own mailbox can be mended")
	require.Contains(t, tocsin.MessageOf(err), "takes no copy for support@example.org")
}

func TestLineIsKeptForTheNextMail(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	for i := range 5 {
		_, err := a.Reply(t.Context(), messageTo("ana@example.net", fmt.Sprintf("u1.r%d", i)))
		require.NoError(t, err)
	}
	require.Equal(t, 1, server.Logins())

	server.Break(smtptest.Healthy) // the server hangs up on what is idle
	_, err := a.Reply(t.Context(), messageTo("ana@example.net", "u1.r6"))
	require.NoError(t, err)
	require.Len(t, server.Mails(), 6)

	for i := range lineMails {
		_, err := a.Reply(t.Context(), messageTo("ana@example.net", fmt.Sprintf("u2.r%d", i)))
		require.NoError(t, err)
	}
	require.Equal(t, 3, server.Logins(), "a line that carried many ends")
}

func TestServerWithLoginOnlyTakesThePassword(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{LoginOnly: true}, nil)
	_, err := a.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
	require.NoError(t, err)
	require.Len(t, server.Mails(), 1)
	wrong, _ := sender(t, smtptest.Options{LoginOnly: true}, map[string]any{"password": "shut sesame"})
	_, err = wrong.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
}

func TestManySendAtOnce(t *testing.T) {
	t.Parallel()
	a, server := sender(t, smtptest.Options{}, nil)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			_, err := a.Reply(t.Context(), messageTo(fmt.Sprintf("p%d@example.net", i), fmt.Sprintf("u1.r%d", i)))
			require.NoError(t, err)
		})
	}
	all.Wait()
	to := map[string]int{}
	for _, m := range server.Mails() {
		to[m.To[0]]++
	}
	require.Len(t, to, 40, "each person got one")
}

func TestSendingSpeaksTLS(t *testing.T) {
	t.Parallel()
	dovecot := dovecottest.Start(t, dovecottest.Options{})
	for name, tc := range map[string]struct {
		server smtptest.Options
		more   map[string]any
		says   string
	}{
		"from the first byte":       {smtptest.Options{TLS: tlsConfig(t, dovecot), Implicit: true}, map[string]any{"smtp_tls": "implicit", "ca_file": dovecot.CA}, ""},
		"after a greeting":          {smtptest.Options{TLS: tlsConfig(t, dovecot)}, map[string]any{"smtp_tls": "starttls", "ca_file": dovecot.CA}, ""},
		"of an unknown authority":   {smtptest.Options{TLS: tlsConfig(t, dovecot)}, map[string]any{"smtp_tls": "starttls"}, "authority that is not known"},
		"though the server doesn't": {smtptest.Options{}, map[string]any{"smtp_tls": "starttls"}, "could not be reached"},
		"at the wrong port":         {smtptest.Options{TLS: tlsConfig(t, dovecot)}, map[string]any{"smtp_tls": "implicit"}, "does not speak TLS from the first byte"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, server := sender(t, tc.server, tc.more)
			_, err := a.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
			if tc.says == "" {
				require.NoError(t, err)
				require.Len(t, server.Mails(), 1)
				return
			}
			require.Contains(t, tocsin.MessageOf(err), tc.says, "%v", err)
			require.Empty(t, server.Mails())
			require.False(t, tocsin.Uncertain(err))
		})
	}
}

func TestRelayThatAsksForNoLogin(t *testing.T) {
	t.Parallel()
	s := smtptest.Start(t, smtptest.Options{})
	a := offline(t, map[string]any{"smtp": s.Addr, "smtp_tls": "none", "smtp_login": false, "imap": "", "password": ""})
	_, err := a.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
	require.NoError(t, err)
	require.Len(t, s.Mails(), 1)

	strict, _ := sender(t, smtptest.Options{}, map[string]any{"smtp_login": false})
	_, err = strict.Reply(t.Context(), messageTo("ana@example.net", "u1.r7"))
	require.Error(t, err)
	require.False(t, tocsin.Uncertain(err))
}
