package notify

import (
	"context"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Alert opens the page that an incident has earned; each bell sounds once for an
// incident. Where engineers are woken support hears of it too: a ring whispers
// also. When a policy has nobody to wake, the timeline and the log say so.
func (p *Pager) Alert(ctx context.Context, j tocsin.AlertJob) error {
	i, err := p.Store.Incident(ctx, j.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	if silenced(i) != "" || j.Tier == tocsin.TierNone {
		return nil
	}
	if p.Shadow && j.Tier == tocsin.TierRing {
		return p.wouldRing(ctx, i)
	}
	heard, err := p.sound(ctx, i, j.Tier)
	if err == nil && !heard {
		err = p.nobody(ctx, i, j.Tier)
	}
	if j.Tier == tocsin.TierRing {
		_, failed := p.sound(ctx, i, tocsin.TierWhisper)
		err = errors.Join(err, failed)
	}
	return err
}

// sound rings one bell and tells whether there is anybody to hear it.
func (p *Pager) sound(ctx context.Context, i tocsin.Incident, tier tocsin.Tier) (bool, error) {
	area, err := areaOf(ctx, p.Store, i)
	if err != nil {
		return false, err
	}
	policy, found, err := p.policyOf(ctx, area, tier)
	if err != nil || !found {
		return false, err
	}
	page, created, err := p.open(ctx, i, tier, policy)
	if err != nil {
		return true, err
	}
	if !created && wantsAnew(page, i) {
		return true, p.ringAnew(ctx, page)
	}
	return true, p.setTimer(ctx, page)
}

// nobody leaves a trace of a bell that no one could hear.
func (p *Pager) nobody(ctx context.Context, i tocsin.Incident, tier tocsin.Tier) error {
	p.Log.ErrorContext(ctx, "nobody to wake", "incident", i.ID, "tier", tier, "area", i.Area)
	_, err := p.Store.ChangeIncident(ctx, i.ID, func(*tocsin.Incident) (tocsin.Effects, error) {
		return event(i.ID, tocsin.ActorSelf, eventPage, "Nobody to wake: neither the area's policy nor the default one has anybody for a %s.", tier), nil
	})
	if err != nil {
		return fmt.Errorf("record that nobody hears: %w", err)
	}
	return nil
}

func (p *Pager) open(ctx context.Context, i tocsin.Incident, tier tocsin.Tier, policy tocsin.Policy) (tocsin.Page, bool, error) {
	l, err := p.ladder(ctx, policy, tier, i)
	if err != nil {
		return tocsin.Page{}, false, err
	}
	now := p.Now()
	page := tocsin.Page{Incident: i.ID, Tier: tier, Policy: policy.Name, State: tocsin.PageOpen, OpenedAt: now}
	c, ok := l.climb(&page, 0, now)
	e := missed(i.ID, c)
	if ok {
		e.Events = append(e.Events, event(i.ID, tocsin.ActorSelf, eventPage, "A %s goes to %s.", tier, c.who).Events...)
	} else {
		page.State = tocsin.PageExhausted
		e.Events = append(e.Events, event(i.ID, tocsin.ActorSelf, eventPage, "Nobody could be called: policy %s has nobody who can be reached for a %s.", policy.Name, tier).Events...)
	}
	page, created, err := p.Store.OpenPage(ctx, page, c.notices, e)
	if err != nil {
		return tocsin.Page{}, false, fmt.Errorf("open page: %w", err)
	}
	if created {
		p.lament(ctx, page)
	}
	return page, created, nil
}

// setTimer sets the escalation timer of a ring. It takes a transaction of its own, because a page has no number before it is
// stored; after a crash between the two this job runs again and comes here. A
// second timer does no harm: it finds that its step is over.
func (p *Pager) setTimer(ctx context.Context, page tocsin.Page) error {
	if page.State != tocsin.PageOpen || page.NextAt.IsZero() {
		return nil
	}
	_, err := p.Store.ChangePage(ctx, page.ID, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		return nil, tocsin.Effects{Jobs: []tocsin.Later{timer(*now)}}, nil
	})
	if err != nil {
		return fmt.Errorf("set escalation timer: %w", err)
	}
	return nil
}

func timer(page tocsin.Page) tocsin.Later {
	return tocsin.Later{Job: tocsin.EscalateJob{Page: page.ID, Step: page.Step}, At: page.NextAt}
}

// wantsAnew tells whether a human's word makes an old ring sound again: it was
// called off by an earlier verdict, or nobody had answered it.
func wantsAnew(page tocsin.Page, i tocsin.Incident) bool {
	silent := calledOff(page) || page.State == tocsin.PageExhausted
	return silent && page.Tier == tocsin.TierRing && i.Verdict == tocsin.VerdictConfirmed
}

func (p *Pager) ringAnew(ctx context.Context, page tocsin.Page) error {
	return p.changeStep(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		if now.State != page.State || l.run() == 0 {
			return nil, tocsin.Effects{}, nil
		}
		if err := now.Move(tocsin.PageOpen); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.By = ""
		return p.climb(now, l, l.anew(now.Step), tocsin.ActorSelf, "The incident is confirmed")
	})
}
