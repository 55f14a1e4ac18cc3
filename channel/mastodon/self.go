package mastodon

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// defaultLimit is how many characters a post may have where a server has not
	// said otherwise.
	defaultLimit = 500
	// selfFor is how long what a server says about itself is believed.
	selfFor = 24 * time.Hour
)

// self is what the server says about itself and about us.
type self struct {
	id     mastodon.ID
	domain string // of accounts on this server; it may differ from the server's name
	stream string // base address of streaming
	limit  int    // characters of a post
	asked  time.Time
}

// know gives what the server says about itself and us, and asks where it has not.
func (a *account) know(ctx context.Context) (self, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.now()
	if a.me != nil && now.Sub(a.me.asked) < selfFor {
		return *a.me, nil
	}
	me, err := a.api.GetAccountCurrentUser(ctx)
	if err != nil {
		return self{}, a.said(err, false)
	}
	known, err := a.instance(ctx)
	if err != nil {
		return self{}, err
	}
	known.id, known.asked = me.ID, now
	a.me = &known
	return known, nil
}

// instance asks the server about itself. One that does not know the question has
// the defaults.
// https://docs.joinmastodon.org/methods/instance/#v2
func (a *account) instance(ctx context.Context) (self, error) {
	var said struct {
		Domain        string `json:"domain"`
		Configuration struct {
			URLs struct {
				Streaming string `json:"streaming"`
			} `json:"urls"`
			Statuses struct {
				MaxCharacters int `json:"max_characters"`
			} `json:"statuses"`
		} `json:"configuration"`
	}
	_, err := a.client.JSON(ctx, channel.Call{URL: a.Server + "/api/v2/instance", Header: a.bearer(), Out: &said})
	if err != nil && tocsin.CodeOf(err) != tocsin.CodeNotFound {
		return self{}, err
	}
	own, _ := url.Parse(a.Server) // settings.check has parsed it
	s := self{
		domain: cmp.Or(said.Domain, own.Hostname()),
		stream: "ws" + strings.TrimPrefix(a.Server, "http"),
		limit:  cmp.Or(max(said.Configuration.Statuses.MaxCharacters, 0), defaultLimit),
	}
	// Elsewhere, but never by a way on which the token could be read.
	elsewhere := strings.TrimRight(said.Configuration.URLs.Streaming, "/")
	if strings.HasPrefix(elsewhere, "wss://") || own.Scheme == "http" && strings.HasPrefix(elsewhere, "ws://") {
		s.stream = elsewhere
	}
	return s, nil
}

func (a *account) bearer() http.Header {
	return http.Header{"Authorization": {"Bearer " + a.Token.Reveal()}}
}

// limit is how many characters a post may have, as far as it is known.
func (a *account) limit() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.me == nil {
		return defaultLimit
	}
	return a.me.limit
}
