package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
)

// correctionOf finds the update that called u wrong: one that is approved, for a
// draft has called nothing wrong yet.
func correctionOf(u tocsin.Update, updates []tocsin.Update) (tocsin.Update, bool) {
	k := slices.IndexFunc(updates, func(c tocsin.Update) bool { return c.Corrects == u.ID && !c.ApprovedAt.IsZero() })
	if k < 0 {
		return tocsin.Update{}, false
	}
	return updates[k], true
}

// refuseOvertaken keeps a text that must not be said any more from going on.
func (d *Desk) refuseOvertaken(ctx context.Context, u tocsin.Update) error {
	i, err := d.Store.Incident(ctx, u.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	if err := refuseByVerdict(i, u); err != nil {
		return err
	}
	return d.refuseCorrected(ctx, u)
}

// refuseCorrected keeps a text that we called wrong from reaching anybody else.
func (d *Desk) refuseCorrected(ctx context.Context, u tocsin.Update) error {
	updates, err := d.Store.Updates(ctx, u.Incident)
	if err != nil {
		return fmt.Errorf("list updates: %w", err)
	}
	if c, corrected := correctionOf(u, updates); corrected {
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d was corrected by update %d and goes to nobody else.", u.ID, c.ID)
	}
	return nil
}

// reasonCorrected is why a line of a wrong text was not sent. It is no answer: its
// person never heard of it, and is owed one as before.
const reasonCorrected = "corrected before it was sent"

// withdrawn tells whether a line stands for nothing, because its text was found
// wrong before anybody got it.
func withdrawn(line tocsin.Delivery) bool {
	return line.State == tocsin.DeliverySkipped && line.Reason == reasonCorrected
}

// unsent tells whether a line certainly reached nobody and waits still.
func unsent(line tocsin.Delivery) bool {
	return line.State == tocsin.DeliveryPending || line.State == tocsin.DeliveryHeld && line.Attempts == 0
}

// withdraw takes back what is left of the text that a correction is about. That
// waits for the end of the correction's hold: it may be called back until then.
func (b *Broadcaster) withdraw(ctx context.Context, correction tocsin.Update) error {
	if correction.Corrects == 0 {
		return nil
	}
	lines, err := deliveriesOf(ctx, b.Store, tocsin.DeliveryQuery{Update: correction.Corrects})
	if err != nil {
		return err
	}
	var failed error
	for _, line := range lines {
		if unsent(line) {
			failed = errors.Join(failed, b.withdrawLine(ctx, line.ID))
		}
	}
	return failed
}

func (b *Broadcaster) withdrawLine(ctx context.Context, delivery int64) error {
	_, err := b.Store.ChangeDelivery(ctx, delivery, func(line *tocsin.Delivery) (tocsin.Effects, error) {
		if !unsent(*line) {
			return tocsin.Effects{}, errNotNow
		}
		line.Reason, line.UpdatedAt = reasonCorrected, b.Now()
		return tocsin.Effects{}, line.Move(tocsin.DeliverySkipped)
	})
	if err != nil && !errors.Is(err, errNotNow) {
		return fmt.Errorf("withdraw delivery: %w", err)
	}
	return nil
}

// stays sees to a pending line whose update is not being sent. It tells whether
// the line stays as it is: under a stopped update, and under a wrong one.
func (b *Broadcaster) stays(ctx context.Context, line tocsin.Delivery, u tocsin.Update) (bool, error) {
	if u.State == tocsin.UpdateSending {
		return false, nil
	}
	updates, err := b.Store.Updates(ctx, u.Incident)
	if err != nil {
		return true, fmt.Errorf("list updates: %w", err)
	}
	c, corrected := correctionOf(u, updates)
	if corrected && c.State != tocsin.UpdateApproved {
		return true, b.withdrawLine(ctx, line.ID)
	}
	return corrected || u.State != tocsin.UpdateSent, nil
}
