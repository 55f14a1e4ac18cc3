package notify

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// How long we look for a message whose fate nobody knows, and how often.
const (
	lookFor   = time.Hour
	lookMost  = 5 * time.Minute
	lookFirst = 5 * time.Second
)

// suspect takes a delivery that is found in sending. Its call was cut short by a
// crash, unless another process is at it still: within the grace it may be.
func (b *Broadcaster) suspect(ctx context.Context, line tocsin.Delivery) error {
	if wait := b.Grace - b.Now().Sub(line.UpdatedAt); wait > 0 {
		return later(nil, wait, "Another process may be sending this delivery.")
	}
	if err := b.record(ctx, line, tocsin.DeliverySending, tocsin.DeliveryUnknown, tocsin.Sent{}, "The program ended while sending."); err != nil {
		return err
	}
	return later(nil, b.Settle, "The program ended while sending.")
}

// settle finds out by looking what became of a broken call. Found means sent.
// Provably absent means pending again, and it goes on. While nobody can tell it is
// looked for again, for an hour; then, and where a channel cannot look, it is held
// for a human. It is never sent again blindly. A channel may say when a look is
// worth while.
func (b *Broadcaster) settle(ctx context.Context, line tocsin.Delivery) error {
	age := b.Now().Sub(line.UpdatedAt)
	if wait := b.Settle - age; wait > 0 {
		return later(nil, wait, "It is too early to look for this delivery.")
	}
	finder := b.channel(line.Channel).Finder
	if finder == nil {
		return b.hold(ctx, line, "this channel cannot look for messages: see whether it arrived")
	}
	found, sent, err := b.look(ctx, finder, line)
	switch {
	case err == nil && found == tocsin.FoundPresent:
		return b.record(ctx, line, tocsin.DeliveryUnknown, tocsin.DeliverySent, sent, "")
	case err == nil && found == tocsin.FoundAbsent:
		if err := b.record(ctx, line, tocsin.DeliveryUnknown, tocsin.DeliveryPending, sent, line.Reason); err != nil {
			return err
		}
		line.State = tocsin.DeliveryPending
		return b.send(ctx, line)
	case age >= lookFor:
		return b.hold(ctx, line, "looking for an hour did not show whether it went out: see whether it arrived")
	default:
		_, asked := tocsin.Retry(err)
		return later(err, min(cmp.Or(asked, max(age, lookFirst)), lookMost), "It cannot be told yet whether this delivery went out.")
	}
}

func (b *Broadcaster) look(ctx context.Context, finder tocsin.Finder, line tocsin.Delivery) (tocsin.Found, tocsin.Sent, error) {
	u, err := b.Store.Update(ctx, line.Update)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	m, err := b.message(ctx, line, u)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	// The row was last touched when the call was seen to be broken: a little later
	// than it began, which errs on the side of waiting longer.
	m.TriedAt = line.UpdatedAt
	ctx, cancel := context.WithTimeout(ctx, b.Timeout)
	defer cancel()
	return finder.Find(ctx, m)
}

// hold leaves a line to a person. What broke the call stays in front of the reason:
// it tells them where to look.
func (b *Broadcaster) hold(ctx context.Context, line tocsin.Delivery, why string) error {
	b.Log.WarnContext(ctx, "nobody can tell whether a message went out", "delivery", line.ID, "channel", line.Channel)
	broke := cmp.Or(strings.TrimRight(line.Reason, ". "), "The line broke while sending")
	return b.record(ctx, line, tocsin.DeliveryUnknown, tocsin.DeliveryHeld, tocsin.Sent{}, broke+"; "+why)
}
