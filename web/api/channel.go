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
	// Allowances are as the answering process knows them.
	Allowances []tocsin.Allowance `json:"allowances,omitempty" doc:"What is left of the network's limits and of a budget"`
}

// listChannels gives channels by name, with what this process knows of their health.
func (a *API) listChannels(_ context.Context, _ tocsin.Token, in *Paging) (List[ChannelShown], error) {
	return cut(a.channels(), *in, func(c ChannelShown) string { return c.Name })
}

// showChannel gives one channel.
func (a *API) showChannel(_ context.Context, _ tocsin.Token, in *struct {
	Name string `path:"name" maxLength:"100"`
},
) (ChannelShown, error) {
	for _, c := range a.channels() {
		if c.Name == in.Name {
			return c, nil
		}
	}
	return ChannelShown{}, tocsin.Errorf(tocsin.CodeNotFound, "There is no channel %q.", in.Name)
}

func (a *API) channels() []ChannelShown {
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
		if c.Meter != nil {
			s.Allowances = c.Meter.Allowances()
		}
		shown = append(shown, s)
	}
	return shown
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
