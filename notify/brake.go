package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// An update stops by itself when this many of its messages failed on one channel
// and they are this share of those that were tried there.
const (
	brakeFailures = 5
	brakeShare    = 0.20
)

// stopOnErrors stops an update whose errors pile up on the channel of a delivery
// that has just failed. A person looks and lets it go on.
func (b *Broadcaster) stopOnErrors(ctx context.Context, line tocsin.Delivery, why string) error {
	count, err := b.Store.Tally(ctx, line.Update, line.Channel)
	if err != nil {
		return fmt.Errorf("count deliveries: %w", err)
	}
	failed := count[tocsin.DeliveryFailed]
	tried := failed + count[tocsin.DeliverySent] + count[tocsin.DeliveryUnknown]
	if failed < brakeFailures || float64(failed) <= brakeShare*float64(tried) {
		return nil
	}
	_, err = stop(ctx, b.Store, tocsin.ActorSelf, line.Update,
		fmt.Sprintf("%d of %d messages on %s failed, the last one so: %s", failed, tried, line.Channel, why))
	if tocsin.CodeOf(err) == tocsin.CodeConflict {
		return nil // stopped or done already
	}
	if err != nil {
		return fmt.Errorf("stop update: %w", err)
	}
	b.Log.ErrorContext(ctx, "errors pile up: update stopped", "update", line.Update, "channel", line.Channel, "failed", failed, "tried", tried)
	return nil
}
