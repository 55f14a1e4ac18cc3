package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

const selectOverrides = `SELECT id, schedule, person, instead, from_at, to_at, reason, actor, at FROM overrides`

func scanOverride(r row) (o tocsin.Override, err error) {
	err = r.Scan(&o.ID, &o.Schedule, &o.Person, &o.Instead, moment{&o.From}, moment{&o.To}, &o.Reason, &o.By, moment{&o.At})
	return o, err
}

// Overrides gives the overrides of a schedule, of all for "", that end after a
// moment, in the order in which they were made.
func (s *Store) Overrides(ctx context.Context, schedule string, after time.Time) ([]tocsin.Override, error) {
	f := filter{}
	f.and("to_at > $?", after)
	if schedule != "" {
		f.and("schedule = $?", schedule)
	}
	all, err := list(ctx, s.read, scanOverride, selectOverrides+f.where()+` ORDER BY id`, f.args...)
	if err != nil {
		return nil, fmt.Errorf("read overrides: %w", err)
	}
	return all, nil
}

// AddOverrides adds overrides, all or none, and gives them with their numbers.
func (s *Store) AddOverrides(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error) {
	made := make([]tocsin.Override, len(all))
	err := s.write(ctx, func(t *tx) error {
		for n, o := range all {
			o.At = t.now
			if err := t.row(ctx, `INSERT INTO overrides (schedule, person, instead, from_at, to_at, reason, actor, at)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
				o.Schedule, o.Person, o.Instead, o.From, o.To, o.Reason, o.By, o.At).Scan(&o.ID); err != nil {
				return fmt.Errorf("add override: %w", err)
			}
			made[n] = o
		}
		return nil
	})
	return made, err
}

// DeleteOverride removes an override. It returns CodeNotFound if there is none.
func (s *Store) DeleteOverride(ctx context.Context, id int64) error {
	return s.write(ctx, func(t *tx) error {
		deleted, err := t.exec(ctx, `DELETE FROM overrides WHERE id = $1`, id)
		if err != nil {
			return fmt.Errorf("delete override: %w", err)
		}
		if deleted == 0 {
			return tocsin.Errorf(tocsin.CodeNotFound, "There is no override %d.", id)
		}
		return nil
	})
}
