package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// applyReceipt marks as failed what a receipt says did not arrive, and says so on
// the timeline. A receipt about nothing of ours is dropped: its number came from
// outside.
func (t *tx) applyReceipt(ctx context.Context, r tocsin.Receipt) error {
	switch {
	case !r.Failed:
		return nil
	case r.Notice:
		return bounce(ctx, t, notices(), r, `UPDATE notices`, func(n tocsin.Notice) string { return "The page to " + n.Target.To })
	default:
		return bounce(ctx, t, deliveries(), r, `UPDATE deliveries`, func(d tocsin.Delivery) string { return "The answer to " + d.Reporter.Handle })
	}
}

// bounce fails a message that has left us. It may still be in sending or unknown
// here: what bounces has been sent.
func bounce[T any](ctx context.Context, t *tx, k table[T], r tocsin.Receipt, update string, what func(T) string) error {
	failed, err := list(ctx, t.conn, number, update+` SET state = 'failed', reason = $2, updated_at = $3
		WHERE id = $1 AND state IN ('sent', 'sending', 'unknown') RETURNING id`, r.Delivery, r.Reason, t.now)
	if err != nil {
		return fmt.Errorf("apply receipt: %w", err)
	}
	if len(failed) == 0 {
		return nil
	}
	message, err := k.get(ctx, t.conn, r.Delivery, "")
	if err != nil {
		return err
	}
	incident, err := k.incident(ctx, t, message)
	if err != nil {
		return err
	}
	return t.say(ctx, incident, "bounced", "%s did not arrive: %s", what(message), r.Reason)
}
