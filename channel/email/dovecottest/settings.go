package dovecottest

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// settings are dovecot.conf. Nothing of the machine's own Dovecot is read.
func (s *Server) settings(tb testing.TB) string {
	tb.Helper()
	lines, ids := owner(tb)
	if s.opt.NoIdle {
		lines += "imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE LITERAL+ UIDPLUS\n"
	}
	return strings.NewReplacer(
		"DIR", s.dir, "IMAPS_PORT", port(tb, s.IMAPS), "IMAP_PORT", port(tb, s.IMAP), "LMTP_PORT", port(tb, s.LMTP), "IDS", ids,
		"LOG", filepath.Join(s.dir, "log"),
	).Replace(template) + lines
}

func port(tb testing.TB, address string) string {
	tb.Helper()
	_, number, err := net.SplitHostPort(address)
	require.NoError(tb, err)
	return number
}

const template = `
base_dir = DIR/run
state_dir = DIR/state
log_path = LOG
protocols = imap lmtp
listen = 127.0.0.1
ssl = yes
ssl_cert = <DIR/cert.pem
ssl_key = <DIR/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
auth_username_format = %Lu
recipient_delimiter = +
mail_location = maildir:~/mail
mail_fsync = never
mail_max_userip_connections = 1000
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN DIR/users/%Lu
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = DIR/oauth2.conf
}
userdb {
  driver = static
  args = IDS home=DIR/home/%u allow_all_users=yes
}
namespace inbox {
  inbox = yes
}
service imap-login {
  chroot =
  service_count = 0
  inet_listener imap {
    port = IMAP_PORT
  }
  inet_listener imaps {
    port = IMAPS_PORT
    ssl = yes
  }
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = LMTP_PORT
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
`
