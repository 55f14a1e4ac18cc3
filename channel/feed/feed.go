// Package feed is the channel for whatever publishes Atom, RSS or a JSON feed: a
// forum, an app store's reviews, a provider's status page. It only reads. It must
// not know what an entry means to anybody.
package feed

import (
	_ "embed"
	"net/url"
	"strings"
	"sync"
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

// Type is the channel type feed.
func Type() channel.Type {
	return channel.Type{Name: "feed", Title: "Feed", Doc: doc, Example: example, Icon: icon, New: open}
}

const (
	// firstLook is how far back the very first poll looks.
	firstLook = 28 * 24 * time.Hour
	// pause is how long we leave a publisher alone by default.
	pause = time.Minute
)

// The kinds of a feed.
const (
	kindReports = "reports" // people's words
	kindStatus  = "status"  // a provider's words about its own service
)

// settings are what the configuration says. The address is a secret, for many
// hold a token.
type settings struct {
	URL          config.Secret `config:"url,required"`
	Kind         string        `config:"kind"`
	Provider     string        `config:"provider"`
	Since        time.Duration `config:"since"`
	Every        time.Duration `config:"every"`
	AllowPrivate bool          `config:"allow_private"`
	Timeout      time.Duration `config:"timeout"`
}

// feed is one address that publishes entries.
type feed struct {
	settings

	name   string
	host   string
	client *channel.Client
	now    func() time.Time

	mu   sync.Mutex
	next time.Time // when the publisher may be asked again
}

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Kind: kindReports, Since: firstLook, Every: pause, Timeout: channel.DefaultTimeout}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	address, err := url.Parse(s.URL.Reveal())
	var wrong []error
	if err != nil || !isWeb(s.URL.Reveal()) {
		wrong = append(wrong, env.Settings.Mistake("url", "Write the feed's address, like https://forum.example.org/latest.rss."))
	}
	if s.Kind != kindReports && s.Kind != kindStatus {
		wrong = append(wrong, env.Settings.Mistake("kind", "Write reports for people's words, or status for a provider's status page."))
	}
	if s.Provider != "" && s.Kind != kindStatus {
		wrong = append(wrong, env.Settings.Mistake("provider", "This goes with kind: status only."))
	}
	if s.Since < 0 || s.Every < 0 {
		wrong = append(wrong, env.Settings.Mistake("since", "Spans such as since and every can't be negative."))
	}
	if err := config.Join(wrong...); err != nil {
		return tocsin.Channel{}, err
	}
	f := &feed{
		settings: s, name: env.Name, host: strings.ToLower(address.Host), now: env.Now,
		client: channel.NewClient(channel.Options{
			Timeout: s.Timeout, AllowPrivate: s.AllowPrivate, Now: env.Now, Secrets: []config.Secret{s.URL},
		}),
	}
	return tocsin.Channel{Name: f.name, Type: "feed", Source: f, Checker: f}, nil
}

// isWeb tells whether an address is one of the web, and so safe to show as a link.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
