package notify

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// How long a page can be snoozed.
const (
	snoozeLeast = time.Minute
	snoozeMost  = 24 * time.Hour
)

// Snooze takes a ring for a while: nobody else is woken until the time is over, and
// then it rings again from the first step. It rings sooner when the incident has
// twice as many people as now. It returns CodeInvalid for a span out of range or a
// whisper, and CodeConflict when the page is closed or somebody else has it.
func (p *Pager) Snooze(ctx context.Context, actor string, page int64, span time.Duration) (tocsin.Page, error) {
	if span < snoozeLeast || span > snoozeMost {
		return tocsin.Page{}, tocsin.Errorf(tocsin.CodeInvalid, "A page can be snoozed for 1m to 24h, not for %s.", span)
	}
	found, i, err := p.ringOf(ctx, page)
	if err != nil {
		return found, err
	}
	return p.Store.ChangePage(ctx, page, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		if now.State == tocsin.PageAcked && now.By != actor {
			return nil, tocsin.Effects{}, taken(*now, actor)
		}
		if err := now.Move(tocsin.PageSnoozed); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.By, now.AckedAt, now.NextAt, now.SnoozedAt = actor, p.Now(), p.Now().Add(span), i.People
		e := event(now.Incident, actor, eventAck, "%s has snoozed the ring until %s, or until there are %d people.",
			actor, now.NextAt.UTC().Format(clock), wakeAt(i.People))
		e.Jobs = append(e.Jobs, timer(*now), p.refresh(now.Incident))
		return nil, e, nil
	})
}

// wakeAt is how many people end a snooze early.
func wakeAt(people int) int { return 2 * max(people, 1) }

// ringOf reads a page that rings, about an incident that may. Nobody waits for a whisper's answer, so that most
// of what people do about a ring makes no sense for it.
func (p *Pager) ringOf(ctx context.Context, id int64) (tocsin.Page, tocsin.Incident, error) {
	page, err := p.Store.Page(ctx, id)
	if err != nil {
		return page, tocsin.Incident{}, err
	}
	if page.Tier != tocsin.TierRing {
		return page, tocsin.Incident{}, tocsin.Errorf(tocsin.CodeInvalid, "Page %d is a whisper, which wakes nobody. Confirm incident %d to ring.", id, page.Incident)
	}
	i, err := p.Store.Incident(ctx, page.Incident)
	if err != nil {
		return page, i, err
	}
	if why := silenced(i); why != "" {
		return page, i, tocsin.Errorf(tocsin.CodeConflict, "Incident %d wakes nobody: %s.", i.ID, why)
	}
	return page, i, nil
}

// wakeAtEnd ends a snooze when its time is over. A timer may be early: the snooze
// was made longer, or clocks differ.
func (p *Pager) wakeAtEnd(ctx context.Context, page tocsin.Page) error {
	if left := page.NextAt.Sub(p.Now()); left > 0 {
		return later(nil, left, "The snooze is not over.")
	}
	return p.wake(ctx, page, "The snooze is over")
}

// wake rings a snoozed page again, from the first step.
func (p *Pager) wake(ctx context.Context, page tocsin.Page, why string) error {
	return p.changeStep(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		if now.State != tocsin.PageSnoozed || now.Step != page.Step || !now.NextAt.Equal(page.NextAt) {
			return nil, tocsin.Effects{}, nil
		}
		if err := now.Move(tocsin.PageOpen); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.By, now.SnoozedAt = "", 0
		return p.climb(now, l, l.anew(now.Step), tocsin.ActorSelf, why)
	})
}
