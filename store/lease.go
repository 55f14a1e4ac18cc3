package store

import (
	"context"
	"fmt"
	"time"
)

// Lease takes or keeps the lease of a name for the holder, for so long from now,
// and tells whether the holder has it. Another's lease can be taken once it has
// run out. The clocks of the nodes must agree within a small part of ttl.
func (s *Store) Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error) {
	var taken int64
	err := s.write(ctx, func(t *tx) (err error) {
		taken, err = t.exec(ctx, `INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE leases.holder = excluded.holder OR leases.until <= $4`, name, holder, t.now.Add(ttl), t.now)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("take lease %s: %w", name, err)
	}
	return taken > 0, nil
}

// Release gives a lease back, if the holder still has it.
func (s *Store) Release(ctx context.Context, name, holder string) error {
	err := s.write(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `DELETE FROM leases WHERE name = $1 AND holder = $2`, name, holder)
		return err
	})
	if err != nil {
		return fmt.Errorf("release lease %s: %w", name, err)
	}
	return nil
}
