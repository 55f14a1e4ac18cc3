package notify

import (
	"context"
	"fmt"
	"time"
)

// sweepEvery is the pause between two sweeps, and how long a delivery waits until
// one picks it up.
const sweepEvery = time.Minute

// Sweep sees to it that no delivery is forgotten: one that waits and has no job,
// for whatever reason, gets one. It tells how many there were.
func (b *Broadcaster) Sweep(ctx context.Context) (int, error) {
	n, err := b.Store.Requeue(ctx, b.Now().Add(-sweepEvery))
	if err != nil {
		return n, fmt.Errorf("requeue deliveries: %w", err)
	}
	return n, nil
}

// Run sweeps at once and then every minute, until ctx ends.
func (b *Broadcaster) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		n, err := b.Sweep(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			b.Log.ErrorContext(ctx, "sweep", "err", err)
		case n > 0:
			b.Log.WarnContext(ctx, "deliveries had no job and got one", "count", n)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
