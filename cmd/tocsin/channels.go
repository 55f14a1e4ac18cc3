package main

import (
	"errors"
	"log/slog"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/bluesky"
	"github.com/tocsin/tocsin/channel/discord"
	"github.com/tocsin/tocsin/channel/discourse"
	"github.com/tocsin/tocsin/channel/email"
	"github.com/tocsin/tocsin/channel/feed"
	"github.com/tocsin/tocsin/channel/intercom"
	"github.com/tocsin/tocsin/channel/mastodon"
	"github.com/tocsin/tocsin/channel/reddit"
	"github.com/tocsin/tocsin/channel/simulator"
	"github.com/tocsin/tocsin/channel/telegram"
	"github.com/tocsin/tocsin/channel/webhook"
	"github.com/tocsin/tocsin/channel/x"
	"github.com/tocsin/tocsin/channel/zendesk"
	"github.com/tocsin/tocsin/config"
)

// channelTypes is the list of outside systems that we know. There is no other.
func channelTypes() []channel.Type {
	return []channel.Type{
		email.Type(),
		webhook.Type(),
		zendesk.Type(),
		intercom.Type(),
		discourse.Type(),
		telegram.Type(),
		discord.Type(),
		x.Type(),
		mastodon.Type(),
		bluesky.Type(),
		reddit.Type(),
		feed.Type(),
		simulator.Type(),
	}
}

// makeChannels makes the configured channels, in their order. What a channel says
// is wrong gets its place in the file, if it has none.
func makeChannels(cfg *config.Config, log *slog.Logger) ([]tocsin.Channel, error) {
	types, names := map[string]channel.Type{}, []string{}
	for _, t := range channelTypes() {
		types[t.Name] = t
		names = append(names, t.Name)
	}
	var made []tocsin.Channel
	wrong := []error{cfg.CheckTypes(names)}
	for _, c := range cfg.Channels {
		t, ok := types[c.Type]
		if !ok {
			continue // CheckTypes has said so
		}
		ch, err := t.New(channel.Env{Name: c.Name, Settings: c.Settings, Log: log.With("channel", c.Name), Now: time.Now})
		var mistakes config.Mistakes
		var mistake *config.Mistake
		switch {
		case err == nil:
			made = append(made, ch)
		case errors.As(err, &mistakes), errors.As(err, &mistake):
			wrong = append(wrong, err)
		default:
			wrong = append(wrong, c.Settings.Mistake("", "%s", err))
		}
	}
	return made, config.Join(wrong...)
}
