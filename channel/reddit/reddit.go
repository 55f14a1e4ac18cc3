// Package reddit is the channel for an account on Reddit: mentions of it, answers
// to it, and the posts and comments of subreddits that are watched come in; answers
// go out as comments. It must not know who is told what, or why.
//
// https://www.reddit.com/dev/api
package reddit

import (
	_ "embed"
	"fmt"
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

// Type is the channel type reddit.
func Type() channel.Type {
	return channel.Type{Name: "reddit", Title: "Reddit", Doc: doc, Example: example, Icon: icon, New: open}
}

const (
	// firstLook is how far back the very first poll looks.
	firstLook = 7 * 24 * time.Hour
	// perWindow and window are what Reddit allows a client: 100 calls a minute,
	// averaged over ten minutes.
	// https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki
	perWindow = 1000
	window    = 10 * time.Minute
)

// settings are what the configuration says.
type settings struct {
	Approved     bool          `config:"i_have_reddits_approval"`
	ClientID     string        `config:"client_id,required"`
	ClientSecret config.Secret `config:"client_secret,required"`
	RefreshToken config.Secret `config:"refresh_token"`
	Username     string        `config:"username,required"`
	Password     config.Secret `config:"password"`
	Subreddits   []string      `config:"subreddits"`
	Comments     bool          `config:"comments"`
	Since        time.Duration `config:"since"`
	AuthURL      string        `config:"auth_url"`
	APIURL       string        `config:"api_url"`
	AllowPrivate bool          `config:"allow_private"`
	Timeout      time.Duration `config:"timeout"`
}

// account is one account on Reddit.
type account struct {
	settings

	name   string
	client *channel.Client
	pace   *channel.Pace
	gauge  *channel.Gauge
	token  token
	now    func() time.Time
}

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{
		Comments: true, Since: firstLook, Timeout: channel.DefaultTimeout,
		AuthURL: "https://www.reddit.com", APIURL: "https://oauth.reddit.com",
	}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	s.Username = strings.TrimPrefix(strings.TrimPrefix(s.Username, "/"), "u/")
	if err := config.Join(s.mistakes(env.Settings)...); err != nil {
		return tocsin.Channel{}, err
	}
	a := &account{
		settings: s, name: env.Name, now: env.Now, gauge: &channel.Gauge{}, pace: &channel.Pace{Most: perWindow, In: window},
		client: channel.NewClient(channel.Options{
			Timeout: s.Timeout, AllowPrivate: s.AllowPrivate, Now: env.Now, UserAgent: s.userAgent(),
			Secrets: []config.Secret{s.ClientSecret, s.RefreshToken, s.Password},
		}),
	}
	return tocsin.Channel{
		Name: a.name, Type: "reddit",
		Source: a, Replier: a, Editor: a, Finder: a, Checker: a, Measurer: a, Meter: a.gauge,
	}, nil
}

// userAgent names us as Reddit asks: unique to the app, with whom to ask.
// https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki
func (s *settings) userAgent() string {
	return fmt.Sprintf("server:tocsin-%s:v%s (by /u/%s)", s.ClientID, tocsin.Version, s.Username)
}

// subreddit matches a subreddit's name; people write r/ in front.
var subreddit = regexp.MustCompile(`^(?:/?r/)?([A-Za-z0-9_]{2,21})$`)

// plain matches what may stand in a header and in a path.
var plain = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// mistakes names what does not fit together, and takes r/ off the subreddits.
func (s *settings) mistakes(at config.Settings) []error {
	var wrong []error
	if !s.Approved {
		wrong = append(wrong, at.Mistake("i_have_reddits_approval",
			"Reddit's Responsible Builder Policy asks for an explicit approval before any use of its API, and for a paid agreement where the use is commercial. "+
				"Ask at https://support.reddithelp.com/hc/en-us/articles/42728983564564-Responsible-Builder-Policy, and set this to true when you have it."))
	}
	if s.RefreshToken.IsZero() == s.Password.IsZero() {
		wrong = append(wrong, at.Mistake("refresh_token", "Set either refresh_token, or the account's password for a script app without two-factor sign-in."))
	}
	if !plain.MatchString(s.ClientID) || !plain.MatchString(s.Username) {
		wrong = append(wrong, at.Mistake("username", "The name of an account, and the id of an app, have letters, digits, dashes and underscores only."))
	}
	for i, name := range s.Subreddits {
		found := subreddit.FindStringSubmatch(name)
		if found == nil {
			wrong = append(wrong, at.Mistake("subreddits", "%q is no name of a subreddit. Write it like r/example.", name))
			continue
		}
		s.Subreddits[i] = found[1]
	}
	if s.Since < 0 {
		wrong = append(wrong, at.Mistake("since", "Write a span like 168h."))
	}
	return wrong
}
