package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// shadowSays is what everybody reads who asks for more than shadow may do.
const shadowSays = "Tocsin runs in shadow: it speaks to nobody."

// shadowWait is how long a job is put off that shadow must not do. It is not
// thrown away: it belongs to a server that ran here before, or will again.
const shadowWait = time.Hour

// refuseShadow refuses a person's act that would make us speak.
func (o Options) refuseShadow() error {
	if !o.Shadow {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeForbidden, shadowSays)
}

// putOff leaves a job for the day on which it may be done.
func (o Options) putOff() error {
	if !o.Shadow {
		return nil
	}
	return later(nil, shadowWait, shadowSays)
}

// wouldRing is the ring of shadow: support gets its whisper, and the timeline
// keeps whom the ring would have woken. The line is written last, so that a job
// that failed before it does not write it twice.
func (p *Pager) wouldRing(ctx context.Context, i tocsin.Incident) error {
	heard, err := p.sound(ctx, i, tocsin.TierWhisper)
	if err == nil && !heard {
		err = p.nobody(ctx, i, tocsin.TierWhisper)
	}
	if err != nil {
		return err
	}
	who, err := p.firstStep(ctx, i)
	if err != nil {
		return err
	}
	_, err = p.Store.ChangeIncident(ctx, i.ID, func(*tocsin.Incident) (tocsin.Effects, error) {
		return event(i.ID, tocsin.ActorSelf, eventPage, "Would have rung: %s. Tocsin runs in shadow and wakes nobody.", who), nil
	})
	if err != nil {
		return fmt.Errorf("record that it would have rung: %w", err)
	}
	return nil
}

// firstStep names those whom a ring about an incident would wake first.
func (p *Pager) firstStep(ctx context.Context, i tocsin.Incident) (string, error) {
	area, err := areaOf(ctx, p.Store, i)
	if err != nil {
		return "", err
	}
	policy, found, err := p.policyOf(ctx, area, tocsin.TierRing)
	if err != nil {
		return "", err
	}
	if !found {
		return "no policy has anybody to wake", nil
	}
	l, err := p.ladder(ctx, policy, tocsin.TierRing, i)
	if err != nil {
		return "", err
	}
	c, ok := l.climb(&tocsin.Page{Incident: i.ID, Tier: tocsin.TierRing}, 0, p.Now())
	if !ok {
		return "nobody who can be reached", nil
	}
	return c.who, nil
}
