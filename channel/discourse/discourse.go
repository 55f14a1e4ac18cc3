// Package discourse is the channel for a Discourse forum: posts and private
// messages come in, answers go out as replies in the topic, and announcements as
// topics of our own. Polling is the truth; a webhook only brings a post sooner. It
// must not know who is told what, or why.
//
// https://docs.discourse.org
package discourse

import (
	_ "embed"
	"net/url"
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

// Type is the channel type discourse.
func Type() channel.Type {
	return channel.Type{Name: "discourse", Title: "Discourse", Doc: doc, Example: example, Icon: icon, New: open}
}

const (
	// shortestSecret is what Discourse asks of a webhook's secret.
	// https://github.com/discourse/discourse/blob/main/app/models/web_hook.rb
	shortestSecret = 12
	// firstLook is how far back the very first poll looks.
	firstLook = 28 * 24 * time.Hour
)

// settings are what the configuration says.
type settings struct {
	URL              string        `config:"url,required"`
	APIKey           config.Secret `config:"api_key"`
	Username         string        `config:"username"`
	UserAPIKey       config.Secret `config:"user_api_key"`
	Categories       []int64       `config:"categories"`
	Messages         bool          `config:"messages"`
	Since            time.Duration `config:"since"`
	AnnounceCategory int64         `config:"announce_category"`
	AnnounceTitle    string        `config:"announce_title"`
	WebhookSecret    config.Secret `config:"webhook_secret"`
	CallsPerMinute   int           `config:"calls_per_minute"`
	AllowPrivate     bool          `config:"allow_private"`
	Timeout          time.Duration `config:"timeout"`
}

// forum is one account on one forum.
type forum struct {
	settings

	name   string
	base   string // without a slash at its end
	host   string
	client *channel.Client
	budget *budget
	now    func() time.Time
}

// open makes the channel. It posts in public where announce_category is set, and
// takes webhooks where webhook_secret is. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Messages: true, Since: firstLook, AnnounceTitle: "Service status", Timeout: channel.DefaultTimeout}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	address, err := url.Parse(s.URL)
	if err := config.Join(s.mistakes(env.Settings, address, err)...); err != nil {
		return tocsin.Channel{}, err
	}
	f := &forum{
		settings: s, name: env.Name, now: env.Now,
		base: strings.TrimRight(s.URL, "/"), host: strings.ToLower(address.Host),
		budget: newBudget(s, env.Now),
		client: channel.NewClient(channel.Options{
			Timeout: s.Timeout, AllowPrivate: s.AllowPrivate, Now: env.Now,
			Secrets: []config.Secret{s.APIKey, s.UserAPIKey, s.WebhookSecret},
		}),
	}
	return f.channel(), nil
}

// mistakes names what does not fit together.
func (s *settings) mistakes(at config.Settings, address *url.URL, err error) []error {
	var wrong []error
	if err != nil || address.Host == "" || address.Scheme != "https" && address.Scheme != "http" ||
		address.User != nil || address.RawQuery != "" || address.Fragment != "" {
		wrong = append(wrong, at.Mistake("url", "Write the forum's address, like https://forum.example.org."))
	}
	switch {
	case s.APIKey.IsZero() == s.UserAPIKey.IsZero():
		wrong = append(wrong, at.Mistake("api_key", "Set either api_key with username, or user_api_key."))
	case s.UserAPIKey.IsZero() && s.Username == "":
		wrong = append(wrong, at.Mistake("username", "Name the account that the key speaks for."))
	case !s.UserAPIKey.IsZero() && s.Username != "":
		wrong = append(wrong, at.Mistake("username", "A user_api_key knows its account by itself. Take this out."))
	}
	if !s.WebhookSecret.IsZero() && len(s.WebhookSecret.Reveal()) < shortestSecret {
		wrong = append(wrong, at.Mistake("webhook_secret", "Discourse wants at least %d characters here.", shortestSecret))
	}
	if s.Since < 0 {
		wrong = append(wrong, at.Mistake("since", "Write a span like 672h."))
	}
	if s.CallsPerMinute < 0 {
		wrong = append(wrong, at.Mistake("calls_per_minute", "Write a whole number, or leave it out for Discourse's own limit."))
	}
	return wrong
}

func (f *forum) channel() tocsin.Channel {
	ch := tocsin.Channel{
		Name: f.name, Type: "discourse",
		Source: f, Replier: f, Editor: f, Finder: f, Checker: f, Measurer: f, Meter: f.budget,
	}
	if f.AnnounceCategory != 0 {
		ch.Poster = f
	}
	if !f.WebhookSecret.IsZero() {
		ch.Receiver = f
	}
	return ch
}
