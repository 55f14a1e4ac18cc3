// Package telegram is a Telegram bot as a channel: it hears what people write to it
// and in the groups that it watches, answers each message where it was written, and
// carries bells. It knows the Bot API and nothing else.
//
// A bot cannot read its own history, so there is no looking for what it sent: an
// answer whose fate is unknown is for a person to settle.
//
// https://core.telegram.org/bots/api
package telegram

import (
	_ "embed"
	"log/slog"
	"regexp"
	"slices"
	"strconv"
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

// Type is the channel type telegram.
func Type() channel.Type {
	return channel.Type{Name: "telegram", Title: "Telegram", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says.
type settings struct {
	Token        config.Secret `config:"token,required"`
	Private      bool          `config:"private"`
	Chats        []string      `config:"chats"`
	Staff        []string      `config:"staff"`
	URL          string        `config:"url"`
	AllowPrivate bool          `config:"allow_private"`
}

// defaultURL is the public Bot API; a server of one's own can stand in for it.
// https://core.telegram.org/bots/api#using-a-local-bot-api-server
const defaultURL = "https://api.telegram.org"

// bot is one bot.
type bot struct {
	settings
	name   string
	client *channel.Client
	log    *slog.Logger
	now    func() time.Time
	paces  paces
}

// What ids look like: a bot's token, a group, a person.
// https://core.telegram.org/bots/features#botfather
var (
	tokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]{20,}$`)
	groupForm = regexp.MustCompile(`^-[0-9]{1,18}$`)
	staffForm = regexp.MustCompile(`^(@[A-Za-z0-9_]+|[0-9]{1,18})$`)
)

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Private: true, URL: defaultURL}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	b := &bot{
		settings: s, name: env.Name, log: env.Log, now: env.Now, paces: newPaces(),
		client: channel.NewClient(channel.Options{
			Timeout: pollTime + channel.DefaultTimeout, AllowPrivate: s.AllowPrivate, Now: env.Now, Secrets: []config.Secret{s.Token},
		}),
	}
	return tocsin.Channel{
		Name: env.Name, Type: "telegram", Source: b, Streamer: b, Replier: b, Pager: b, Checker: b, Measurer: b, Meter: b,
	}, nil
}

// check finds what cannot be right.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	if wrong := channel.BadAddress(s.URL, s.AllowPrivate); wrong != "" {
		errs = append(errs, raw.Mistake("url", "%s", wrong))
	}
	if !tokenForm.MatchString(s.Token.Reveal()) {
		errs = append(errs, raw.Mistake("token", "This is no token of a bot, as @BotFather gives it."))
	}
	if i := slices.IndexFunc(s.Chats, func(c string) bool { return !groupForm.MatchString(c) }); i >= 0 {
		errs = append(errs, raw.Mistake("chats", "%q is no group: its id is a negative number in quotes.", s.Chats[i]))
	}
	if i := slices.IndexFunc(s.Staff, func(c string) bool { return !staffForm.MatchString(c) }); i >= 0 {
		errs = append(errs, raw.Mistake("staff", "%q is neither a @name nor a person's number.", s.Staff[i]))
	}
	if !s.Private && len(s.Chats) == 0 {
		errs = append(errs, raw.Mistake("private", "Without private chats and without chats there is nothing to hear."))
	}
	return config.Join(errs...)
}

// watched tells whether we listen in a chat.
func (s *settings) watched(c chat) bool {
	if c.Type == chatPrivate {
		return s.Private
	}
	return slices.Contains(s.Chats, strconv.FormatInt(c.ID, 10))
}
