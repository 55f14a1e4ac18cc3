package dovecottest

import (
	"bytes"
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Deliver brings a mail into a user's INBOX by LMTP, as the last hop of its way.
// A plus-address is delivered to the user before the plus.
func (s *Server) Deliver(tb testing.TB, from, to, mail string) {
	tb.Helper()
	conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.LMTP)
	require.NoError(tb, err)
	c := smtp.NewClientLMTP(conn)
	defer func() { _ = c.Close() }() // the mail is delivered by then
	require.NoError(tb, c.Mail(from, nil))
	require.NoError(tb, c.Rcpt(to, nil))
	data, err := c.Data()
	require.NoError(tb, err)
	_, err = data.Write([]byte(crlf(mail)))
	require.NoError(tb, err)
	require.NoError(tb, data.Close())
}

// Client gives an IMAP connection that is signed in as a user made by SetPassword.
// It ends with the test.
func (s *Server) Client(tb testing.TB, name string) *imapclient.Client {
	tb.Helper()
	c, err := imapclient.DialInsecure(s.IMAP, nil)
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = c.Close() }) // the test may have closed it
	s.mu.Lock()
	password := s.users[strings.ToLower(name)]
	s.mu.Unlock()
	require.NoError(tb, c.Login(name, password).Wait())
	return c
}

// Append puts a mail into a mailbox as if it had come at the given time.
func (s *Server) Append(tb testing.TB, name, mailbox string, at time.Time, mail string) {
	tb.Helper()
	s.AppendAll(tb, name, mailbox, at, []string{mail})
}

// AppendAll puts mails into a mailbox over one connection.
func (s *Server) AppendAll(tb testing.TB, name, mailbox string, at time.Time, mails []string) {
	tb.Helper()
	c := s.Client(tb, name)
	for _, mail := range mails {
		body := []byte(crlf(mail))
		cmd := c.Append(mailbox, int64(len(body)), &imap.AppendOptions{Time: at})
		_, err := cmd.Write(body)
		require.NoError(tb, err)
		require.NoError(tb, cmd.Close())
		_, err = cmd.Wait()
		require.NoError(tb, err)
	}
	require.NoError(tb, c.Logout().Wait())
}

// Mails gives all mails of a mailbox, oldest first.
func (s *Server) Mails(tb testing.TB, name, mailbox string) []string {
	tb.Helper()
	c := s.Client(tb, name)
	selected, err := c.Select(mailbox, &imap.SelectOptions{ReadOnly: true}).Wait()
	require.NoError(tb, err)
	if selected.NumMessages == 0 {
		return nil
	}
	whole := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(imap.SeqSet{{Start: 1, Stop: 0}}, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{whole}}).Collect()
	require.NoError(tb, err)
	mails := make([]string, 0, len(got))
	for _, m := range got {
		mails = append(mails, string(m.FindBodySection(whole)))
	}
	require.NoError(tb, c.Logout().Wait())
	return mails
}

// crlf ends every line as mail wants it.
func crlf(text string) string {
	return string(bytes.ReplaceAll([]byte(strings.ReplaceAll(text, "\r\n", "\n")), []byte("\n"), []byte("\r\n")))
}
