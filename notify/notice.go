package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// noticeTries is how often one notice is tried before it counts as failed for
// good. With the store's growing waits that is about four minutes.
const noticeTries = 8

// Notice carries one notice to its target. Unlike a delivery it is sent again,
// with the same key, when nobody can tell whether it arrived: a doubled page is
// better than none. A ring that was answered meanwhile wakes nobody else.
func (p *Pager) Notice(ctx context.Context, j tocsin.NoticeJob) error {
	n, err := p.Store.Notice(ctx, j.Notice)
	if err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	page, err := p.Store.Page(ctx, n.Page)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	switch n.State {
	case tocsin.DeliveryPending, tocsin.DeliverySending, tocsin.DeliveryUnknown:
	case tocsin.DeliveryFailed: // a crash came between this and the next step
		return p.stepFailed(ctx, page, n)
	default:
		return nil
	}
	if page.Tier == tocsin.TierRing {
		if err := p.putOff(); err != nil {
			return err
		}
	}
	if page.State != tocsin.PageOpen {
		return p.skipNotice(ctx, n, page)
	}
	return p.send(ctx, page, n.ID)
}

func (p *Pager) send(ctx context.Context, page tocsin.Page, id int64) error {
	n, err := p.changeNotice(ctx, id, func(n *tocsin.Notice) (tocsin.Effects, error) {
		n.Attempts++
		return tocsin.Effects{}, walk(n, tocsin.DeliveryPending, tocsin.DeliverySending)
	})
	if err != nil {
		return err
	}
	sent, failure := p.call(ctx, page, n)
	ctx, cancel := outlive(ctx)
	defer cancel()
	if failure == nil {
		_, err = p.changeNotice(ctx, id, func(n *tocsin.Notice) (tocsin.Effects, error) {
			n.ExternalID, n.Reason = sent.ExternalID, ""
			return tocsin.Effects{}, walk(n, tocsin.DeliverySent)
		})
		return err
	}
	return p.noticeFailed(ctx, page, n, failure)
}

func (p *Pager) call(ctx context.Context, page tocsin.Page, n tocsin.Notice) (tocsin.Sent, error) {
	pager := p.channel(n.Target.Channel).Pager
	if pager == nil {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "Channel %s is not configured, or cannot carry a bell.", n.Target.Channel)
	}
	alarm, err := p.alarm(ctx, page, n)
	if err != nil {
		return tocsin.Sent{}, later(err, 0, "The evidence could not be read.")
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	return pager.Page(ctx, alarm)
}

// noticeFailed decides whether a failed call is worth another try.
func (p *Pager) noticeFailed(ctx context.Context, page tocsin.Page, n tocsin.Notice, failure error) error {
	again, after := tocsin.Retry(failure)
	again = again || tocsin.Uncertain(failure)
	forGood := !again || n.Attempts >= noticeTries
	n, err := p.changeNotice(ctx, n.ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
		n.Reason = tocsin.MessageOf(failure)
		if !forGood {
			return tocsin.Effects{}, walk(n, tocsin.DeliveryUnknown)
		}
		return event(page.Incident, tocsin.ActorSelf, eventPage, "%s %s could not be reached: %s", n.Target.Channel, n.Target.To, n.Reason),
			walk(n, tocsin.DeliveryFailed)
	})
	switch {
	case err != nil:
		return err
	case forGood:
		return p.stepFailed(ctx, page, n)
	default:
		return later(failure, after, "The notice did not get through.")
	}
}

// stepFailed looks whether a page's step has reached nobody at all, and goes to
// the next step at once when it has.
func (p *Pager) stepFailed(ctx context.Context, page tocsin.Page, n tocsin.Notice) error {
	if page.State != tocsin.PageOpen || page.Step != n.Step {
		return nil
	}
	notices, err := p.Store.Notices(ctx, page.ID)
	if err != nil {
		return fmt.Errorf("list notices: %w", err)
	}
	for _, other := range notices {
		if other.Step == page.Step && other.State != tocsin.DeliveryFailed {
			return nil
		}
	}
	return p.next(ctx, page, "None of this step's notices could be delivered")
}

func (p *Pager) skipNotice(ctx context.Context, n tocsin.Notice, page tocsin.Page) error {
	_, err := p.changeNotice(ctx, n.ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
		n.Reason = fmt.Sprintf("The page is %s.", page.State)
		return tocsin.Effects{}, walk(n, tocsin.DeliveryPending, tocsin.DeliverySkipped)
	})
	return err
}

func (p *Pager) changeNotice(ctx context.Context, id int64, change func(*tocsin.Notice) (tocsin.Effects, error)) (tocsin.Notice, error) {
	n, err := p.Store.ChangeNotice(ctx, id, func(n *tocsin.Notice) (tocsin.Effects, error) {
		n.UpdatedAt = p.Now()
		return change(n)
	})
	if err != nil {
		return n, fmt.Errorf("change notice: %w", err)
	}
	return n, nil
}

// walk takes a notice along the states of a delivery, by legal changes only. A
// state that it stands in already is passed; from a broken call the way back to
// pending leads through unknown.
func walk(n *tocsin.Notice, way ...tocsin.DeliveryState) error {
	d := tocsin.Delivery{State: n.State}
	for _, to := range way {
		if d.State == to {
			continue
		}
		if err := d.Move(to); err != nil {
			return err
		}
	}
	n.State = d.State
	return nil
}
