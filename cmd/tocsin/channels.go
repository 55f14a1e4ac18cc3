package main

import (
	"log/slog"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/email"
	"github.com/tocsin/tocsin/channel/simulator"
	"github.com/tocsin/tocsin/channel/webhook"
	"github.com/tocsin/tocsin/config"
)

// channelTypes is the list of outside systems that we know. There is no other.
func channelTypes() []channel.Type {
	return []channel.Type{
		email.Type(),
		webhook.Type(),
		simulator.Type(),
	}
}

// newChannel makes one configured channel.
func newChannel(c config.Channel, log *slog.Logger) (tocsin.Channel, error) {
	for _, t := range channelTypes() {
		if t.Name == c.Type {
			return t.New(channel.Env{Name: c.Name, Settings: c.Settings, Log: log.With("channel", c.Name), Now: time.Now})
		}
	}
	return tocsin.Channel{}, tocsin.Errorf(tocsin.CodeInvalid, "No type of channel is named %q.", c.Type)
}
