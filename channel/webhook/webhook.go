// Package webhook is the channel for whatever can speak signed JSON: a contact
// form, a help desk, an app's own feedback button. Reports come in by HTTP, and
// answers and bells go out by it, all signed as Standard Webhooks say. It knows
// none of the systems at the other end.
//
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
package webhook

import (
	_ "embed"
	"log/slog"
	"net/netip"
	"net/url"
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

// Type is the channel type webhook.
func Type() channel.Type {
	return channel.Type{Name: "webhook", Title: "Webhook", Doc: doc, Example: example, Icon: icon, New: open}
}

// settings are what the configuration says. Addresses are secrets, for many hold
// a token.
type settings struct {
	Secrets      []config.Secret `config:"secrets,required"`
	ReplyURL     config.Secret   `config:"reply_url"`
	PageURL      config.Secret   `config:"page_url"`
	Idempotent   bool            `config:"idempotent"`
	AllowPrivate bool            `config:"allow_private"`
	Timeout      time.Duration   `config:"timeout"`
}

// hook is one webhook channel.
type hook struct {
	name       string
	keys       keys
	replyURL   string
	pageURL    string
	idempotent bool
	client     *channel.Client
	log        *slog.Logger
	now        func() time.Time
}

// open makes the channel. It can reply where reply_url is set and page where
// page_url is. Its errors are the settings' mistakes.
func open(env channel.Env) (tocsin.Channel, error) {
	s := settings{Timeout: channel.DefaultTimeout}
	if err := env.Settings.Decode(&s); err != nil {
		return tocsin.Channel{}, err
	}
	var errs []error
	signing, err := newKeys(s.Secrets)
	if err != nil {
		errs = append(errs, env.Settings.Mistake("secrets", "%s", tocsin.MessageOf(err)))
	}
	for key, address := range map[string]config.Secret{"reply_url": s.ReplyURL, "page_url": s.PageURL} {
		if problem := s.refuse(address); problem != "" {
			errs = append(errs, env.Settings.Mistake(key, "%s", problem))
		}
	}
	if err := config.Join(errs...); err != nil {
		return tocsin.Channel{}, err
	}
	h := &hook{
		name: env.Name, keys: signing, log: env.Log, now: env.Now,
		replyURL: s.ReplyURL.Reveal(), pageURL: s.PageURL.Reveal(), idempotent: s.Idempotent,
		client: channel.NewClient(channel.Options{
			Timeout: s.Timeout, AllowPrivate: s.AllowPrivate, Now: env.Now,
			Secrets: append([]config.Secret{s.ReplyURL, s.PageURL}, s.Secrets...),
		}),
	}
	return h.channel(), nil
}

// refuse says why an address cannot be called; "" when it can. What a name leads
// to is known at the time of a call only, and looked at then.
func (s *settings) refuse(address config.Secret) string {
	if address.IsZero() {
		return ""
	}
	u, err := url.Parse(address.Reveal())
	if err != nil || !isWeb(address.Reveal()) {
		return "This is no http or https address."
	}
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil && !s.AllowPrivate && !channel.Public(addr) {
		return "This is not a public address. If it is yours, set allow_private: true for this channel."
	}
	return ""
}

func (h *hook) channel() tocsin.Channel {
	ch := tocsin.Channel{Name: h.name, Type: "webhook", Receiver: h}
	if h.replyURL != "" {
		ch.Replier = h
	}
	if h.pageURL != "" {
		ch.Pager = h
	}
	if h.replyURL != "" || h.pageURL != "" {
		ch.Checker = h
	}
	return ch
}

// isWeb tells whether an address is one of the web, and so safe to show as a link.
func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}
