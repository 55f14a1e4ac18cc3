package discord

import (
	"context"
	"net/url"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// maxSkew is how far the clocks may be apart: ids are made of Discord's.
	maxSkew = time.Minute
	// readsContent are the flags of an application that may read what people write.
	// https://discord.com/developers/docs/resources/application#application-object-application-flags
	readsContent = 1<<18 | 1<<19
)

// Check asks who the bot is, whether it may read what people write, reads each
// channel, and compares the clocks. It writes nothing.
func (b *bot) Check(ctx context.Context) error {
	var app struct {
		Flags int64 `json:"flags"`
	}
	resp, err := b.call(ctx, "identity", channel.Call{URL: "applications/@me", Out: &app})
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeUnauthorized:
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "Discord refuses the token. Reset it on the application's Bot page, and put the new one into token.")
	case err != nil:
		return err
	case len(b.Channels) > 0 && app.Flags&readsContent == 0:
		return tocsin.Errorf(tocsin.CodeForbidden, "The bot is not shown what people write. Turn on Message Content Intent on the application's Bot page.")
	}
	clocks := channel.CheckClock(resp.Header, b.now(), maxSkew) // before more calls take their time
	for _, id := range b.Channels {
		_, err := b.list(ctx, id, url.Values{})
		if code := tocsin.CodeOf(err); code == tocsin.CodeForbidden || code == tocsin.CodeNotFound {
			return tocsin.Wrap(code, err, "The bot may not read the channel %s. Give it View Channel, Read Message History and Send Messages there.", id)
		}
		if err != nil {
			return err
		}
	}
	return clocks
}
