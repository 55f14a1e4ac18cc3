package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// messagesAtOnce is how many messages come at once, the most that may.
	// https://discord.com/developers/docs/resources/message#get-channel-messages
	messagesAtOnce = 100
	// callsAtOnce is how many calls one pull makes at most.
	callsAtOnce = 8
	// lookEvery is how often a channel's latest messages are looked at again, for
	// what was edited or deleted.
	lookEvery = time.Minute
	// lookBack is how long before the last look an edit still counts as new: the
	// clocks may differ a little, and an edit that is told twice does no harm.
	lookBack = 5 * time.Second

	// reasonChannel is why a channel is passed over.
	reasonChannel = "channel"
)

// cursor is where to go on.
type cursor struct {
	Step     int               `json:"step,omitempty"` // of the round: channels are read (even) and looked at again (odd)
	Channels map[string]*place `json:"channels"`
}

// place is where we stand in one channel.
type place struct {
	After  string   `json:"after"`           // the last message read
	Looked int64    `json:"looked"`          // seconds; when the latest ones were looked at again
	Known  []string `json:"known,omitempty"` // those that were there
}

// Pull makes a round of the channels: each is read on from where it stands, and
// looked at again now and then.
func (b *bot) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	c := b.parse(from)
	var batch tocsin.Batch
	for calls := 0; c.Step < 2*len(b.Channels) && calls < callsAtOnce; calls++ {
		full, err := b.step(ctx, &batch, &c)
		if err != nil && calls == 0 {
			return tocsin.Batch{}, err
		}
		if err != nil {
			break // what was read is kept, and the next pull meets the failure first
		}
		if !full {
			c.Step++
		}
	}
	batch.More = c.Step < 2*len(b.Channels)
	if !batch.More {
		c.Step = 0
	}
	text, err := json.Marshal(c)
	if err != nil {
		return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInternal, err, "write cursor")
	}
	batch.Cursor = string(text)
	return batch, nil
}

func (b *bot) parse(from string) cursor {
	var c cursor
	if from != "" {
		if err := json.Unmarshal([]byte(from), &c); err != nil {
			b.log.Warn("the cursor makes no sense; reading starts anew", "cursor", from)
			c = cursor{}
		}
	}
	if c.Channels == nil {
		c.Channels = map[string]*place{}
	}
	if c.Step < 0 || c.Step > 2*len(b.Channels) {
		c.Step = 0
	}
	for _, id := range b.Channels {
		if c.Channels[id] == nil || c.Channels[id].After == "" {
			c.Channels[id] = &place{After: idAt(b.now().Add(-b.Since)), Looked: b.now().Unix()}
		}
	}
	return c
}

// step reads a channel on, or looks at it again, and tells whether there is more of
// the same at once. A channel that the bot can't enter is named, and holds up no
// other, as long as there is another.
func (b *bot) step(ctx context.Context, batch *tocsin.Batch, c *cursor) (full bool, err error) {
	id := b.Channels[c.Step/2]
	p := c.Channels[id]
	if c.Step%2 == 0 {
		full, err = b.read(ctx, batch, id, p)
	} else {
		err = b.lookAgain(ctx, batch, id, p)
	}
	if code := tocsin.CodeOf(err); len(b.Channels) > 1 && (code == tocsin.CodeForbidden || code == tocsin.CodeNotFound) {
		batch.Rejections = append(batch.Rejections, tocsin.Rejection{
			ExternalID: id, Reason: reasonChannel, Detail: "the bot may not read this channel, or it is no longer there",
		})
		return false, nil
	}
	return full, err
}

// list gives messages of a channel, oldest first. It counts against a limit of the
// channel's own.
func (b *bot) list(ctx context.Context, id string, query url.Values) ([]message, error) {
	var list []message
	query.Set("limit", strconv.Itoa(messagesAtOnce))
	_, err := b.call(ctx, "reading "+id, channel.Call{URL: fmt.Sprintf("channels/%s/messages?%s", id, query.Encode()), Out: &list})
	for i := range list {
		list[i].ChannelID = id
	}
	slices.SortFunc(list, func(x, y message) int {
		if older(x.ID, y.ID) {
			return -1
		}
		return 1
	})
	return list, err
}

func (b *bot) read(ctx context.Context, batch *tocsin.Batch, id string, p *place) (full bool, err error) {
	list, err := b.list(ctx, id, url.Values{"after": {p.After}})
	if err != nil {
		return false, err
	}
	for _, m := range list {
		b.take(batch, m)
		p.After = m.ID
	}
	return len(list) == messagesAtOnce, nil
}

// lookAgain compares a channel's latest messages with those of the last look.
func (b *bot) lookAgain(ctx context.Context, batch *tocsin.Batch, id string, p *place) error {
	now := b.now()
	if now.Sub(time.Unix(p.Looked, 0)) < lookEvery {
		return nil
	}
	list, err := b.list(ctx, id, url.Values{})
	if err != nil {
		return err
	}
	var there []string
	for _, m := range list {
		if !m.said() || older(p.After, m.ID) {
			continue // what is newer is read in the next round
		}
		there = append(there, m.ID)
		if m.EditedAt != nil && m.EditedAt.After(time.Unix(p.Looked, 0).Add(-lookBack)) {
			batch.Edits = append(batch.Edits, b.report(m))
		}
	}
	for _, known := range p.Known {
		reaches := len(list) < messagesAtOnce || older(list[0].ID, known)
		if reaches && !slices.Contains(there, known) {
			batch.Deleted = append(batch.Deleted, id+"/"+known)
		}
	}
	p.Known, p.Looked = there, now.Unix()
	return nil
}
