package discord

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// settled is how long after a try its absence proves something: a call that was
	// cut off may still be at work for a while.
	settled = 2 * time.Minute
	// slack is how much earlier than the noted time a try may have begun, the
	// difference of the clocks included.
	slack = 5 * time.Minute
)

// Find looks for the answer among what the bot said in the channel since the try.
// Discord shows no nonce afterwards, so it is known by the message that it answers
// and by its words. Where the bot said something else to the same message, or the
// same words to nobody, nothing is proved.
func (b *bot) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	in, id, err := placeOf(m)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	looked := b.now()
	var me user
	if _, err := b.call(ctx, "identity", channel.Call{URL: "users/@me", Out: &me}); err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	after, silent := id, true
	if !m.TriedAt.IsZero() && older(after, idAt(m.TriedAt.Add(-slack))) {
		after = idAt(m.TriedAt.Add(-slack))
	}
	for full := true; full; {
		list, err := b.list(ctx, in, url.Values{"after": {after}})
		if err != nil {
			return tocsin.FoundUnclear, tocsin.Sent{}, err
		}
		for _, seen := range list {
			after = seen.ID
			same := seen.Content == literal(m.Text)
			switch {
			case seen.Author.ID != me.ID:
			case seen.Reference.MessageID == id && same:
				return tocsin.FoundPresent, b.sent(in, seen), nil
			case seen.Reference.MessageID == id, seen.Reference.MessageID == "" && same:
				silent = false
			}
		}
		full = len(list) == messagesAtOnce
	}
	if m.TriedAt.IsZero() || !silent {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	if rest := m.TriedAt.Add(settled).Sub(looked); rest > 0 {
		return tocsin.FoundUnclear, tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, RetryAfter: rest,
			Message: fmt.Sprintf("The answer is not in the channel yet. In %s that will prove that it is not coming.", rest.Round(time.Second)),
		}
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}
