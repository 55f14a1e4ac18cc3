package email

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// line is a connection to the SMTP server that is signed in.
type line struct {
	client *smtp.Client
	conn   net.Conn
	mails  int         // how many went over it
	hangUp *time.Timer // ends it when it was idle for too long
}

// lineUp connects and signs in. Its errors are *tocsin.Error and never uncertain.
func (a *account) lineUp(ctx context.Context) (*line, error) {
	user, password := a.SMTPUsername, a.SMTPPassword
	if user == "" {
		user = a.Username
	}
	if password.IsZero() {
		password = a.Password
	}
	if !a.SMTPLogin {
		return a.greet(ctx, nil)
	}
	var l *line
	err := a.signIn(ctx, a.SMTP, user, password, func(credentials sasl.Client) (err error) {
		auth := &overSMTP{Client: credentials, user: user}
		if a.Auth == authPassword {
			auth.password = password
		}
		l, err = a.greet(ctx, auth)
		return err
	})
	return l, err
}

// greet goes from the first byte to the end of the sign-in.
func (a *account) greet(ctx context.Context, auth *overSMTP) (*line, error) {
	host, text, err := net.SplitHostPort(a.SMTP)
	if err != nil {
		return nil, a.unreachable(a.SMTP, err)
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, a.unreachable(a.SMTP, err)
	}
	conn, err := a.dial(ctx, a.SMTP, a.SMTPTLS)
	if err != nil {
		return nil, a.unreachable(a.SMTP, err)
	}
	policy := mail.NoTLS // or done by dial
	if a.SMTPTLS == tlsStart {
		policy = mail.TLSMandatory
	}
	options := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(stepTimeout), mail.WithHELO(a.domain),
		mail.WithTLSPolicy(policy), mail.WithTLSConfig(a.tlsConfig(host)),
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if auth != nil {
		options = append(options, mail.WithSMTPAuthCustom(auth))
	}
	l := &line{conn: conn}
	err = within(ctx, a.step, conn, func() error {
		client, err := mail.NewClient(host, options...)
		if err != nil {
			return err
		}
		l.client, err = client.DialToSMTPClientWithContext(ctx)
		return err
	})
	if err != nil {
		_ = conn.Close() // the error that counts is there
		return nil, a.greetError(err)
	}
	return l, nil
}

// post carries one mail over a line to the given recipients, all in one
// transaction, so that all of them get it or none.
func (a *account) post(ctx context.Context, l *line, from string, to []string, m *mail.Msg) error {
	stage, recipient := stageBefore, ""
	err := within(ctx, a.step, l.conn, func() error {
		if err := l.client.UpdateDeadline(stepTimeout); err != nil {
			return err
		}
		if err := l.client.Mail("<" + from + ">"); err != nil {
			return err
		}
		stage = stageRecipient
		for _, recipient = range to {
			if err := l.client.Rcpt("<" + recipient + ">"); err != nil {
				return err
			}
		}
		stage = stageBefore
		data, err := l.client.Data()
		if err != nil {
			return err
		}
		if _, err := m.WriteTo(data); err != nil {
			return err // without the final dot the server has nothing
		}
		stage = stageAfter
		return data.Close()
	})
	if err != nil {
		return a.postError(err, stage, recipient)
	}
	l.mails++
	return nil
}

// send carries one mail over an idle line or a new one.
func (a *account) send(ctx context.Context, from string, to []string, m *mail.Msg) error {
	l := a.lines.take(ctx)
	if l == nil {
		var err error
		if l, err = a.lineUp(ctx); err != nil {
			return err
		}
	}
	if err := a.post(ctx, l, from, to, m); err != nil {
		_ = l.conn.Close() // what state it is in is not worth finding out
		return err
	}
	a.lines.give(l)
	return nil
}
