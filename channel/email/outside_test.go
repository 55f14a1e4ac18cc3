package email

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
	"github.com/tocsin/tocsin/channel/email/smtptest"
	"github.com/tocsin/tocsin/config"
)

// people counts users over all tests, so that each has a mailbox of its own.
var people atomic.Int64

// outside is a mailbox on a real Dovecot behind a proxy that can fail, and an SMTP
// server that delivers copies into it.
type outside struct {
	dovecot  *dovecottest.Server
	smtp     *smtptest.Server
	proxy    *proxy
	address  string
	password string
}

func newOutside(tb testing.TB, dovecot *dovecottest.Server) *outside {
	tb.Helper()
	n := people.Add(1)
	o := &outside{
		dovecot: dovecot, address: fmt.Sprintf("support%d@example.org", n), password: fmt.Sprintf("open sesame %d", n),
		proxy: newProxy(tb, dovecot.IMAP),
	}
	dovecot.SetPassword(tb, o.address, o.password)
	o.smtp = smtptest.Start(tb, smtptest.Options{
		User: o.address, Password: o.password,
		OnMail: func(m smtptest.Mail) {
			for _, to := range m.To {
				if to == o.address {
					dovecot.Deliver(tb, m.From, to, m.Data)
				}
			}
		},
	})
	return o
}

func (o *outside) settings(more ...map[string]any) map[string]any {
	all := map[string]any{
		"address": o.address, "password": o.password, "imap": o.proxy.addr, "imap_tls": "none",
		"smtp": o.smtp.Addr, "smtp_tls": "none", "poll": "1s",
	}
	for _, m := range more {
		for key, value := range m {
			all[key] = value
		}
	}
	return all
}

func (o *outside) account(tb testing.TB, more ...map[string]any) *account {
	tb.Helper()
	return accountOf(tb, o.settings(more...))
}

func accountOf(tb testing.TB, raw map[string]any) *account {
	tb.Helper()
	s, err := readSettings(config.NewSettings(raw))
	require.NoError(tb, err)
	return newAccount(s, channel.Env{Name: "mail", Log: slog.New(slog.DiscardHandler), Now: time.Now})
}

// offline is an account for tests that need no server.
func offline(tb testing.TB, more ...map[string]any) *account {
	tb.Helper()
	raw := map[string]any{
		"address": "support@example.org", "password": "x", "imap": "127.0.0.1:1", "smtp": "127.0.0.1:1",
	}
	for _, m := range more {
		for key, value := range m {
			raw[key] = value
		}
	}
	return accountOf(tb, raw)
}

// say lets n people write, and gives the ids of their mails.
func (o *outside) say(tb testing.TB, n int) []string {
	tb.Helper()
	ids := make([]string, n)
	for i := range ids {
		k := people.Add(1)
		ids[i] = fmt.Sprintf("m%d@example.net", k)
		o.dovecot.Deliver(tb, "ana@example.net", o.address, letterOf(
			fmt.Sprintf("From: Ana <ana%d@example.net>", k), "Message-ID: <"+ids[i]+">", "Subject: It fails")+"I cannot sign in.\n")
	}
	return ids
}

// letterOf writes a header.
func letterOf(lines ...string) string {
	return strings.Join(lines, "\r\n") + "\r\n\r\n"
}

// message is an answer to somebody, with a new key.
func (o *outside) message() tocsin.Message {
	k := people.Add(1)
	return messageTo(fmt.Sprintf("ana%d@example.net", k), fmt.Sprintf("u1.r%d", k))
}

func messageTo(to, key string) tocsin.Message {
	way, _ := json.Marshal(route{To: to, MessageID: key + "@example.net", References: []string{"root@example.net"}, Subject: "It fails"})
	return tocsin.Message{
		Key: key, Delivery: 12, Text: "We are aware.\n",
		Report: tocsin.Report{ID: 7, ExternalID: key + "@example.net", Reporter: tocsin.Reporter{ID: "mailto:" + to}, Route: way},
	}
}

// tlsConfig gives a server configuration with Dovecot's certificate.
func tlsConfig(tb testing.TB, dovecot *dovecottest.Server) *tls.Config {
	tb.Helper()
	pair, err := tls.LoadX509KeyPair(dovecot.CA, filepath.Join(filepath.Dir(dovecot.CA), "key.pem"))
	require.NoError(tb, err)
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
}

// How a proxy treats connections.
const (
	pass   = iota
	refuse // hang up at once
	flaky  // hang up on every second one
	mute   // take them and say nothing; those that are open go silent too
)

// proxy stands between a channel and a server.
type proxy struct {
	addr string
	next string

	mu    sync.Mutex
	mode  int
	count int
	open  []net.Conn
}

func newProxy(tb testing.TB, next string) *proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	p := &proxy{addr: l.Addr().String(), next: next}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
	tb.Cleanup(func() { _ = l.Close(); p.set(pass) })
	return p
}

// set changes the mode and cuts what is open, unless it is to go silent.
func (p *proxy) set(mode int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode, p.count = mode, 0
	if mode == mute {
		return
	}
	for _, conn := range p.open {
		_ = conn.Close()
	}
	p.open = nil
}

func (p *proxy) muted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mode == mute
}

func (p *proxy) serve(conn net.Conn) {
	p.mu.Lock()
	p.count++
	hangUp := p.mode == refuse || p.mode == flaky && p.count%2 == 1
	p.open = append(p.open, conn)
	p.mu.Unlock()
	if hangUp {
		_ = conn.Close()
		return
	}
	if p.muted() {
		return
	}
	far, err := net.Dial("tcp", p.next)
	if err != nil {
		_ = conn.Close()
		return
	}
	copyAll := func(to, from net.Conn) {
		buf := make([]byte, 32<<10)
		for {
			n, err := from.Read(buf)
			if !p.muted() && n > 0 {
				_, _ = to.Write(buf[:n])
			}
			if err != nil {
				_ = to.Close()
				return
			}
		}
	}
	go copyAll(far, conn)
	copyAll(conn, far)
}
