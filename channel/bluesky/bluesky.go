// Package bluesky is an account on the AT protocol's network that Bluesky made. It
// hears who mentions, answers or quotes the account and who writes certain words,
// answers in the thread, and posts in public. It must not know the store, triage
// or who is answered when.
//
// Polling brings all that the account is told of; Jetstream, the network's stream
// of posts, brings the same sooner, and edits and deletions with it.
//
// https://docs.bsky.app
package bluesky

import (
	_ "embed"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bluesky-social/indigo/atproto/atclient"

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

// Type is the channel type bluesky.
func Type() channel.Type {
	return channel.Type{Name: "bluesky", Title: "Bluesky", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the operator may write. README.md explains each.
type settings struct {
	Service      string        `config:"service"` // the account's own server (PDS)
	Identifier   string        `config:"identifier,required"`
	Password     config.Secret `config:"password,required"`
	Terms        []string      `config:"terms"`
	Jetstream    string        `config:"jetstream"` // "" polls only
	Since        time.Duration `config:"since"`     // how far back the first look goes
	AllowPrivate bool          `config:"allow_private"`
}

const (
	defaultService = "https://bsky.social"
	// https://github.com/bluesky-social/jetstream#public-instances
	defaultJetstream = "wss://jetstream2.us-east.bsky.network/subscribe"
	defaultSince     = 7 * 24 * time.Hour
	// maxTerms keeps polling far within the limit of calls.
	maxTerms = 20
	// minTerm is the least length of a term, in bytes: the whole network is searched.
	minTerm = 3
)

// account is one account.
type account struct {
	settings
	client  *channel.Client
	api     *atclient.APIClient
	session *session
	limits  limits
	log     *slog.Logger
	now     func() time.Time

	mu     sync.Mutex
	people map[string]profile // by DID, for the stream
}

func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Service: defaultService, Jetstream: defaultJetstream, Since: defaultSince}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	a := newAccount(s, env)
	ch := tocsin.Channel{
		Name: env.Name, Type: "bluesky",
		Source: a, Replier: a, Poster: a, Finder: a, Checker: a, Measurer: ruler{}, Meter: &a.limits,
	}
	if s.Jetstream != "" {
		ch.Streamer = a
	}
	return ch, nil
}

func newAccount(s settings, env channel.Env) *account {
	a := &account{settings: s, log: env.Log, now: env.Now, people: map[string]profile{}}
	a.client = channel.NewClient(channel.Options{
		AllowPrivate: s.AllowPrivate, Secrets: []config.Secret{s.Password}, Now: env.Now,
	})
	a.session = &session{account: a}
	a.api = &atclient.APIClient{
		Client:  &http.Client{Transport: &bridge{account: a}},
		Host:    s.Service,
		Auth:    a.session,
		Headers: http.Header{"User-Agent": {channel.DefaultUserAgent}},
	}
	return a
}

// check holds the settings against what can be, and tidies them.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	s.Service = strings.TrimRight(s.Service, "/")
	if u, err := url.Parse(s.Service); err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || !s.safe(u, "https", "http") {
		errs = append(errs, raw.Mistake("service", "This is no server. Write it like https://bsky.social; plain http needs allow_private: true."))
	}
	if u, err := url.Parse(s.Jetstream); s.Jetstream != "" && (err != nil || u.Host == "" || u.RawQuery != "" || !s.safe(u, "wss", "ws")) {
		errs = append(errs, raw.Mistake("jetstream", "This is no stream. Write it like %s, or \"\" for none; plain ws needs allow_private: true.", defaultJetstream))
	}
	s.Identifier = strings.TrimPrefix(s.Identifier, "@")
	if !strings.Contains(s.Identifier, ".") && !strings.HasPrefix(s.Identifier, "did:") || strings.ContainsAny(s.Identifier, " /") {
		errs = append(errs, raw.Mistake("identifier", "This is no handle. Write it like help.example.org."))
	}
	for _, term := range s.Terms {
		if len(strings.TrimSpace(term)) < minTerm {
			errs = append(errs, raw.Mistake("terms", "%q is too short: half the network writes it.", term))
		}
	}
	if len(s.Terms) > maxTerms {
		errs = append(errs, raw.Mistake("terms", "These are more than %d.", maxTerms))
	}
	if s.Since < 0 {
		errs = append(errs, raw.Mistake("since", "Write a span like 168h."))
	}
	return config.Join(errs...)
}

// safe tells whether nobody on the way can read along, or the operator allowed it.
func (s *settings) safe(u *url.URL, safe, plain string) bool {
	return u.Scheme == safe || u.Scheme == plain && s.AllowPrivate
}
