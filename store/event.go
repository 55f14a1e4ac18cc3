package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func (t *tx) addEvent(ctx context.Context, e tocsin.Event) error {
	if e.At.IsZero() {
		e.At = t.now
	}
	if _, err := t.exec(ctx, `INSERT INTO events (incident_id, at, actor, kind, text) VALUES ($1, $2, $3, $4, $5)`,
		e.Incident, e.At, e.Actor, e.Kind, e.Text); err != nil {
		return fmt.Errorf("add event: %w", err)
	}
	return nil
}

// say adds an event by the program itself.
func (t *tx) say(ctx context.Context, incident int64, kind, format string, args ...any) error {
	return t.addEvent(ctx, tocsin.Event{Incident: incident, Actor: tocsin.ActorSelf, Kind: kind, Text: fmt.Sprintf(format, args...)})
}

// Timeline gives the events of an incident in the order in which they happened.
func (s *Store) Timeline(ctx context.Context, incident int64) ([]tocsin.Event, error) {
	events, err := list(ctx, s.read, scanEvent,
		`SELECT id, incident_id, at, actor, kind, text FROM events WHERE incident_id = $1 ORDER BY id`, incident)
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	return events, nil
}

func scanEvent(r row) (e tocsin.Event, err error) {
	err = r.Scan(&e.ID, &e.Incident, moment{&e.At}, &e.Actor, &e.Kind, &e.Text)
	return e, err
}
