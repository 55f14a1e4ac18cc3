package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// unfinished are the states in which a delivery still has a message to send or to
// look for. The index deliveries_open holds the same words.
const unfinished = `('pending', 'sending', 'unknown')`

// Freeze approves an update: fn changes it, and its deliveries are written with
// it, pending unless they say otherwise. Update and Incident of a delivery are
// filled in. Two deliveries of one key are refused, and with them the approval.
// It returns CodeConflict when the incident's turn is not the given one.
func (s *Store) Freeze(ctx context.Context, id, turn int64, deliveries []tocsin.Delivery,
	fn func(*tocsin.Update) (tocsin.Effects, error),
) (u tocsin.Update, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.takeTurn(ctx, id, turn); err != nil {
			return err
		}
		if u, err = updates().change(ctx, t, id, fn); err != nil {
			return err
		}
		return t.addDeliveries(ctx, u, deliveries)
	})
	return u, err
}

// takeTurn refuses what was worked out before somebody else decided something
// about the same incident: two approvals, or a correction and the text that it
// corrects, must not both be right about who has heard what.
func (t *tx) takeTurn(ctx context.Context, update, turn int64) error {
	taken, err := list(ctx, t.conn, number, `UPDATE incidents SET turn = turn + 1
		WHERE id = (SELECT incident_id FROM updates WHERE id = $1) AND turn = $2 RETURNING id`, update, turn)
	if err != nil {
		return fmt.Errorf("take the incident's turn: %w", err)
	}
	if len(taken) == 0 {
		return tocsin.Errorf(tocsin.CodeConflict, "Something about the incident was decided just now. Look again.")
	}
	return nil
}

// Unfreeze takes an approval back: fn changes the update, and its deliveries,
// none of which has been touched yet, are forgotten.
func (s *Store) Unfreeze(ctx context.Context, id int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (u tocsin.Update, err error) {
	err = s.write(ctx, func(t *tx) error {
		if u, err = updates().change(ctx, t, id, fn); err != nil {
			return err
		}
		if _, err := t.exec(ctx, `DELETE FROM deliveries WHERE update_id = $1`, id); err != nil {
			return fmt.Errorf("forget deliveries: %w", err)
		}
		return nil
	})
	return u, err
}

// Start begins to send an update, or goes on after a stop: fn changes it, and
// each delivery that still has something to send or to look for gets a job. It
// tells how many jobs that made. It returns CodeConflict as Freeze does.
func (s *Store) Start(ctx context.Context, id, turn int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		if err := t.takeTurn(ctx, id, turn); err != nil {
			return err
		}
		if _, err := updates().change(ctx, t, id, fn); err != nil {
			return err
		}
		tasks, err := list(ctx, t.conn, scanDeliverTask,
			`SELECT id, channel FROM deliveries WHERE update_id = $1 AND state IN `+unfinished+` ORDER BY id`, id)
		if err != nil {
			return fmt.Errorf("read deliveries: %w", err)
		}
		n, err = t.enqueue(ctx, tasks)
		return err
	})
	return n, err
}

func scanDeliverTask(r row) (v task, err error) {
	var (
		id      int64
		channel string
	)
	err = r.Scan(&id, &channel)
	v.job = tocsin.DeliverJob{Delivery: id}
	v.queue = QueueOf(v.job, channel)
	return v, err
}

// Requeue gives a job to each delivery of an update under way, or of a sent one
// (somebody tried it again by hand), that was last touched before a time, still
// has something to do, and has no live job. It tells how many jobs that made.
func (s *Store) Requeue(ctx context.Context, olderThan time.Time) (n int, err error) {
	err = s.write(ctx, func(t *tx) error {
		tasks, err := list(ctx, t.conn, scanDeliverTask, `SELECT d.id, d.channel FROM updates u JOIN deliveries d ON d.update_id = u.id
			WHERE u.state IN ($1, $2) AND d.updated_at < $3 AND d.state IN `+unfinished+` ORDER BY d.id`, tocsin.UpdateSending, tocsin.UpdateSent, olderThan)
		if err != nil {
			return fmt.Errorf("read deliveries: %w", err)
		}
		n, err = t.enqueue(ctx, tasks)
		return err
	})
	return n, err
}

// Finish marks an update as sent when it is being sent and none of its deliveries
// has anything left to do, says on the timeline how it went, and tells whether it
// did so now.
func (s *Store) Finish(ctx context.Context, id int64) (finished bool, err error) {
	err = s.write(ctx, func(t *tx) error {
		finished = false
		u, err := updates().get(ctx, t.conn, id, t.lock("u"))
		if err != nil || u.State != tocsin.UpdateSending {
			return err
		}
		counts, err := t.outcomes(ctx, id)
		if err != nil {
			return err
		}
		if counts[tocsin.DeliveryPending]+counts[tocsin.DeliverySending]+counts[tocsin.DeliveryUnknown] > 0 {
			return nil
		}
		if err := u.Move(tocsin.UpdateSent); err != nil {
			return err
		}
		u.DoneAt, finished = t.now, true
		if err := saveUpdate(ctx, t, &u); err != nil {
			return fmt.Errorf("finish update: %w", err)
		}
		return t.say(ctx, u.Incident, "sent", "The %s update went out: %d sent, %d failed, %d skipped, %d held, %d by hand.", u.Kind,
			counts[tocsin.DeliverySent], counts[tocsin.DeliveryFailed], counts[tocsin.DeliverySkipped],
			counts[tocsin.DeliveryHeld], counts[tocsin.DeliveryByHand])
	})
	return finished, err
}

// outcomes counts the deliveries of an update by state.
func (t *tx) outcomes(ctx context.Context, update int64) (map[tocsin.DeliveryState]int, error) {
	counts, err := countBy[tocsin.DeliveryState](ctx, t.conn, `SELECT state, COUNT(*) FROM deliveries WHERE update_id = $1 GROUP BY state`, update)
	if err != nil {
		return nil, fmt.Errorf("count deliveries: %w", err)
	}
	return counts, nil
}

// countBy reads rows of a word and a number.
func countBy[K ~string | ~int64](ctx context.Context, c conn, text string, args ...any) (map[K]int, error) {
	type count struct {
		key K
		n   int
	}
	all, err := list(ctx, c, func(r row) (v count, err error) {
		err = r.Scan(&v.key, &v.n)
		return v, err
	}, text, args...)
	counts := make(map[K]int, len(all))
	for _, v := range all {
		counts[v.key] = v.n
	}
	return counts, err
}
