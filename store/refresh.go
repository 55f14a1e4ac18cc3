package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// refreshEvery is how often at most the growth of one incident is looked at for its
// pages. The job runs a little after the end of its slot, so that whatever was
// committed in the slot is seen.
const (
	refreshEvery = 20 * time.Second
	refreshLate  = 2 * time.Second
)

// refreshPages asks for a look at the pages of an incident that grew, if it has any.
func (t *tx) refreshPages(ctx context.Context, incident int64) error {
	pages, err := number(t.row(ctx, `SELECT COUNT(*) FROM pages WHERE incident_id = $1 AND state <> 'closed'`, incident))
	if err != nil || pages == 0 {
		return err
	}
	end := t.now.Truncate(refreshEvery).Add(refreshEvery)
	_, err = t.enqueue(ctx, []task{{
		job: tocsin.RefreshJob{Incident: incident, Slot: end.Unix()}, queue: QueueAlert, at: end.Add(refreshLate),
	}})
	if err != nil {
		return fmt.Errorf("ask for a refresh of pages: %w", err)
	}
	return nil
}
