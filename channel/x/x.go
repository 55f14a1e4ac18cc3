// Package x is the channel to X, formerly Twitter: mentions, recent search, the
// filtered stream and the activity stream come in; replies to who mentioned us and
// our own posts go out. It speaks through go-twitter, whose v1.1 calls a bridge
// carries to the API v2, the only one that X still serves. It must not know what a
// report means, nor who decides what is said.
//
// https://docs.x.com/x-api/introduction
package x

import (
	_ "embed"
	"log/slog"
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

// Type is the channel type x.
func Type() channel.Type {
	return channel.Type{Name: "x", Title: "X", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says.
type settings struct {
	ConsumerKey       config.Secret `config:"consumer_key,required"`
	ConsumerSecret    config.Secret `config:"consumer_secret,required"`
	AccessToken       config.Secret `config:"access_token,required"`
	AccessTokenSecret config.Secret `config:"access_token_secret,required"`
	BearerToken       config.Secret `config:"bearer_token"`

	Search   []string `config:"search"`
	Stream   bool     `config:"stream"`
	Activity bool     `config:"activity"`
	ReadOnly bool     `config:"read_only"`

	Openings      []string `config:"openings"`
	AllowLinks    bool     `config:"allow_links"`
	MonthlyBudget float64  `config:"monthly_budget_usd"`
	LookAgain     bool     `config:"look_again"`

	Since        time.Duration `config:"since"`
	Poll         time.Duration `config:"poll"`
	Timeout      time.Duration `config:"timeout"`
	URL          string        `config:"url"`
	AllowPrivate bool          `config:"allow_private"`
}

// account is one X account.
type account struct {
	settings
	name  string
	log   *slog.Logger
	now   func() time.Time
	wire  *wire
	meter *meter

	pulling sync.Mutex // one sweep at a time: it keeps what follows
	swept   map[string]lane
	paused  map[string]time.Time // lanes that failed, and until when they are left alone

	knowing sync.Mutex
	self    *person
}

// person is an account on X as far as we need it.
type person struct {
	id     int64
	handle string
}

const (
	// defaultURL is where the API v2 is. https://docs.x.com/x-api/introduction
	defaultURL = "https://api.x.com"
	// maxQuery is the length of the longest query of a recent search, in characters.
	// https://docs.x.com/x-api/posts/search/integrate/build-a-query
	maxQuery = 512
	// notReposts leaves reposts out of a query: they are no new voices.
	notReposts = " -is:retweet"
	// handleMark stands in an opening for the reporter's handle.
	handleMark = "{handle}"
)

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{
		Openings: []string{"@" + handleMark}, MonthlyBudget: 50, LookAgain: true,
		Since: time.Hour, Poll: time.Minute, Timeout: channel.DefaultTimeout, URL: defaultURL,
	}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	for i, q := range s.Search {
		s.Search[i] = query(q)
	}
	m := newMeter(env.Now, s.MonthlyBudget)
	a := &account{
		settings: s, name: env.Name, log: env.Log, now: env.Now,
		wire: newWire(&s, m, env.Now), meter: m,
		swept: map[string]lane{}, paused: map[string]time.Time{},
	}
	return a.channel(), nil
}

func (a *account) channel() tocsin.Channel {
	ch := tocsin.Channel{Name: a.name, Type: "x", Source: a, Checker: a, Meter: a.meter}
	if a.Stream || a.Activity {
		ch.Streamer = streamer{a}
	}
	if !a.ReadOnly {
		ch.Replier, ch.Poster, ch.Finder, ch.Measurer = a, a, a, a
	}
	return ch
}

// streamer gives the name Stream, which is a setting, to what holds the streams.
type streamer struct{ *account }

// check looks at what the settings cannot show one by one.
func (s *settings) check(raw config.Settings) error {
	var wrong []error
	if u, err := url.Parse(s.URL); err != nil || u.Host == "" || u.Scheme != "https" && !s.AllowPrivate {
		wrong = append(wrong, raw.Mistake("url", "This is no https address. Leave it out for X's own."))
	}
	for _, q := range s.Search {
		if n := len([]rune(query(q))); n > maxQuery || strings.TrimSpace(q) == "" {
			wrong = append(wrong, raw.Mistake("search", "A query is empty or, with \"%s\" behind it, longer than %d characters.", strings.TrimSpace(notReposts), maxQuery))
		}
	}
	if s.Stream && len(s.Search) == 0 {
		wrong = append(wrong, raw.Mistake("stream", "There is nothing to stream. Name queries under search."))
	}
	if (s.Stream || s.Activity) && s.BearerToken.IsZero() {
		wrong = append(wrong, raw.Mistake("bearer_token", "X opens streams to the application only. Put its bearer token here."))
	}
	if s.MonthlyBudget < 0 {
		wrong = append(wrong, raw.Mistake("monthly_budget_usd", "Write an amount in US dollars, or 0 for no limit."))
	}
	if s.Since < 0 || s.Since > searchDepth {
		wrong = append(wrong, raw.Mistake("since", "Write a span of up to 168h: X shows no more."))
	}
	if s.Poll < time.Second || s.Timeout <= 0 {
		wrong = append(wrong, raw.Mistake("poll", "poll is 1s or more, and timeout more than 0s."))
	}
	return config.Join(wrong...)
}

// query is what is asked for a configured search.
func query(q string) string {
	q = strings.TrimSpace(q)
	if strings.Contains(q, strings.TrimSpace(notReposts)) {
		return q
	}
	return "(" + q + ")" + notReposts
}
