package notify

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// noticeTries is how often one notice is tried before it counts as failed for
// good: after 1 s, 2 s, 4 s, … unless the medium asks for more, for about two minutes.
const (
	noticeTries = 8
	firstWait   = time.Second
)

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
	if left := n.DueAt.Sub(p.Now()); left > 0 {
		return later(nil, left, "The notice is not due yet.")
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
	tried := tocsin.Attempt{Notice: id, At: p.Now(), State: tocsin.DeliverySent}
	sent, failure := p.call(ctx, page, n)
	tried.Took = tocsin.Duration(p.Now().Sub(tried.At))
	ctx, cancel := outlive(ctx)
	defer cancel()
	if failure == nil {
		tried.ExternalID = sent.ExternalID
		_, err = p.changeNotice(ctx, id, func(n *tocsin.Notice) (tocsin.Effects, error) {
			n.ExternalID, n.Reason, n.DueAt = sent.ExternalID, "", time.Time{}
			return tocsin.Effects{Attempts: []tocsin.Attempt{tried}}, walk(n, tocsin.DeliverySent)
		})
		return err
	}
	return p.noticeFailed(ctx, page, n, tried, failure)
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
func (p *Pager) noticeFailed(ctx context.Context, page tocsin.Page, n tocsin.Notice, tried tocsin.Attempt, failure error) error {
	again, after := tocsin.Retry(failure)
	again = again || tocsin.Uncertain(failure)
	forGood := !again || n.Attempts >= noticeTries
	after = cmp.Or(after, firstWait<<min(n.Attempts-1, noticeTries))
	tried.State, tried.Answer = tocsin.DeliveryUnknown, tocsin.MessageOf(failure)
	if forGood {
		tried.State = tocsin.DeliveryFailed
	}
	n, err := p.changeNotice(ctx, n.ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
		e := tocsin.Effects{}
		n.Reason, n.DueAt = tried.Answer, p.Now().Add(after)
		if forGood {
			n.DueAt = time.Time{}
			e = event(page.Incident, tocsin.ActorSelf, eventPage, "%s could not be reached: %s", n.Target, n.Reason)
		}
		e.Attempts = []tocsin.Attempt{tried}
		return e, walk(n, tried.State)
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

// stepFailed looks whether a page's step has reached nobody at all. What a person's
// rules put off is then tried at once, and when there is no such thing the next step
// begins. Quiet hours are left in peace.
func (p *Pager) stepFailed(ctx context.Context, page tocsin.Page, n tocsin.Notice) error {
	if page.State != tocsin.PageOpen || page.Step != n.Step {
		return nil
	}
	notices, err := p.Store.Notices(ctx, page.ID)
	if err != nil {
		return fmt.Errorf("list notices: %w", err)
	}
	var waiting []tocsin.Notice
	for _, other := range notices {
		switch {
		case other.Step != page.Step || other.State == tocsin.DeliveryFailed:
		case other.State == tocsin.DeliveryPending && other.DueAt.After(p.Now()) && !other.Quiet:
			waiting = append(waiting, other)
		default:
			return nil
		}
	}
	for _, other := range waiting {
		if err := p.callForward(ctx, other, "What was tried first failed."); err != nil {
			return err
		}
	}
	if len(waiting) > 0 {
		return nil
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
