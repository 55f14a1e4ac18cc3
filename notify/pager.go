package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// Pager rings the bells. A whisper goes to support's chat once; a ring climbs the
// steps of a policy until somebody acknowledges it.
type Pager struct {
	Options
	past history
}

// NewPager makes a Pager.
func NewPager(o Options) *Pager { return &Pager{Options: o.withDefaults()} }

// silenced tells why an incident must wake nobody any more: a human judged it to
// be none of ours to repair, or it is over. It gives "" while bells may ring.
func silenced(i tocsin.Incident) string {
	switch {
	case !i.ClosedAt.IsZero():
		return "the incident is closed"
	case i.Verdict == tocsin.VerdictNone, i.Verdict == tocsin.VerdictConfirmed:
		return ""
	default:
		return "the verdict is " + i.Verdict.Word()
	}
}

// policyOf finds who hears a bell about an area: its own policy, or the default
// one when it names none, names one that is gone, or names one that has nobody
// for this bell. It gives false when there is nobody at all.
func (p *Pager) policyOf(ctx context.Context, area tocsin.Area, tier tocsin.Tier) (tocsin.Policy, bool, error) {
	for _, name := range []string{area.Policy, tocsin.PolicyDefault} {
		if name == "" {
			continue
		}
		policy, err := p.Store.Policy(ctx, name)
		if tocsin.CodeOf(err) == tocsin.CodeNotFound {
			continue
		}
		if err != nil {
			return tocsin.Policy{}, false, fmt.Errorf("read policy: %w", err)
		}
		if len(ladderOf(policy, tier).steps) > 0 {
			return policy, true, nil
		}
	}
	return tocsin.Policy{}, false, nil
}

// areaOf finds an incident's area. The zero area stands for none, or for one
// that was deleted since.
func areaOf(ctx context.Context, s areaStore, i tocsin.Incident) (tocsin.Area, error) {
	if i.Area == "" {
		return tocsin.Area{}, nil
	}
	area, err := s.Area(ctx, i.Area)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return tocsin.Area{Name: i.Area}, nil
	}
	if err != nil {
		return tocsin.Area{}, fmt.Errorf("read area: %w", err)
	}
	return area, nil
}

// pagesOf gives all pages of an incident. There is one for each bell, so they fit one list.
func pagesOf(ctx context.Context, s pageStore, incident int64) ([]tocsin.Page, error) {
	pages, _, err := s.Pages(ctx, tocsin.PageQuery{Incident: incident})
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	return pages, nil
}

// callOff silences the pages of an incident because of what a human decided about
// it. They become acknowledged in our own name, whoever had them, for nobody is at
// it any more, and a later verdict can ring again. When the incident is closed,
// they are closed for good.
func (o Options) callOff(ctx context.Context, i tocsin.Incident, why string) error {
	pages, err := pagesOf(ctx, o.Store, i.ID)
	if err != nil {
		return err
	}
	var failed error
	for _, page := range pages {
		failed = errors.Join(failed, o.callOffPage(ctx, page.ID, i, why))
	}
	return failed
}

func (o Options) callOffPage(ctx context.Context, page int64, i tocsin.Incident, why string) error {
	_, err := o.Store.ChangePage(ctx, page, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		switch {
		case p.State == tocsin.PageClosed:
			return nil, tocsin.Effects{}, nil
		case !i.ClosedAt.IsZero():
			if err := p.Move(tocsin.PageClosed); err != nil {
				return nil, tocsin.Effects{}, err
			}
			p.ClosedAt, p.NextAt = i.ClosedAt, time.Time{}
			return nil, tocsin.Effects{Jobs: []tocsin.Later{o.refresh(i.ID)}}, nil
		case calledOff(*p):
			return nil, tocsin.Effects{}, nil
		case p.State != tocsin.PageAcked:
			if err := p.Move(tocsin.PageAcked); err != nil {
				return nil, tocsin.Effects{}, err
			}
		}
		p.By, p.NextAt, p.SnoozedAt = tocsin.ActorSelf, time.Time{}, 0
		e := event(i.ID, tocsin.ActorSelf, eventAck, "The %s was called off: %s.", p.Tier, why)
		e.Jobs = append(e.Jobs, o.refresh(i.ID))
		return nil, e, nil
	})
	if err != nil {
		return fmt.Errorf("call off page: %w", err)
	}
	return nil
}

// calledOff tells whether a page is silent because of what a human decided about
// its incident, and not because somebody is at it.
func calledOff(p tocsin.Page) bool { return p.State == tocsin.PageAcked && p.By == tocsin.ActorSelf }
