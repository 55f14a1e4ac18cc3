package store

import (
	"context"
	"fmt"
	"time"
)

// Closed gives the keys of the incidents that people closed since a time: triage
// puts no more reports into them.
func (s *Store) Closed(ctx context.Context, since time.Time) ([]string, error) {
	keys, err := list(ctx, s.read, func(r row) (key string, err error) { return key, r.Scan(&key) },
		`SELECT ident FROM incidents WHERE closed_at > 0 AND closed_at >= $1 ORDER BY id`, since)
	if err != nil {
		return nil, fmt.Errorf("read closed incidents: %w", err)
	}
	return keys, nil
}
