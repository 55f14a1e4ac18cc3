package smtptest

import (
	"strings"

	"github.com/emersion/go-smtp"
)

// login is the server's side of LOGIN.
type login struct {
	session *session
	said    []string
}

// Next asks for the user, then for the password.
func (l *login) Next(response []byte) (challenge []byte, done bool, err error) {
	if response != nil {
		l.said = append(l.said, string(response))
	}
	switch len(l.said) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	default:
		o := l.session.server.opt
		return nil, true, l.session.sign(l.said[0] == o.User && l.said[1] == o.Password)
	}
}

// xoauth2 is the server's side of XOAUTH2.
type xoauth2 struct {
	session *session
	failed  bool
}

// Next takes what the client says: a token, then nothing if that was refused.
func (x *xoauth2) Next(response []byte) (challenge []byte, done bool, err error) {
	if x.failed {
		return nil, false, smtp.ErrAuthFailed
	}
	_, token, _ := strings.Cut(string(response), "auth=Bearer ")
	token, _, _ = strings.Cut(token, "\x01")
	if x.session.sign(x.session.server.opt.Tokens(token)) == nil {
		return nil, true, nil
	}
	x.failed = true
	return []byte(`{"status":"401"}`), false, nil
}
