package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// tryFor is how long a delivery is tried while the other side says "not now".
const tryFor = 24 * time.Hour

// Deliver takes one delivery as far as it goes: it sends what is pending, finds
// out what became of a broken call, and leaves alone what is settled or whose
// update was stopped. It gives an error when it wants to be called again.
func (b *Broadcaster) Deliver(ctx context.Context, j tocsin.DeliverJob) error {
	if err := b.putOff(); err != nil {
		return err
	}
	if !b.enter(j.Delivery) {
		return later(nil, time.Second, "This delivery is under way.")
	}
	defer b.leave(j.Delivery)
	line, err := b.Store.Delivery(ctx, j.Delivery)
	if err != nil {
		return fmt.Errorf("read delivery: %w", err)
	}
	switch line.State {
	case tocsin.DeliverySending:
		return b.suspect(ctx, line)
	case tocsin.DeliveryUnknown:
		return b.settle(ctx, line)
	case tocsin.DeliveryPending:
		return b.send(ctx, line)
	default:
		return b.finish(ctx, line.Update) // a crash may have come before it
	}
}

// enter keeps two jobs of this process from being at one delivery.
func (b *Broadcaster) enter(delivery int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.sending[delivery] {
		return false
	}
	b.sending[delivery] = true
	return true
}

func (b *Broadcaster) leave(delivery int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.sending, delivery)
}

// send makes the call for a pending delivery, unless its update was stopped or a
// person has to do it.
func (b *Broadcaster) send(ctx context.Context, line tocsin.Delivery) error {
	u, err := b.Store.Update(ctx, line.Update)
	if err != nil {
		return fmt.Errorf("read update: %w", err)
	}
	if stays, err := b.stays(ctx, line, u); err != nil || stays {
		return err
	}
	say, err := b.speaker(line)
	if err != nil {
		return b.record(ctx, line, tocsin.DeliveryPending, tocsin.DeliveryHeld, tocsin.Sent{}, tocsin.MessageOf(err))
	}
	m, err := b.message(ctx, line, u)
	if err != nil {
		return err
	}
	if why := m.Report.Unanswerable(); why != "" { // it came up after the approval
		return b.record(ctx, line, tocsin.DeliveryPending, tocsin.DeliveryHeld, tocsin.Sent{}, why)
	}
	line, err = b.claim(ctx, line.ID)
	if errors.Is(err, errNotNow) {
		return later(nil, time.Second, "The delivery was changed just now.")
	}
	if err != nil {
		return err
	}
	call, cancel := context.WithTimeout(ctx, b.Timeout)
	sent, failure := say(call, m)
	cancel()
	ctx, cancel = outlive(ctx)
	defer cancel()
	return b.answered(ctx, line, sent, failure)
}

// speaker finds what carries a delivery: the reporter's channel answers them, or
// our own account posts in public.
func (b *Broadcaster) speaker(line tocsin.Delivery) (func(context.Context, tocsin.Message) (tocsin.Sent, error), error) {
	c := b.channel(line.Channel)
	switch {
	case line.Report == 0 && c.Poster != nil:
		return c.Poster.Post, nil
	case line.Report != 0 && c.Replier != nil:
		return c.Replier.Reply, nil
	default:
		return nil, tocsin.Errorf(tocsin.CodeUnavailable, "Channel %s is not configured, or cannot carry it.", line.Channel)
	}
}

func (b *Broadcaster) message(ctx context.Context, line tocsin.Delivery, u tocsin.Update) (tocsin.Message, error) {
	m := tocsin.Message{Key: line.Key, Delivery: line.ID, Text: u.Text}
	if line.Report == 0 {
		return m, nil
	}
	report, err := b.Store.Report(ctx, line.Report)
	if err != nil {
		return m, fmt.Errorf("read report: %w", err)
	}
	m.Report = report
	return m, nil
}

// claim commits that the call is about to be made.
func (b *Broadcaster) claim(ctx context.Context, delivery int64) (tocsin.Delivery, error) {
	line, err := b.Store.ChangeDelivery(ctx, delivery, func(line *tocsin.Delivery) (tocsin.Effects, error) {
		if line.State != tocsin.DeliveryPending {
			return tocsin.Effects{}, errNotNow
		}
		line.Attempts++
		line.UpdatedAt = b.Now()
		return tocsin.Effects{}, line.Move(tocsin.DeliverySending)
	})
	if err != nil {
		return line, fmt.Errorf("claim delivery: %w", err)
	}
	return line, nil
}

// answered records what the call said. Uncertain comes first: whatever else an
// error claims, a message that may be out must be looked for.
func (b *Broadcaster) answered(ctx context.Context, line tocsin.Delivery, sent tocsin.Sent, failure error) error {
	again, after := tocsin.Retry(failure)
	from, why := tocsin.DeliverySending, reason(failure)
	switch {
	case failure == nil:
		return b.record(ctx, line, from, tocsin.DeliverySent, sent, "")
	case tocsin.Uncertain(failure):
		if err := b.record(ctx, line, from, tocsin.DeliveryUnknown, sent, why); err != nil {
			return err
		}
		return later(failure, b.Settle, "The line broke while sending.")
	case again && b.Now().Sub(line.CreatedAt) < tryFor:
		if err := b.record(ctx, line, from, tocsin.DeliveryPending, sent, why); err != nil {
			return err
		}
		return later(failure, after, "The other side takes no message now.")
	default:
		if err := b.record(ctx, line, from, tocsin.DeliveryFailed, sent, why); err != nil {
			return err
		}
		return b.stopOnErrors(ctx, line, why)
	}
}

func reason(failure error) string {
	if failure == nil {
		return ""
	}
	return tocsin.MessageOf(failure)
}

// record stores where a delivery stands now, and finishes its update when it was
// the last. Somebody else's change in between wins.
func (b *Broadcaster) record(ctx context.Context, line tocsin.Delivery, from, to tocsin.DeliveryState, sent tocsin.Sent, why string) error {
	_, err := b.Store.ChangeDelivery(ctx, line.ID, func(now *tocsin.Delivery) (tocsin.Effects, error) {
		if now.State != from || now.Attempts != line.Attempts {
			return tocsin.Effects{}, errNotNow
		}
		if err := now.Move(to); err != nil {
			return tocsin.Effects{}, err
		}
		now.Reason, now.UpdatedAt = why, b.Now()
		if to == tocsin.DeliverySent {
			now.ExternalID, now.URL = sent.ExternalID, sent.URL
		}
		return tocsin.Effects{}, nil
	})
	if errors.Is(err, errNotNow) {
		return later(nil, time.Second, "The delivery was changed just now.")
	}
	if err != nil {
		return fmt.Errorf("record delivery: %w", err)
	}
	if to == tocsin.DeliveryPending || to == tocsin.DeliveryUnknown {
		return nil
	}
	return b.finish(ctx, line.Update)
}
