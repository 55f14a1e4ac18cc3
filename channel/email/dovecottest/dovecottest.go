// Package dovecottest starts a real Dovecot for tests: IMAP (plain, STARTTLS, TLS)
// and LMTP on free loopback ports, in a folder of its own, with users by password
// and by OAuth2 token. It knows nothing of Tocsin: it is a mail server that a test
// fills and empties.
package dovecottest

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// How long the server may take to start and to end.
const (
	startWait = 20 * time.Second
	stopWait  = 10 * time.Second
	knock     = 20 * time.Millisecond
)

// mailUser owns the mails when the tests run as root, whom Dovecot refuses.
const mailUser = 65534

// Options of a Server. The zero value is good.
type Options struct {
	NoIdle bool // the server does not offer IDLE
}

// Server is a running Dovecot. Its methods may be called from any goroutine.
type Server struct {
	IMAP  string // host:port, plain or STARTTLS
	IMAPS string // host:port, TLS from the first byte
	LMTP  string // host:port
	CA    string // PEM file of the authority that signed the server's certificate

	dir    string
	opt    Options
	tokens *httptest.Server

	mu    sync.Mutex
	cmd   *exec.Cmd
	life  io.Closer         // the server ends when this is closed
	users map[string]string // name → password
	live  map[string]string // token → name
}

// Start brings up a server, which ends with the test. Without Dovecot the test is
// skipped; where the environment says CI=true it fails.
func Start(tb testing.TB, opt Options) *Server {
	tb.Helper()
	program, err := exec.LookPath("dovecot")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/dovecot")
	}
	if err != nil {
		const missing = "Dovecot is missing. Install the Debian packages dovecot-imapd and dovecot-lmtpd."
		if os.Getenv("CI") == "true" {
			require.FailNow(tb, missing)
		}
		tb.Skip(missing)
	}
	s := &Server{opt: opt, users: map[string]string{}, live: map[string]string{}}
	s.prepare(tb)
	s.run(tb, program)
	tb.Cleanup(s.Stop)
	return s
}

// prepare lays out the folder. It is not the test's own: the path of a socket
// must be short, and another user must be able to walk to the mails.
func (s *Server) prepare(tb testing.TB) {
	tb.Helper()
	dir, err := os.MkdirTemp("", "dovecot")
	require.NoError(tb, err)
	tb.Cleanup(func() { _ = os.RemoveAll(dir) }) // what is left of a temporary folder harms nobody
	s.dir = dir
	require.NoError(tb, os.Chmod(dir, 0o755)) //nolint:gosec // the mail user walks through it
	home := filepath.Join(dir, "home")
	require.NoError(tb, os.Mkdir(home, 0o700))
	if os.Geteuid() == 0 {
		require.NoError(tb, os.Chown(home, mailUser, mailUser))
	}
	s.CA = certify(tb, dir)
	s.tokens = s.introspection()
	tb.Cleanup(s.tokens.Close)
	s.IMAP, s.IMAPS, s.LMTP = freePort(tb), freePort(tb), freePort(tb)
	require.NoError(tb, os.Mkdir(filepath.Join(dir, "users"), 0o755)) //nolint:gosec // Dovecot's own user reads it
	s.write(tb, "oauth2.conf", "introspection_mode = post\nintrospection_url = "+s.tokens.URL+
		"/\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n")
	s.write(tb, "dovecot.conf", s.settings(tb))
}

func (s *Server) run(tb testing.TB, program string) {
	tb.Helper()
	// The shell ends it when its input does: so it goes away with the tests, even
	// if they crash.
	s.cmd = exec.Command("/bin/sh", "-c", `"$0" -F -c "$1" & read -r _; kill $!; wait`, program, filepath.Join(s.dir, "dovecot.conf")) //nolint:noctx,gosec // it is ended by Stop; the words are our own
	var err error
	s.life, err = s.cmd.StdinPipe()
	require.NoError(tb, err)
	require.NoError(tb, s.cmd.Start())
	for _, address := range []string{s.IMAP, s.IMAPS, s.LMTP} {
		require.Eventually(tb, func() bool {
			conn, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", address)
			if err == nil {
				_ = conn.Close() // it was only a knock
			}
			return err == nil
		}, startWait, knock, "Dovecot does not listen; its log says:\n%s", s.Log())
	}
}

// Stop ends the server and waits until it is gone. A second call does nothing.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cmd == nil {
		return
	}
	_ = s.life.Close() // it may have ended by itself
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.cmd.Wait() }() // that it ended is all that counts
	select {
	case <-ended:
	case <-time.After(stopWait):
		_ = s.cmd.Process.Kill()
		<-ended
	}
	s.cmd = nil
}

// Log gives what the server wrote so far.
func (s *Server) Log() string {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (s *Server) write(tb testing.TB, name, text string) {
	tb.Helper()
	require.NoError(tb, os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o644)) //nolint:gosec // Dovecot's own user reads it; nothing in it is secret
}

// freePort finds a port that nobody listens on.
func freePort(tb testing.TB) string {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	defer func() { require.NoError(tb, l.Close()) }()
	return l.Addr().String()
}

// owner gives the settings by which Dovecot runs as whoever runs the tests.
func owner(tb testing.TB) (lines, ids string) {
	tb.Helper()
	if os.Geteuid() == 0 {
		return "", fmt.Sprintf("uid=%d gid=%d", mailUser, mailUser)
	}
	me, err := user.Current()
	require.NoError(tb, err)
	group, err := user.LookupGroupId(me.Gid)
	require.NoError(tb, err)
	return fmt.Sprintf("default_internal_user = %s\ndefault_login_user = %s\ndefault_internal_group = %s\n", me.Username, me.Username, group.Name),
		fmt.Sprintf("uid=%s gid=%s", me.Uid, me.Gid)
}
