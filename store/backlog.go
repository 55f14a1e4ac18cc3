package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Backlog is what is waiting, for metrics and readiness.
type Backlog struct {
	Inbox      int                          // reports that triage has not judged
	Jobs       map[string]int               // jobs that are not done, by queue
	Deliveries map[tocsin.DeliveryState]int // those of no final state, and those held or failed
	Pages      map[tocsin.PageState]int     // those that are not closed
	Incidents  int                          // open ones
}

// Backlog counts what is waiting.
func (s *Store) Backlog(ctx context.Context) (b Backlog, err error) {
	if err := s.read.row(ctx, `SELECT (SELECT COUNT(*) FROM inbox), (SELECT COUNT(*) FROM incidents WHERE closed_at = 0)`).
		Scan(&b.Inbox, &b.Incidents); err != nil {
		return b, fmt.Errorf("count inbox: %w", err)
	}
	if b.Jobs, err = countBy[string](ctx, s.read, `SELECT queue, COUNT(*) FROM river_job
		WHERE state IN ('available', 'pending', 'retryable', 'running', 'scheduled') GROUP BY queue`); err != nil {
		return b, fmt.Errorf("count jobs: %w", err)
	}
	if b.Deliveries, err = countBy[tocsin.DeliveryState](ctx, s.read, `SELECT state, COUNT(*) FROM deliveries
		WHERE state IN ('pending', 'sending', 'unknown', 'held', 'failed') GROUP BY state`); err != nil {
		return b, fmt.Errorf("count deliveries: %w", err)
	}
	if b.Pages, err = countBy[tocsin.PageState](ctx, s.read, `SELECT state, COUNT(*) FROM pages
		WHERE state <> 'closed' GROUP BY state`); err != nil {
		return b, fmt.Errorf("count pages: %w", err)
	}
	return b, nil
}
