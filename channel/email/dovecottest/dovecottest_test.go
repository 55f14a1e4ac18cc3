package dovecottest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/email/dovecottest"
)

const mail = "From: ana@example.org\nTo: support@example.org\nSubject: Hello\n\nIt rings.\n"

func TestServerTakesMailByBothWays(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Options{})
	s.SetPassword(t, "support@example.org", "open sesame")
	require.Empty(t, s.Mails(t, "support@example.org", "INBOX"))

	s.Deliver(t, "ana@example.org", "support+d12@example.org", mail)
	s.Append(t, "support@example.org", "INBOX", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), mail)

	got := s.Mails(t, "support@example.org", "INBOX")
	require.Len(t, got, 2)
	for _, one := range got {
		require.True(t, strings.HasSuffix(one, "It rings.\r\n"), one)
	}
}

func TestServerHidesIdleWhenAsked(t *testing.T) {
	t.Parallel()
	for _, without := range []bool{false, true} {
		s := dovecottest.Start(t, dovecottest.Options{NoIdle: without})
		s.SetPassword(t, "support@example.org", "open sesame")
		require.Equal(t, !without, s.Client(t, "support@example.org").Caps().Has(imap.CapIdle))
	}
}

func TestServerForgetsAnOldPassword(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Options{})
	s.SetPassword(t, "support@example.org", "first")
	c := s.Client(t, "support@example.org")
	require.NoError(t, c.Logout().Wait())
	s.SetPassword(t, "support@example.org", "the second")
	c = s.Client(t, "support@example.org")
	require.NoError(t, c.Noop().Wait())
}

func TestServerStopsTwice(t *testing.T) {
	t.Parallel()
	s := dovecottest.Start(t, dovecottest.Options{})
	s.Stop()
	s.Stop()
}
