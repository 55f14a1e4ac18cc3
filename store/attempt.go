package store

import (
	"context"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

func attempts() table[tocsin.Attempt] {
	return table[tocsin.Attempt]{
		noun: "attempt", alias: "a",
		query: `SELECT a.id, a.notice_id, n.channel, n.target, n.person, a.at, a.took, a.state, a.answer, a.external_id
			FROM attempts a JOIN notices n ON n.id = a.notice_id`,
		scan: func(r row) (a tocsin.Attempt, err error) {
			var took int64
			err = r.Scan(&a.ID, &a.Notice, &a.Target.Channel, &a.Target.To, &a.Target.Person, moment{&a.At}, &took, &a.State, &a.Answer, &a.ExternalID)
			a.Took = tocsin.Duration(time.Duration(took) * time.Microsecond)
			return a, err
		},
		id: func(a tocsin.Attempt) int64 { return a.ID },
	}
}

func (t *tx) addAttempt(ctx context.Context, a tocsin.Attempt) error {
	if _, err := t.exec(ctx, `INSERT INTO attempts (notice_id, at, took, state, answer, external_id) VALUES ($1, $2, $3, $4, $5, $6)`,
		a.Notice, a.At, time.Duration(a.Took).Microseconds(), a.State, a.Answer, a.ExternalID); err != nil {
		return fmt.Errorf("add attempt: %w", err)
	}
	return nil
}

// Attempts lists the calls that were made for a page, oldest first, and gives the
// cursor of what follows.
func (s *Store) Attempts(ctx context.Context, q tocsin.AttemptQuery) ([]tocsin.Attempt, string, error) {
	f := filter{}
	f.and("n.page_id = $?", q.Page)
	return attempts().page(ctx, s.read, f, oldestFirst, q.After, q.Limit)
}
