package store

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

func updates() table[tocsin.Update] {
	return table[tocsin.Update]{
		noun: "update", alias: "u",
		query: `SELECT u.id, u.incident_id, u.kind, u.text, u.state, u.author, u.approver, u.bypass, u.corrects,
			u.next_update_at, u.created_at, u.edited_at, u.approved_at, u.send_at, u.done_at FROM updates u`,
		scan: func(r row) (u tocsin.Update, err error) {
			err = r.Scan(&u.ID, &u.Incident, &u.Kind, &u.Text, &u.State, &u.Author, &u.Approver, &u.Bypass, &u.Corrects,
				moment{&u.NextUpdateAt}, moment{&u.CreatedAt}, moment{&u.EditedAt}, moment{&u.ApprovedAt}, moment{&u.SendAt}, moment{&u.DoneAt})
			return u, err
		},
		id:       func(u tocsin.Update) int64 { return u.ID },
		save:     saveUpdate,
		incident: func(_ context.Context, _ *tx, u tocsin.Update) (int64, error) { return u.Incident, nil },
	}
}

func saveUpdate(ctx context.Context, t *tx, u *tocsin.Update) error {
	if _, err := t.exec(ctx, `UPDATE incidents SET turn = turn + 1 WHERE id = $1`, u.Incident); err != nil {
		return err
	}
	_, err := t.exec(ctx, `UPDATE updates SET kind = $2, text = $3, state = $4, author = $5, approver = $6, bypass = $7, corrects = $8,
		next_update_at = $9, edited_at = $10, approved_at = $11, send_at = $12, done_at = $13 WHERE id = $1`,
		u.ID, u.Kind, u.Text, u.State, u.Author, u.Approver, u.Bypass, u.Corrects,
		u.NextUpdateAt, u.EditedAt, u.ApprovedAt, u.SendAt, u.DoneAt)
	return err
}

// AddUpdate adds an update, as a draft unless it says otherwise. It returns
// CodeNotFound if there is no such incident.
func (s *Store) AddUpdate(ctx context.Context, u tocsin.Update, e tocsin.Effects) (tocsin.Update, error) {
	if u.State == "" {
		u.State = tocsin.UpdateDraft
	}
	err := s.write(ctx, func(t *tx) error {
		if err := t.mustExist(ctx, u.Incident); err != nil {
			return err
		}
		if u.CreatedAt.IsZero() {
			u.CreatedAt = t.now
		}
		if u.EditedAt.IsZero() {
			u.EditedAt = u.CreatedAt
		}
		if err := t.row(ctx, `INSERT INTO updates (incident_id, kind, text, state, author, created_at, edited_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
			u.Incident, u.Kind, u.Text, u.State, u.Author, u.CreatedAt, u.EditedAt).Scan(&u.ID); err != nil {
			return fmt.Errorf("add update: %w", err)
		}
		if err := saveUpdate(ctx, t, &u); err != nil {
			return fmt.Errorf("add update: %w", err)
		}
		return t.effects(ctx, u.Incident, e)
	})
	return u, err
}

// Update gives an update. It returns CodeNotFound if there is none.
func (s *Store) Update(ctx context.Context, id int64) (tocsin.Update, error) {
	return updates().get(ctx, s.read, id, "")
}

// Updates gives the updates of an incident, oldest first.
func (s *Store) Updates(ctx context.Context, incident int64) ([]tocsin.Update, error) {
	k := updates()
	all, err := list(ctx, s.read, k.scan, k.query+` WHERE u.incident_id = $1 ORDER BY u.id`, incident)
	if err != nil {
		return nil, fmt.Errorf("read updates: %w", err)
	}
	return all, nil
}

// ChangeUpdate changes an update as ChangeIncident does an incident.
func (s *Store) ChangeUpdate(ctx context.Context, id int64, fn func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error) {
	return changeIn(ctx, s, updates(), id, fn)
}
