package email

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"

	"github.com/tocsin/tocsin"
)

// session is a connection to the IMAP server that is signed in. It reads only:
// it neither marks nor moves a mail.
type session struct {
	*account
	client *imapclient.Client
	conn   net.Conn
	box    *imap.SelectData
	news   chan struct{} // the server told of mails
}

// openBox connects, signs in and looks into a mailbox.
func (a *account) openBox(ctx context.Context, mailbox string) (*session, error) {
	s, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := s.enter(ctx, mailbox); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (a *account) connect(ctx context.Context) (*session, error) {
	var s *session
	err := a.signIn(ctx, a.IMAP, a.Username, a.Password, func(credentials sasl.Client) error {
		conn, err := a.dial(ctx, a.IMAP, a.IMAPTLS)
		if err != nil {
			return a.unreachable(a.IMAP, err)
		}
		s = &session{account: a, conn: conn, news: make(chan struct{}, 1)}
		if err = s.do(ctx, func() error { return s.greet(credentials) }); err != nil {
			_ = conn.Close() // the error that counts is there
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// greet goes from the first byte to the end of the sign-in.
func (s *session) greet(credentials sasl.Client) error {
	options := &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(data *imapclient.UnilateralDataMailbox) {
			if data.NumMessages != nil {
				s.wake()
			}
		},
	}}
	if s.IMAPTLS == tlsStart {
		host, _, err := net.SplitHostPort(s.IMAP)
		if err != nil {
			return err
		}
		options.TLSConfig = s.tlsConfig(host)
		if s.client, err = imapclient.NewStartTLS(s.conn, options); err != nil {
			return err
		}
	} else {
		s.client = imapclient.New(s.conn, options)
	}
	if err := s.client.WaitGreeting(); err != nil {
		return err
	}
	if s.client.State() == imap.ConnStateAuthenticated { // it knows us by other means
		return nil
	}
	err := s.client.Authenticate(credentials)
	var said *imap.Error
	if errors.As(err, &said) && !passing(said) || errors.As(err, new(*sasl.OAuthBearerError)) {
		return refused{err}
	}
	return err
}

func (s *session) wake() {
	select {
	case s.news <- struct{}{}:
	default: // it is awake already
	}
}

// enter looks into a mailbox, for reading only.
func (s *session) enter(ctx context.Context, mailbox string) error {
	err := within(ctx, s.step, s.conn, func() (err error) {
		s.box, err = s.client.Select(mailbox, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	var said *imap.Error
	if errors.As(err, &said) && said.Type == imap.StatusResponseTypeNo && !passing(said) {
		return &tocsin.Error{
			Code: tocsin.CodeNotFound, Retryable: true, Cause: s.hush.Error(said),
			Message: fmt.Sprintf("%s has no mailbox %q that we may read. Check its name in the settings.", s.IMAP, mailbox),
		}
	}
	return s.failed(ctx, err)
}

// do runs one command. Its errors are *tocsin.Error; after one that is no plain
// "no" of the server the session is of no use any more.
func (s *session) do(ctx context.Context, step func() error) error {
	return s.failed(ctx, within(ctx, s.step, s.conn, step))
}

func (s *session) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var said *imap.Error
	answered := errors.As(err, &said) && ctx.Err() == nil
	switch {
	case errors.As(err, new(refused)):
		return &tocsin.Error{
			Code: tocsin.CodeUnauthorized, Cause: refused{s.hush.Error(err)},
			Message: s.IMAP + " refuses our credentials. Check them in the channel's settings.",
		}
	case answered:
		return &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, Cause: s.hush.Error(err),
			Message: s.IMAP + " has trouble of its own.",
		}
	default:
		return s.unreachable(s.IMAP, err)
	}
}

// passing tells whether a "no" may become a "yes" without anybody's doing (RFC 5530).
func passing(said *imap.Error) bool {
	return said.Type == imap.StatusResponseTypeBye || slices.Contains([]imap.ResponseCode{
		imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug,
	}, said.Code)
}

// close says goodbye without waiting for an answer.
func (s *session) close() {
	_ = s.conn.Close() // nothing was written that could be lost
}
