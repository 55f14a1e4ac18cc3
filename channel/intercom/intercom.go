// Package intercom is an Intercom workspace as a channel: what people write in
// conversations comes in by search, and an answer is a reply in the reporter's own
// conversation. It knows Intercom's API and nothing else: it keeps no state but what
// it was last told of the limits.
//
// A webhook is a hint that makes a conversation come sooner. The search is the
// truth: what a hint brings, the search brings again under the same ids.
//
// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis
package intercom

import (
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
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
	// version is that of the API that we speak.
	// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/api-versioning
	version = "2.11"
	// defaultURL is the API of workspaces in the US.
	// https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/making-requests
	defaultURL = "https://api.intercom.io"
	// defaultSince is how far back the first look goes.
	defaultSince = 7 * 24 * time.Hour
	// maxBody is how much of an answer is read: a conversation of 500 long parts.
	maxBody = 32 << 20

	callsName = "calls"
)

// Type is the channel type intercom.
func Type() channel.Type {
	return channel.Type{Name: "intercom", Title: "Intercom", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says.
type settings struct {
	Token        config.Secret `config:"token,required"`
	AdminID      string        `config:"admin_id,required"`
	ClientSecret config.Secret `config:"client_secret"`
	URL          string        `config:"url"`
	Since        time.Duration `config:"since"`
	AllowPrivate bool          `config:"allow_private"`
}

// desk is one workspace.
type desk struct {
	settings
	name   string
	client *channel.Client
	log    *slog.Logger
	now    func() time.Time
	gauge  channel.Gauge
}

// digits match the id of an admin and of a conversation.
var digits = regexp.MustCompile(`^[0-9]{1,30}$`)

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
	d := &desk{
		settings: s, name: env.Name, log: env.Log, now: env.Now,
		client: channel.NewClient(channel.Options{
			MaxBody: maxBody, AllowPrivate: s.AllowPrivate, Now: env.Now, Secrets: []config.Secret{s.Token, s.ClientSecret},
		}),
	}
	ch := tocsin.Channel{Name: env.Name, Type: "intercom", Source: d, Replier: d, Finder: d, Checker: d, Meter: &d.gauge}
	if !s.ClientSecret.IsZero() {
		ch.Receiver = d
	}
	return ch, nil
}

// check finds what cannot be right.
func (s *settings) check(raw config.Settings) error {
	var errs []error
	if wrong := channel.BadAddress(s.URL, s.AllowPrivate); wrong != "" {
		errs = append(errs, raw.Mistake("url", "%s", wrong))
	}
	if !digits.MatchString(s.AdminID) {
		errs = append(errs, raw.Mistake("admin_id", "This is no id of a teammate: it is a number, which tocsin check --online can prove."))
	}
	if s.Since < time.Hour {
		errs = append(errs, raw.Mistake("since", "It must be one hour at least."))
	}
	return config.Join(errs...)
}

// call makes a call to a path, and keeps what the answer tells of the limits.
func (d *desk) call(ctx context.Context, c channel.Call) (*channel.Response, error) {
	c.URL = d.URL + "/" + c.URL
	c.Header = http.Header{"Authorization": {"Bearer " + d.Token.Reveal()}, "Intercom-Version": {version}}
	resp, err := d.client.JSON(ctx, c)
	if resp != nil {
		d.measure(resp.Header, err)
	}
	return resp, err
}

// measure reads the limit of the current ten seconds from an answer, and tells an
// error that was limited by it how long to wait.
// https://developers.intercom.com/docs/references/rest-api/errors/rate-limiting
func (d *desk) measure(h http.Header, err error) {
	limit, e1 := strconv.ParseFloat(h.Get("X-RateLimit-Limit"), 64)
	left, e2 := strconv.ParseFloat(h.Get("X-RateLimit-Remaining"), 64)
	reset, e3 := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if errors.Join(e1, e2, e3) != nil {
		return
	}
	a := tocsin.Allowance{Name: callsName, Unit: "calls", Limit: limit, Left: left, ResetAt: time.Unix(reset, 0).UTC()}
	d.gauge.Set(a)
	var said *tocsin.Error
	if errors.As(err, &said) && said.Code == tocsin.CodeLimited && said.RetryAfter == 0 {
		said.RetryAfter = min(max(0, a.ResetAt.Sub(d.now())), channel.MaxRetryAfter)
	}
}

// busy tells whether the calls of this moment run low. Then they belong to the
// search and to answers, and hints are not followed.
func (d *desk) busy() bool { return d.gauge.Low(callsName, d.now()) }
