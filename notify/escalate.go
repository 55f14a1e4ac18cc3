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
	if page.State != tocsin.PageOpen || page.Step != j.Step {
		return nil
	}
	i, err := p.Store.Incident(ctx, page.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	if why := silenced(i); why != "" {
		return callOffPage(ctx, p.Store, page.ID, i, why)
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
			return p.climb(now, l, now.Step+1, why)
		}
		if err := now.Move(tocsin.PageExhausted); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.NextAt = time.Time{}
		return nil, event(now.Incident, tocsin.ActorSelf, eventPage, "%s, and every step of policy %s was tried: the page is exhausted.", why, now.Policy), nil
	})
}

// changeStep changes a page by the policy as it stands now.
func (p *Pager) changeStep(ctx context.Context, page tocsin.Page, change func(*tocsin.Page, ladder) ([]tocsin.Notice, tocsin.Effects, error)) error {
	policy, _, err := p.policyOf(ctx, tocsin.Area{Policy: page.Policy}, page.Tier)
	if err != nil {
		return err
	}
	l := ladderOf(policy, page.Tier)
	after, err := p.Store.ChangePage(ctx, page.ID, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		return change(now, l)
	})
	if err != nil {
		return fmt.Errorf("change step of page: %w", err)
	}
	if after.State == tocsin.PageExhausted {
		p.Log.ErrorContext(ctx, "nobody acknowledged a page", "page", page.ID, "incident", page.Incident, "policy", page.Policy)
	}
	return nil
}

// climb begins step n inside a change of the page: notices, timer and event.
func (p *Pager) climb(page *tocsin.Page, l ladder, n int, why string) ([]tocsin.Notice, tocsin.Effects, error) {
	notices := l.climb(page, n, p.Now())
	e := event(page.Incident, tocsin.ActorSelf, eventPage, "%s: the %s goes to %s.", why, page.Tier, l.who(n))
	if !page.NextAt.IsZero() {
		e.Jobs = append(e.Jobs, timer(*page))
	}
	return notices, e, nil
}
