package notify

import (
	"cmp"
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// lastHeard finds for each addressee the latest line that reached them, or is
// about to, or may have done.
func lastHeard(updates []tocsin.Update, ledger []tocsin.Delivery) map[string]tocsin.Delivery {
	goes := map[int64]bool{}
	for _, u := range updates {
		_, wrong := correctionOf(u, updates)
		goes[u.ID] = u.State != tocsin.UpdateStopped && !wrong
	}
	latest := map[string]tocsin.Delivery{}
	for _, line := range ledger { // it is in the order of approval
		switch line.State {
		case tocsin.DeliverySent, tocsin.DeliveryByHand, tocsin.DeliverySending, tocsin.DeliveryUnknown:
			latest[addressee(line)] = line
		case tocsin.DeliveryPending:
			if goes[line.Update] {
				latest[addressee(line)] = line
			}
		default:
		}
	}
	return latest
}

// addressee names whom a line is for: a person, wherever they wrote, or the public
// on a channel.
func addressee(line tocsin.Delivery) string {
	return cmp.Or(line.Reporter.ID, "the public on "+line.Channel)
}

// heardOf is lastHeard as an incident stands now.
func (d *Desk) heardOf(ctx context.Context, incident int64) (map[string]tocsin.Delivery, error) {
	updates, err := d.Store.Updates(ctx, incident)
	if err != nil {
		return nil, fmt.Errorf("list updates: %w", err)
	}
	ledger, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Incident: incident})
	if err != nil {
		return nil, err
	}
	return lastHeard(updates, ledger), nil
}

// refuseOlder keeps an older word from reaching somebody after a newer one.
func (d *Desk) refuseOlder(ctx context.Context, line tocsin.Delivery) error {
	heard, err := d.heardOf(ctx, line.Incident)
	if err != nil {
		return err
	}
	if newer := heard[addressee(line)]; newer.ID > line.ID {
		return tocsin.Errorf(tocsin.CodeConflict, "%s has heard update %d since, or is about to; an older word would confuse. Use by-hand or skip.",
			name(line.Reporter, line.Channel), newer.Update)
	}
	return nil
}

// passBy leaves out of a stopped update who heard a newer word meanwhile.
func (d *Desk) passBy(ctx context.Context, u tocsin.Update) error {
	heard, err := d.heardOf(ctx, u.Incident)
	if err != nil {
		return err
	}
	waiting, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Update: u.ID, State: tocsin.DeliveryPending})
	if err != nil {
		return err
	}
	for _, line := range waiting {
		newer := heard[addressee(line)]
		if newer.ID <= line.ID {
			continue
		}
		_, err := d.Store.ChangeDelivery(ctx, line.ID, func(line *tocsin.Delivery) (tocsin.Effects, error) {
			line.Reason, line.UpdatedAt = fmt.Sprintf("has heard update %d since", newer.Update), d.Now()
			return tocsin.Effects{}, line.Move(tocsin.DeliverySkipped)
		})
		if err != nil {
			return fmt.Errorf("leave delivery out: %w", err)
		}
	}
	return nil
}
