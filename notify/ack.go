package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// Ack takes a page: it climbs no further and wakes nobody else. Taking one's own
// page again changes nothing. It returns CodeNotFound, and CodeConflict when the
// page is closed or somebody else has it; the sentence names them.
func (p *Pager) Ack(ctx context.Context, actor string, page int64) (tocsin.Page, error) {
	return p.Store.ChangePage(ctx, page, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		if now.State == tocsin.PageAcked {
			return nil, tocsin.Effects{}, taken(*now, actor)
		}
		if err := now.Move(tocsin.PageAcked); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.By, now.AckedAt, now.NextAt, now.SnoozedAt = actor, p.Now(), time.Time{}, 0
		e := event(now.Incident, actor, eventAck, "%s has taken the %s.", actor, now.Tier)
		e.Jobs = append(e.Jobs, p.refresh(now.Incident))
		return nil, e, nil
	})
}

func taken(page tocsin.Page, actor string) error {
	switch {
	case page.By == actor:
		return nil
	case calledOff(page):
		return tocsin.Errorf(tocsin.CodeConflict, "Page %d was called off: nobody needs to take it.", page.ID)
	}
	return tocsin.Errorf(tocsin.CodeConflict, "Page %d was taken by %s at %s.", page.ID, page.By, page.AckedAt.UTC().Format("15:04 UTC"))
}

// AckIncident takes every page of an incident that waits for an answer, and gives
// them. It returns CodeConflict when there is none.
func (p *Pager) AckIncident(ctx context.Context, actor string, incident int64) ([]tocsin.Page, error) {
	if _, err := p.Store.Incident(ctx, incident); err != nil {
		return nil, err
	}
	pages, err := pagesOf(ctx, p.Store, incident)
	if err != nil {
		return nil, err
	}
	var mine []tocsin.Page
	for _, page := range pages {
		if page.State == tocsin.PageAcked || page.State == tocsin.PageClosed {
			continue
		}
		page, err = p.Ack(ctx, actor, page.ID)
		if err != nil {
			return mine, fmt.Errorf("acknowledge page: %w", err)
		}
		mine = append(mine, page)
	}
	if len(mine) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeConflict, "No page of incident %d waits for an answer.", incident)
	}
	return mine, nil
}
