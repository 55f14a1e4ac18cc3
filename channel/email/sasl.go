package email

import (
	"context"
	"errors"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail/smtp"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// refused is a sign-in that the server turned down.
type refused struct{ error }

// Unwrap gives what the server said.
func (r refused) Unwrap() error { return r.error }

// signIn makes a connection by connect, which is given our credentials. A token
// that was refused is renewed, and connect is called once more.
func (a *account) signIn(ctx context.Context, server, user string, password config.Secret, connect func(sasl.Client) error) error {
	for again := true; ; again = false {
		credentials, token, err := a.credentials(ctx, server, user, password)
		if err != nil {
			return err
		}
		err = connect(credentials)
		if !errors.As(err, new(refused)) || !again || !a.tokens.spoil(token) {
			return err
		}
	}
}

// credentials are what is said at sign-in, and the token in it, if one is.
func (a *account) credentials(ctx context.Context, server, user string, password config.Secret) (sasl.Client, string, error) {
	if a.Auth == authPassword {
		return sasl.NewPlainClient("", user, password.Reveal()), "", nil
	}
	token, err := a.tokens.get(ctx)
	if err != nil {
		return nil, "", err
	}
	if a.Auth == authXOAuth2 {
		return &xoauth2{user: user, token: token}, token, nil
	}
	host, text, _ := net.SplitHostPort(server)
	port, err := strconv.Atoi(text)
	if err != nil {
		return nil, "", tocsin.Errorf(tocsin.CodeInvalid, "The port of %s is no number.", server)
	}
	return sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: user, Token: token, Host: host, Port: port}), token, nil
}

// xoauth2 is the mechanism XOAUTH2.
// https://developers.google.com/workspace/gmail/imap/xoauth2-protocol
type xoauth2 struct{ user, token string }

// Start gives the mechanism's name and all that it has to say.
func (x *xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers a refusal with nothing, as the mechanism wants; the error follows.
func (x *xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }

// overSMTP lets a SASL mechanism speak SMTP. A server that has only LOGIN for
// passwords (Exchange) gets it.
type overSMTP struct {
	sasl.Client
	user     string
	password config.Secret
}

// Start begins the exchange.
func (o *overSMTP) Start(server *smtp.ServerInfo) (string, []byte, error) {
	if !o.password.IsZero() && !slices.Contains(server.Auth, sasl.Plain) && slices.Contains(server.Auth, sasl.Login) {
		o.Client = sasl.NewLoginClient(o.user, o.password.Reveal())
	}
	return o.Client.Start()
}

// Next answers a challenge.
func (o *overSMTP) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	return o.Client.Next(challenge)
}
