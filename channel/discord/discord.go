// Package discord is a Discord bot as a channel: it reads the channels that it
// watches, answers each message where it was written, and carries bells. It knows
// Discord's HTTP API and nothing else.
//
// It polls and opens no gateway. Reports may be seconds old; what a gateway sends
// while we are away is lost and has to be fetched by polling all the same; and an
// open gateway shows the bot as online, as if somebody sat there.
//
// https://discord.com/developers/docs/reference
package discord

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
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

const (
	defaultURL = "https://discord.com/api/v10"
	// userAgent is in the form that Discord asks for.
	// https://discord.com/developers/docs/reference#user-agent
	userAgent = "DiscordBot (https://github.com/tocsin/tocsin, " + tocsin.Version + ")"
	// defaultSince is how far back the first look goes.
	defaultSince = 24 * time.Hour
)

// Type is the channel type discord.
func Type() channel.Type {
	return channel.Type{Name: "discord", Title: "Discord", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says.
type settings struct {
	Token        config.Secret `config:"token,required"`
	Guild        string        `config:"guild,required"`
	Channels     []string      `config:"channels"`
	Staff        []string      `config:"staff"`
	Since        time.Duration `config:"since"`
	URL          string        `config:"url"`
	AllowPrivate bool          `config:"allow_private"`
}

// bot is one bot on one server.
type bot struct {
	settings
	name   string
	client *channel.Client
	log    *slog.Logger
	now    func() time.Time
	gauge  channel.Gauge
}

var (
	idForm    = regexp.MustCompile(`^[0-9]{1,20}$`)
	staffForm = regexp.MustCompile(`^(@[a-z0-9_.]+|[0-9]{1,20})$`)
)

// open makes the channel. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{URL: defaultURL, Since: defaultSince}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	s.URL = strings.TrimRight(s.URL, "/")
	if err := s.check(env.Settings); err != nil {
		return tocsin.Channel{}, err
	}
	b := &bot{
		settings: s, name: env.Name, log: env.Log, now: env.Now,
		client: channel.NewClient(channel.Options{
			AllowPrivate: s.AllowPrivate, Now: env.Now, UserAgent: userAgent, Secrets: []config.Secret{s.Token},
		}),
	}
	ch := tocsin.Channel{Name: env.Name, Type: "discord", Pager: b, Checker: b, Measurer: b, Meter: &b.gauge}
	if len(s.Channels) > 0 {
		ch.Source, ch.Replier, ch.Finder = b, b, b
	}
	return ch, nil
}

// check finds what cannot be right.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	if wrong := channel.BadAddress(s.URL, s.AllowPrivate); wrong != "" {
		errs = append(errs, raw.Mistake("url", "%s", wrong))
	}
	if strings.ContainsFunc(s.Token.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		errs = append(errs, raw.Mistake("token", "This is no token of a bot: copy it from the Bot page, without the word Bot."))
	}
	if !idForm.MatchString(s.Guild) {
		errs = append(errs, raw.Mistake("guild", "%q is no server: its id is a number in quotes.", s.Guild))
	}
	if i := slices.IndexFunc(s.Channels, func(c string) bool { return !idForm.MatchString(c) }); i >= 0 {
		errs = append(errs, raw.Mistake("channels", "%q is no channel: its id is a number in quotes.", s.Channels[i]))
	}
	if i := slices.IndexFunc(s.Staff, func(c string) bool { return !staffForm.MatchString(c) }); i >= 0 {
		errs = append(errs, raw.Mistake("staff", "%q is neither a @name nor a person's number.", s.Staff[i]))
	}
	if s.Since < time.Minute {
		errs = append(errs, raw.Mistake("since", "It must be one minute at least."))
	}
	return config.Join(errs...)
}

// call makes a call that counts against a limit, and keeps what the answer tells of
// it. While a limit is known to be used up, nobody is asked.
func (b *bot) call(ctx context.Context, limit string, c channel.Call) (*channel.Response, error) {
	if a, known := b.gauge.Get(limit); known && a.Left < 1 && b.now().Before(a.ResetAt) {
		return nil, &tocsin.Error{
			Code: tocsin.CodeLimited, Message: "Discord asks us to slow down.", Retryable: true, RetryAfter: a.ResetAt.Sub(b.now()),
		}
	}
	c.URL = b.URL + "/" + c.URL
	c.Header = http.Header{"Authorization": {"Bot " + b.Token.Reveal()}}
	resp, err := b.client.JSON(ctx, c)
	if resp != nil {
		b.measure(limit, resp)
		err = slower(err, resp)
	}
	return resp, err
}

// measure reads a limit from an answer.
// https://discord.com/developers/docs/topics/rate-limits#header-format
func (b *bot) measure(limit string, resp *channel.Response) {
	most, e1 := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Limit"), 64)
	left, e2 := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Remaining"), 64)
	after, e3 := strconv.ParseFloat(resp.Header.Get("X-RateLimit-Reset-After"), 64)
	if errors.Join(e1, e2, e3) == nil {
		b.gauge.Set(tocsin.Allowance{Name: limit, Unit: "calls", Limit: most, Left: left, ResetAt: b.now().Add(seconds(after))})
	}
}

// slower takes how long to wait from the body of a refusal: it is more exact than
// the header, and always there.
func slower(err error, resp *channel.Response) error {
	var said *tocsin.Error
	var body struct {
		After float64 `json:"retry_after"` // seconds
	}
	if errors.As(err, &said) && said.Code == tocsin.CodeLimited && json.Unmarshal(resp.Body, &body) == nil {
		said.RetryAfter = max(said.RetryAfter, seconds(body.After))
	}
	return err
}

// seconds is a span of so many seconds, within what we obey.
func seconds(s float64) time.Duration {
	return time.Duration(max(0, min(s, channel.MaxRetryAfter.Seconds())) * float64(time.Second))
}
