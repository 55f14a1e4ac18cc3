// Package email is a mailbox as a channel: it reads reports by IMAP, and it
// answers and pages by SMTP. It knows mail and nothing else: it keeps no state but
// its connections, cleans no text, and must not know the store, triage or who is
// answered when.
//
// What comes in goes through three gates, in this order: loop.go sorts out what no
// person wrote (RFC 3834), bounce.go reads what mail servers report about our own
// mails, and parse.go makes reports of the rest.
package email

import (
	_ "embed"
	"log/slog"
	"net"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

//go:embed README.md
var doc string

//go:embed example.yml
var example string

//go:embed icon.svg
var icon string

// Type is e-mail.
func Type() channel.Type {
	return channel.Type{Name: "email", Title: "E-mail", Doc: doc, Example: example, Icon: icon, New: open}
}

// account is one mailbox and the way out of it.
type account struct {
	settings
	name   string
	log    *slog.Logger
	now    func() time.Time
	hush   channel.Redactor
	tokens *tokens
	lines  lines
	names  *net.Resolver
	// keepAlive is how long an IDLE may last in silence, step how long one command.
	keepAlive, step time.Duration
}

func open(env channel.Env) (tocsin.Channel, error) {
	s, err := readSettings(env.Settings)
	if err != nil {
		return tocsin.Channel{}, err
	}
	a := newAccount(s, env)
	ch := tocsin.Channel{Name: env.Name, Type: "email", Checker: a, Prover: a, Importer: a}
	if s.IMAP != "" {
		ch.Source, ch.Streamer = a, a
	}
	if s.SMTP != "" {
		ch.Replier, ch.Pager = a, a
	}
	if s.IMAP != "" && s.SMTP != "" {
		ch.Finder = a
	}
	return ch, nil
}

func newAccount(s settings, env channel.Env) *account {
	secrets := []config.Secret{s.Password, s.SMTPPassword, s.Token, s.ClientSecret, s.RefreshToken}
	return &account{
		settings: s, name: env.Name, log: env.Log, now: env.Now,
		hush: channel.NewRedactor(secrets...), tokens: newTokens(s, env, secrets), names: nameServer(s.NameServer), keepAlive: keepAlive, step: stepTimeout,
	}
}
