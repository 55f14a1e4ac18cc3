package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// callKept is how long the answer to a call is given again.
	callKept = 24 * time.Hour
	// callLost is when a call that has not ended counts as lost with its process,
	// so that it may be made again.
	callLost = time.Minute
)

// BeginCall begins a call that an actor made with an idempotency key; request
// stands for what was asked. When it was made before and has ended, done is true
// and the answer of then comes back. It returns CodeConflict while the first one
// is under way, and CodeInvalid when the key was used for something else.
func (s *Store) BeginCall(ctx context.Context, actor, key, request string) (status int, response []byte, done bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		status, response, done = 0, nil, false
		if _, err := t.exec(ctx, `DELETE FROM idempotency WHERE created_at < $1`, t.now.Add(-callKept)); err != nil {
			return fmt.Errorf("forget old calls: %w", err)
		}
		began, err := t.exec(ctx, `INSERT INTO idempotency (actor, idem_key, request, status, created_at) VALUES ($1, $2, $3, 0, $4)
			ON CONFLICT (actor, idem_key) DO UPDATE SET created_at = excluded.created_at
			WHERE idempotency.status = 0 AND idempotency.request = excluded.request AND idempotency.created_at < $5`,
			actor, key, request, t.now, t.now.Add(-callLost))
		if err != nil {
			return fmt.Errorf("begin call: %w", err)
		}
		if began > 0 {
			return nil
		}
		var asked string
		if err := t.row(ctx, `SELECT request, status, response FROM idempotency WHERE actor = $1 AND idem_key = $2`, actor, key).
			Scan(&asked, &status, &response); err != nil {
			return fmt.Errorf("read call: %w", err)
		}
		switch {
		case asked != request:
			return tocsin.Errorf(tocsin.CodeInvalid, "This Idempotency-Key was used for another request. Take a new one.")
		case status == 0:
			return tocsin.Errorf(tocsin.CodeConflict, "The first call with this Idempotency-Key is still under way.")
		}
		done = true
		return nil
	})
	return status, response, done, err
}

// EndCall keeps the answer to a call that BeginCall began. A status of 0 forgets
// the call, so that it may be made again: for an answer that was our own fault.
func (s *Store) EndCall(ctx context.Context, actor, key string, status int, response []byte) error {
	err := s.write(ctx, func(t *tx) error {
		if status == 0 {
			_, err := t.exec(ctx, `DELETE FROM idempotency WHERE actor = $1 AND idem_key = $2`, actor, key)
			return err
		}
		_, err := t.exec(ctx, `UPDATE idempotency SET status = $3, response = $4 WHERE actor = $1 AND idem_key = $2`, actor, key, status, response)
		return err
	})
	if err != nil {
		return fmt.Errorf("end call: %w", err)
	}
	return nil
}
