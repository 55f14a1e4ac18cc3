// Package zendesk is a Zendesk account as a channel: tickets come in by the
// incremental export, and an answer is a public comment in the reporter's own
// ticket. It knows Zendesk's ticketing API and nothing else: it keeps no state but
// what it was last told of the limits.
//
// A webhook is a hint that makes a ticket come sooner. The export is the truth:
// what a hint brings, the export brings again under the same ids.
//
// https://developer.zendesk.com/api-reference/ticketing/introduction/
package zendesk

import (
	_ "embed"
	"encoding/base64"
	"log/slog"
	"regexp"
	"strings"
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

// Type is the channel type zendesk.
func Type() channel.Type {
	return channel.Type{Name: "zendesk", Title: "Zendesk", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says.
type settings struct {
	Subdomain     string        `config:"subdomain,required"`
	URL           string        `config:"url"`
	Email         string        `config:"email"`
	APIToken      config.Secret `config:"api_token"`
	Token         config.Secret `config:"token"`
	WebhookSecret config.Secret `config:"webhook_secret"`
	Since         time.Duration `config:"since"`
	SkipTags      []string      `config:"skip_tags"`
	AllowPrivate  bool          `config:"allow_private"`
}

const (
	// defaultSince is how far back the first look goes.
	defaultSince = 7 * 24 * time.Hour
	// maxBody is how much of an answer is read: a page of the export whose tickets
	// are all as long as they can be.
	maxBody = 64 << 20
)

// desk is one account.
type desk struct {
	settings
	name    string
	auth    string // the header Authorization
	client  *channel.Client
	log     *slog.Logger
	now     func() time.Time
	gauge   channel.Gauge
	exports channel.Pace
}

// subdomain matches the name of an account: the first label of its address.
var subdomain = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9-]*$`)

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Since: defaultSince}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	if s.URL == "" {
		s.URL = "https://" + s.Subdomain + ".zendesk.com"
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	d := newDesk(s, env)
	ch := tocsin.Channel{Name: env.Name, Type: "zendesk", Source: d, Replier: d, Finder: d, Checker: d, Meter: d}
	if !s.WebhookSecret.IsZero() {
		ch.Receiver = d
	}
	return ch, nil
}

// check finds what does not go together.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	if !subdomain.MatchString(s.Subdomain) {
		errs = append(errs, raw.Mistake("subdomain", "This is no subdomain: give the part before .zendesk.com."))
	}
	if wrong := channel.BadAddress(s.URL, s.AllowPrivate); wrong != "" {
		errs = append(errs, raw.Mistake("url", "%s", wrong))
	}
	byToken := s.Email != "" && !s.APIToken.IsZero()
	switch {
	case byToken == !s.Token.IsZero():
		errs = append(errs, raw.Mistake("", "Give either email and api_token, or token (OAuth)."))
	case s.Token.IsZero() && strings.ContainsAny(s.Email, ":\r\n"):
		errs = append(errs, raw.Mistake("email", "This is no mail address."))
	}
	if s.Since < time.Hour {
		errs = append(errs, raw.Mistake("since", "It must be one hour at least."))
	}
	return config.Join(errs...)
}

func newDesk(s settings, env channel.Env) *desk {
	auth := "Bearer " + s.Token.Reveal()
	if s.Token.IsZero() {
		auth = "Basic " + base64.StdEncoding.EncodeToString([]byte(s.Email+"/token:"+s.APIToken.Reveal()))
	}
	return &desk{
		settings: s, name: env.Name, auth: auth, log: env.Log, now: env.Now,
		client: channel.NewClient(channel.Options{
			MaxBody: maxBody, AllowPrivate: s.AllowPrivate, Now: env.Now,
			Secrets: []config.Secret{s.APIToken, s.Token, s.WebhookSecret, config.NewSecret(strings.TrimPrefix(auth, "Basic "))},
		}),
		exports: channel.Pace{Most: exportsPerMinute, In: time.Minute},
	}
}
