// Package smtptest is an SMTP server for tests: it keeps what it accepts, hands it
// on if asked, and misbehaves on demand. It knows nothing of Tocsin.
package smtptest

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// Fault is a way in which the server misbehaves.
type Fault int

// The faults. Unless it says otherwise, a server with one accepts nothing.
const (
	Healthy    Fault = iota
	Down             // 451 to every MAIL
	Refused          // 535 to every sign-in
	NoSuchUser       // 550 to every recipient
	NoContent        // 554 behind the final dot
	LaterOn          // 452 behind the final dot
	CutEarly         // the line breaks at RCPT
	CutData          // the line breaks once DATA has begun, with most of it unread
	CutLate          // the mail is accepted, and the line breaks before the answer
	Hang             // it connects and says nothing
	Busy             // 421 to every greeting
	Banned           // 554 to every greeting
)

// Mail is what the server accepted in one transaction.
type Mail struct {
	From string
	To   []string
	Data string // with CRLF line ends
}

// Options of a Server. The zero value takes mail from anybody, in plain text.
type Options struct {
	User, Password string            // if set, a sign-in is asked for
	LoginOnly      bool              // LOGIN is the one mechanism for them
	Tokens         func(string) bool // if set, OAuth2 tokens are taken too
	TLS            *tls.Config       // if set, STARTTLS is offered
	Implicit       bool              // TLS begins at once
	OnMail         func(Mail)        // called for each accepted mail, before the answer
}

// Server is a running SMTP server. Its methods may be called from any goroutine.
type Server struct {
	Addr string // host:port

	opt    Options
	mu     sync.Mutex
	fault  Fault
	mails  []Mail
	open   map[net.Conn]bool
	logins int
}

// Start brings up a server, which ends with the test.
func Start(tb testing.TB, opt Options) *Server {
	tb.Helper()
	l, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	require.NoError(tb, err)
	s := &Server{Addr: l.Addr().String(), opt: opt, open: map[net.Conn]bool{}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		switch s.now() {
		case Busy:
			return nil, &smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 3, 2}, Message: "Too many connections"}
		case Banned:
			return nil, &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "We don't talk to you"}
		default:
			return &session{server: s, conn: c, signed: opt.User == ""}, nil
		}
	}))
	server.Domain, server.AllowInsecureAuth = "localhost", true
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.ErrorLog = silent{}
	if opt.TLS != nil && !opt.Implicit {
		server.TLSConfig = opt.TLS
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(&listener{Listener: l, server: s}) // it ends by being closed
	}()
	tb.Cleanup(func() {
		_ = server.Close() // the test is over
		_ = l.Close()      // the server may not have seen it yet
		s.Break(Healthy)
		<-ended
	})
	return s
}

// Break makes the server misbehave from now on. Open connections end.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	s.fault = f
	for conn := range s.open {
		_ = conn.Close() // the other side finds out
	}
	clear(s.open)
	s.mu.Unlock()
}

// Mails gives what was accepted, in order.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// Logins counts the connections that were made.
func (s *Server) Logins() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

func (s *Server) now() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fault
}

// listener keeps track of connections, and leaves the silent ones alone.
type listener struct {
	net.Listener
	server *Server
}

// Accept gives the next connection to be served.
func (l *listener) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		l.server.mu.Lock()
		l.server.open[conn] = true
		l.server.logins++
		hang := l.server.fault == Hang
		l.server.mu.Unlock()
		switch {
		case hang:
		case l.server.opt.Implicit:
			return tls.Server(conn, l.server.opt.TLS), nil
		default:
			return conn, nil
		}
	}
}

type silent struct{}

// Printf drops a line.
func (silent) Printf(string, ...any) {}

// Println drops a line.
func (silent) Println(...any) {}

// session is one connection.
type session struct {
	server *Server
	conn   *smtp.Conn
	signed bool
	mail   Mail
}

// AuthMechanisms lists the ways to sign in.
func (s *session) AuthMechanisms() []string {
	var all []string
	switch {
	case s.server.opt.LoginOnly:
		all = append(all, sasl.Login)
	case s.server.opt.User != "":
		all = append(all, sasl.Plain)
	}
	if s.server.opt.Tokens != nil {
		all = append(all, sasl.OAuthBearer, "XOAUTH2")
	}
	return all
}

// Auth begins a sign-in.
func (s *session) Auth(mech string) (sasl.Server, error) {
	switch mech {
	case sasl.Plain:
		return sasl.NewPlainServer(func(_, user, password string) error {
			return s.sign(user == s.server.opt.User && password == s.server.opt.Password)
		}), nil
	case sasl.Login:
		return &login{session: s}, nil
	case sasl.OAuthBearer:
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if s.sign(s.server.opt.Tokens(o.Token)) != nil {
				return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			return nil
		}), nil
	case "XOAUTH2":
		return &xoauth2{session: s}, nil
	default:
		return nil, smtp.ErrAuthUnknownMechanism
	}
}

func (s *session) sign(good bool) error {
	if !good || s.server.now() == Refused {
		return smtp.ErrAuthFailed
	}
	s.signed = true
	return nil
}

// Mail begins a transaction.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if !s.signed {
		return smtp.ErrAuthRequired
	}
	if s.server.now() == Down {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Come back later"}
	}
	s.mail = Mail{From: from}
	return nil
}

// Rcpt adds a recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch s.server.now() {
	case NoSuchUser:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such user"}
	case CutEarly:
		return errors.Join(s.conn.Conn().Close(), io.ErrClosedPipe)
	default: // the others come earlier or later
	}
	s.mail.To = append(s.mail.To, to)
	return nil
}

// Data takes the mail.
func (s *session) Data(r io.Reader) error {
	fault := s.server.now()
	if fault == CutData {
		return errors.Join(s.conn.Conn().Close(), io.ErrClosedPipe)
	}
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	switch fault {
	case NoContent:
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "We don't like it"}
	case LaterOn:
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "The disk is full"}
	default: // the others come earlier or later
	}
	s.mail.Data = string(body)
	s.server.mu.Lock()
	s.server.mails = append(s.server.mails, s.mail)
	s.server.mu.Unlock()
	if s.server.opt.OnMail != nil {
		s.server.opt.OnMail(s.mail)
	}
	if fault == CutLate {
		return errors.Join(s.conn.Conn().Close(), io.ErrClosedPipe)
	}
	return nil
}

// Reset forgets the transaction.
func (s *session) Reset() { s.mail = Mail{} }

// Logout ends the session.
func (s *session) Logout() error { return nil }
