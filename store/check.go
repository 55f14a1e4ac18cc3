package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// AddCheck records that somebody tried an item of the checklist, and says so on
// the timeline. It returns CodeNotFound if there is no such incident.
func (s *Store) AddCheck(ctx context.Context, c tocsin.Check) (tocsin.Check, error) {
	err := s.write(ctx, func(t *tx) error {
		if err := t.mustExist(ctx, c.Incident); err != nil {
			return err
		}
		if c.At.IsZero() {
			c.At = t.now
		}
		if err := t.row(ctx, `INSERT INTO checks (incident_id, item, outcome, note, actor, at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			c.Incident, c.Item, c.Outcome, c.Note, c.By, c.At).Scan(&c.ID); err != nil {
			return fmt.Errorf("add check: %w", err)
		}
		return t.addEvent(ctx, tocsin.Event{Incident: c.Incident, At: c.At, Actor: c.By, Kind: "check", Text: c.Item + ": " + string(c.Outcome)})
	})
	return c, err
}

// Checks gives what was tried for an incident, oldest first.
func (s *Store) Checks(ctx context.Context, incident int64) ([]tocsin.Check, error) {
	checks, err := list(ctx, s.read, func(r row) (c tocsin.Check, err error) {
		err = r.Scan(&c.ID, &c.Incident, &c.Item, &c.Outcome, &c.Note, &c.By, moment{&c.At})
		return c, err
	}, `SELECT id, incident_id, item, outcome, note, actor, at FROM checks WHERE incident_id = $1 ORDER BY id`, incident)
	if err != nil {
		return nil, fmt.Errorf("read checks: %w", err)
	}
	return checks, nil
}
