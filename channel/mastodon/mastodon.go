// Package mastodon is an account on a server that speaks Mastodon's API: Mastodon
// itself, and those that imitate it (GoToSocial, Pleroma, Akkoma). It hears who
// mentions the account and who writes under its hashtags, answers in the thread
// with the visibility of what it answers, and posts in public. It must not know
// the store, triage or who is answered when.
//
// Polling is the truth and moves the cursor; the stream only brings the same
// sooner.
//
// https://docs.joinmastodon.org/client/intro/
package mastodon

import (
	_ "embed"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-mastodon"

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

// Type is the channel type mastodon.
func Type() channel.Type {
	return channel.Type{Name: "mastodon", Title: "Mastodon", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the operator may write. README.md explains each.
type settings struct {
	Server       string        `config:"server,required"`
	Token        config.Secret `config:"token,required"`
	Hashtags     []string      `config:"hashtags"`
	Since        time.Duration `config:"since"`      // how far back the first look goes
	Visibility   string        `config:"visibility"` // of answers to public posts
	Stream       bool          `config:"stream"`     // false for servers without streaming
	AllowPrivate bool          `config:"allow_private"`
}

const (
	defaultSince = 7 * 24 * time.Hour
	// maxHashtags keeps polling within the limit of calls, see pull.go.
	maxHashtags = 10
)

// hashtag is what Mastodon takes for one: letters, digits and underscores.
// https://docs.joinmastodon.org/user/posting/#hashtags
var hashtag = regexp.MustCompile(`^[\p{L}\p{M}\p{N}_]+$`)

// account is one account on one server.
type account struct {
	settings
	client *channel.Client
	api    *mastodon.Client
	limits limits
	log    *slog.Logger
	now    func() time.Time

	mu sync.Mutex
	me *self // what the server says about itself and us; nil until asked
}

func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Since: defaultSince, Visibility: mastodon.VisibilityUnlisted, Stream: true}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	a := newAccount(s, env)
	ch := tocsin.Channel{
		Name: env.Name, Type: "mastodon",
		Source: a, Replier: a, Poster: a, Editor: a, Finder: a, Checker: a, Measurer: a, Meter: &a.limits,
	}
	if s.Stream {
		ch.Streamer = a
	}
	return ch, nil
}

func newAccount(s settings, env channel.Env) *account {
	a := &account{settings: s, log: env.Log, now: env.Now}
	a.client = channel.NewClient(channel.Options{
		AllowPrivate: s.AllowPrivate, Secrets: []config.Secret{s.Token}, Now: env.Now,
	})
	a.api = mastodon.NewClient(&mastodon.Config{Server: s.Server, AccessToken: s.Token.Reveal()})
	a.api.Client = http.Client{Transport: &bridge{client: a.client, limits: &a.limits, now: env.Now}}
	return a
}

// check holds the settings against what can be, and tidies them.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	u, err := url.Parse(strings.TrimRight(s.Server, "/"))
	switch {
	case err != nil || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Scheme != "https" && u.Scheme != "http":
		errs = append(errs, raw.Mistake("server", "This is no server. Write it like https://mastodon.example."))
	case u.Scheme == "http" && !s.AllowPrivate:
		errs = append(errs, raw.Mistake("server", "Without TLS anybody on the way can read the token. Write https://, or set allow_private: true for a server in your own network."))
	default:
		s.Server = u.String()
	}
	for i, tag := range s.Hashtags {
		s.Hashtags[i] = strings.TrimPrefix(tag, "#")
		if !hashtag.MatchString(s.Hashtags[i]) {
			errs = append(errs, raw.Mistake("hashtags", "%q is no hashtag. Write letters and digits only, like ExampleDown.", tag))
		}
	}
	if len(s.Hashtags) > maxHashtags {
		errs = append(errs, raw.Mistake("hashtags", "These are more than %d: to poll them all would use up what the server allows.", maxHashtags))
	}
	if s.Since < 0 {
		errs = append(errs, raw.Mistake("since", "Write a span like 168h."))
	}
	switch s.Visibility {
	case mastodon.VisibilityPublic, mastodon.VisibilityUnlisted, mastodon.VisibilityFollowersOnly, mastodon.VisibilityDirectMessage:
	default:
		errs = append(errs, raw.Mistake("visibility", "Write public, unlisted, private or direct."))
	}
	return config.Join(errs...)
}

// host is the server's name, for people.
func (s *settings) host() string {
	_, host, _ := strings.Cut(s.Server, "://")
	return host
}
