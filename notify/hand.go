package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Retry sends a failed or held delivery again because a person says so: they have
// looked, and it did not arrive. It returns CodeConflict when a correction or
// another verdict has overtaken the update, or a newer one reached the person.
func (d *Desk) Retry(ctx context.Context, actor string, delivery int64) (tocsin.Delivery, error) {
	if err := d.refuseShadow(); err != nil {
		return tocsin.Delivery{}, err
	}
	line, err := d.Store.Delivery(ctx, delivery)
	if err != nil {
		return line, err
	}
	u, err := d.Store.Update(ctx, line.Update)
	if err != nil {
		return line, fmt.Errorf("read update: %w", err)
	}
	if err := d.refuseOvertaken(ctx, u); err != nil {
		return line, err
	}
	if err := d.refuseOlder(ctx, line); err != nil {
		return line, err
	}
	return d.byHand(ctx, actor, delivery, tocsin.DeliveryPending, "", "to be sent again")
}

// ByHand records that a person told the recipient by other means, and how.
func (d *Desk) ByHand(ctx context.Context, actor string, delivery int64, how string) (tocsin.Delivery, error) {
	if err := needReason(how, "telling somebody by hand"); err != nil {
		return tocsin.Delivery{}, err
	}
	return d.byHand(ctx, actor, delivery, tocsin.DeliveryByHand, how, "told by hand: "+how)
}

// Skip records that the recipient is not told, and why.
func (d *Desk) Skip(ctx context.Context, actor string, delivery int64, reason string) (tocsin.Delivery, error) {
	if err := needReason(reason, "leaving somebody out"); err != nil {
		return tocsin.Delivery{}, err
	}
	return d.byHand(ctx, actor, delivery, tocsin.DeliverySkipped, reason, "left out: "+reason)
}

func (d *Desk) byHand(ctx context.Context, actor string, delivery int64, to tocsin.DeliveryState, reason, did string) (tocsin.Delivery, error) {
	if err := d.refuseInHold(ctx, delivery); err != nil {
		return tocsin.Delivery{}, err
	}
	line, err := d.Store.ChangeDelivery(ctx, delivery, func(line *tocsin.Delivery) (tocsin.Effects, error) {
		if err := line.Move(to); err != nil {
			return tocsin.Effects{}, err
		}
		line.Reason, line.UpdatedAt = reason, d.Now()
		e := event(line.Incident, actor, eventDelivery, "%s, update %d: %s", name(line.Reporter, line.Channel), line.Update, did)
		if to == tocsin.DeliveryPending {
			e.Jobs = []tocsin.Later{{Job: tocsin.DeliverJob{Delivery: line.ID}}}
		}
		return e, nil
	})
	if err != nil {
		return line, err
	}
	if _, err := d.Store.Finish(ctx, line.Update); err != nil {
		return line, fmt.Errorf("finish update: %w", err)
	}
	return line, nil
}

// name is how the timeline calls a recipient.
func name(r tocsin.Reporter, channel string) string {
	switch {
	case r.Handle != "":
		return r.Handle
	case r.ID != "":
		return r.ID
	default:
		return "the public on " + channel
	}
}

// refuseInHold keeps hands off the recipients of an update that can still be
// called back: that forgets them, and would forget what somebody did for them.
func (d *Desk) refuseInHold(ctx context.Context, delivery int64) error {
	line, err := d.Store.Delivery(ctx, delivery)
	if err != nil {
		return err
	}
	u, err := d.Store.Update(ctx, line.Update)
	if err != nil {
		return fmt.Errorf("read update: %w", err)
	}
	if u.State == tocsin.UpdateApproved {
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is in its hold. Wait until it goes out, or cancel it.", u.ID)
	}
	return nil
}
