package e2e

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// letter is one accepted SMTP transaction.
type letter struct {
	From string
	To   []string
	Data []byte
	Mail *mail.Message
}

// relay is the outgoing mail server of the company: it keeps what it accepted and
// brings what is for the support mailbox there, before it says so to the client,
// as a mail server that keeps its promises does.
type relay struct {
	Addr    string
	support string
	deliver func(to string, data []byte) error

	mu      sync.Mutex
	letters []letter
	slow    time.Duration // up to so long before, and again after, a letter is accepted
}

// dawdle makes the server slow, so that something can happen in the middle.
func (r *relay) dawdle(slow time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.slow = slow
}

func (r *relay) wait() {
	r.mu.Lock()
	slow := r.slow
	r.mu.Unlock()
	if slow > 0 {
		<-time.After(rand.N(slow))
	}
}

func newRelay(t *testing.T, support string, deliver func(to string, data []byte) error) *relay {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &relay{Addr: listener.Addr().String(), support: support, deliver: deliver}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &relaySession{relay: r}, nil }))
	server.Domain = "relay.example"
	server.MaxMessageBytes = 64 << 20
	go func() { _ = server.Serve(listener) }() // ends with an error when the test closes it
	t.Cleanup(func() { _ = server.Close() })
	return r
}

// sent gives the letters to anybody but the support mailbox itself.
func (r *relay) sent() []letter {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]letter(nil), r.letters...)
}

// to gives the letters that this person got.
func (r *relay) to(address string) []letter {
	var got []letter
	for _, l := range r.sent() {
		for _, rcpt := range l.To {
			if strings.EqualFold(rcpt, address) {
				got = append(got, l)
			}
		}
	}
	return got
}

type relaySession struct {
	relay *relay
	from  string
	to    []string
}

func (s *relaySession) Reset()        { s.from, s.to = "", nil }
func (s *relaySession) Logout() error { return nil }

func (s *relaySession) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *relaySession) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *relaySession) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	msg, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return &smtp.SMTPError{Code: 554, Message: "not a mail: " + err.Error()}
	}
	s.relay.wait()
	s.relay.mu.Lock()
	s.relay.letters = append(s.relay.letters, letter{From: s.from, To: s.to, Data: data, Mail: msg})
	s.relay.mu.Unlock()
	for _, to := range s.to {
		if strings.EqualFold(to, s.relay.support) {
			if err := s.relay.deliver(to, data); err != nil {
				return &smtp.SMTPError{Code: 451, Message: err.Error()}
			}
		}
	}
	s.relay.wait() // accepted, and the client does not know it yet
	return nil
}
