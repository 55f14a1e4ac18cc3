package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// ChannelShown is a channel, what it can do, and how it does.
type ChannelShown struct {
	Name   string         `json:"name"`
	Type   string         `json:"type"`
	Can    []string       `json:"can" nullable:"false" doc:"source, stream, receive, reply, post, edit, find, page, renew, check"`
	Health *tocsin.Health `json:"health,omitempty" doc:"Of its inbound side"`
}

// listChannels gives channels by name, with what this process knows of their health.
func (a *API) listChannels(_ context.Context, _ tocsin.Token, in *Paging) (List[ChannelShown], error) {
	health := map[string]tocsin.Health{}
	if a.Health != nil {
		for _, h := range a.Health() {
			health[h.Channel] = h
		}
	}
	var shown []ChannelShown
	for _, c := range a.Channels {
		s := ChannelShown{Name: c.Name, Type: c.Type, Can: Abilities(c)}
		if h, ok := health[c.Name]; ok {
			s.Health = &h
		}
		shown = append(shown, s)
	}
	return cut(shown, *in, func(c ChannelShown) string { return c.Name })
}

// Abilities names what a channel can do: its capabilities that are not nil.
func Abilities(c tocsin.Channel) []string {
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
		{"renew", c.Renewer != nil},
		{"check", c.Checker != nil},
	} {
		if a.has {
			can = append(can, a.name)
		}
	}
	return can
}
