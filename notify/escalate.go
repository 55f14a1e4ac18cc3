package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// Escalate begins the next step of a page when its timer fires, unless somebody
// answered meanwhile, the step is over already, or the incident needs nobody any
// more. After the last step of the last round the page is exhausted.
func (p *Pager) Escalate(ctx context.Context, j tocsin.EscalateJob) error {
	if err := p.putOff(); err != nil {
		return err
	}
	page, err := p.Store.Page(ctx, j.Page)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	if page.Step != j.Step || (page.State != tocsin.PageOpen && page.State != tocsin.PageSnoozed) {
		return nil
	}
	i, err := p.Store.Incident(ctx, page.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	if why := silenced(i); why != "" {
		return p.callOffPage(ctx, page.ID, i, why)
	}
	if page.State == tocsin.PageSnoozed {
		return p.wakeAtEnd(ctx, page)
	}
	return p.next(ctx, page, "Nobody has acknowledged")
}

// next leaves the step at which page stands. The why opens the line in the timeline.
func (p *Pager) next(ctx context.Context, page tocsin.Page, why string) error {
	return p.changeStep(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		if now.State != tocsin.PageOpen || now.Step != page.Step {
			return nil, tocsin.Effects{}, nil
		}
		if !l.last(now.Step) {
			return p.climb(now, l, now.Step+1, tocsin.ActorSelf, why)
		}
		return exhaust(now, tocsin.Effects{}, tocsin.ActorSelf, why)
	})
}

// exhaust ends a page of which every step was tried.
func exhaust(page *tocsin.Page, e tocsin.Effects, actor, why string) ([]tocsin.Notice, tocsin.Effects, error) {
	if err := page.Move(tocsin.PageExhausted); err != nil {
		return nil, tocsin.Effects{}, err
	}
	page.NextAt = time.Time{}
	e.Events = append(e.Events, event(page.Incident, actor, eventPage, "%s, and every step of policy %s was tried: the page is exhausted.", why, page.Policy).Events...)
	return nil, e, nil
}

// changeStep changes a page by the policy as it stands now.
func (p *Pager) changeStep(ctx context.Context, page tocsin.Page, change func(*tocsin.Page, ladder) ([]tocsin.Notice, tocsin.Effects, error)) error {
	policy, _, err := p.policyOf(ctx, tocsin.Area{Policy: page.Policy}, page.Tier)
	if err != nil {
		return err
	}
	i, err := p.Store.Incident(ctx, page.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	l, err := p.ladder(ctx, policy, page.Tier, i)
	if err != nil {
		return err
	}
	after, err := p.Store.ChangePage(ctx, page.ID, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		return change(now, l)
	})
	if err != nil {
		return fmt.Errorf("change step of page: %w", err)
	}
	if after.State != page.State {
		p.lament(ctx, after)
	}
	return nil
}

// lament tells the log of a page that nobody answered, or that called nobody.
func (p *Pager) lament(ctx context.Context, page tocsin.Page) {
	if page.State == tocsin.PageExhausted {
		p.Log.ErrorContext(ctx, "nobody acknowledged a page", "page", page.ID, "incident", page.Incident, "policy", page.Policy)
	}
}

// climb begins step n inside a change of the page, or the first after it that calls
// anybody: notices, timer and events. When none does the page is exhausted.
func (p *Pager) climb(page *tocsin.Page, l ladder, n int, actor, why string) ([]tocsin.Notice, tocsin.Effects, error) {
	c, ok := l.climb(page, n, p.Now())
	e := missed(page.Incident, c)
	if !ok {
		return exhaust(page, e, actor, why)
	}
	e.Events = append(e.Events, event(page.Incident, actor, eventPage, "%s: the %s goes to %s.", why, page.Tier, c.who).Events...)
	if !page.NextAt.IsZero() {
		e.Jobs = append(e.Jobs, timer(*page))
	}
	e.Jobs = append(e.Jobs, p.refresh(page.Incident))
	return c.notices, e, nil
}

// missed writes into the timeline whom a step should have called and could not.
func missed(incident int64, c climbed) tocsin.Effects {
	var e tocsin.Effects
	for _, line := range c.missed {
		e.Events = append(e.Events, event(incident, tocsin.ActorSelf, eventPage, "%s", line).Events...)
	}
	return e
}

// ladder reads the way of a bell with those who can be called now.
func (o Options) ladder(ctx context.Context, policy tocsin.Policy, tier tocsin.Tier, i tocsin.Incident) (ladder, error) {
	l := ladderOf(policy, tier)
	var err error
	l.incident = i
	l.roster, err = o.roster(ctx, policy)
	return l, err
}
