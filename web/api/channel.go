package api

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// Health is how the inbound side of a channel does.
type Health struct {
	Channel    string          `json:"channel"`
	LastPull   time.Time       `json:"last_pull,omitzero"`   // when it was last asked, whatever came of it
	LastReport time.Time       `json:"last_report,omitzero"` // when it last brought one
	Error      string          `json:"error,omitempty"`      // why the last try failed; "" when it did not
	Lag        tocsin.Duration `json:"lag"`                  // from writing to arrival, of the latest report
	Reports    int64           `json:"reports"`              // since the start of this process
	Rejections int64           `json:"rejections"`
}

// ChannelShown is a channel, what it can do, and how it does.
type ChannelShown struct {
	Name   string   `json:"name"`
	Type   string   `json:"type"`
	Can    []string `json:"can" nullable:"false" doc:"source, stream, receive, reply, post, edit, find, page, check"`
	Health *Health  `json:"health,omitempty" doc:"Of its inbound side"`
}

func (a *API) listChannels(context.Context, tocsin.Token, *struct{}) (List[ChannelShown], error) {
	health := map[string]Health{}
	if a.Health != nil {
		for _, h := range a.Health() {
			health[h.Channel] = h
		}
	}
	var shown []ChannelShown
	for _, c := range a.Channels {
		s := ChannelShown{Name: c.Name, Type: c.Type, Can: abilities(c)}
		if h, ok := health[c.Name]; ok {
			s.Health = &h
		}
		shown = append(shown, s)
	}
	return whole(shown, nil)
}

func abilities(c tocsin.Channel) []string {
	can := []string{}
	for _, a := range []struct {
		name string
		has  bool
	}{
		{"source", c.Source != nil},
		{"stream", c.Streamer != nil},
		{"receive", c.Receiver != nil},
		{"reply", c.Replier != nil},
		{"post", c.Poster != nil},
		{"edit", c.Editor != nil},
		{"find", c.Finder != nil},
		{"page", c.Pager != nil},
		{"check", c.Checker != nil},
	} {
		if a.has {
			can = append(can, a.name)
		}
	}
	return can
}
