package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// row is what *sql.Row and *sql.Rows share.
type row interface{ Scan(into ...any) error }

// table says how one kind of row is read and written back.
type table[T any] struct {
	noun  string // as in "There is no incident 12."
	query string // SELECT … FROM …, up to the WHERE
	alias string // of the table itself in the query
	walk  string // the column that lists are ordered by; "" is the table's id
	scan  func(row) (T, error)
	id    func(T) int64
	// save writes back what may change.
	save func(context.Context, *tx, *T) error
	// incident tells on whose timeline a row's events belong.
	incident func(context.Context, *tx, T) (int64, error)
}

// get reads the row with a number.
func (k table[T]) get(ctx context.Context, c conn, id int64, tail string) (T, error) {
	v, err := k.scan(c.row(ctx, k.query+" WHERE "+k.alias+".id = $1"+tail, id))
	if errors.Is(err, sql.ErrNoRows) {
		return v, tocsin.Errorf(tocsin.CodeNotFound, "There is no %s %d.", k.noun, id)
	}
	if err != nil {
		return v, fmt.Errorf("read %s %d: %w", k.noun, id, err)
	}
	return v, nil
}

// change reads a row for this transaction alone, lets fn change it, and writes
// it back with the events and jobs that fn asks for.
func (k table[T]) change(ctx context.Context, t *tx, id int64, fn func(*T) (tocsin.Effects, error)) (T, error) {
	v, err := k.get(ctx, t.conn, id, t.lock(k.alias))
	if err != nil {
		return v, err
	}
	effects, err := fn(&v)
	if err != nil {
		return v, err
	}
	if err := k.save(ctx, t, &v); err != nil {
		return v, fmt.Errorf("write %s %d: %w", k.noun, id, err)
	}
	incident, err := k.incident(ctx, t, v)
	if err != nil {
		return v, err
	}
	return v, t.effects(ctx, incident, effects)
}

// changeIn is change in a transaction of its own.
func changeIn[T any](ctx context.Context, s *Store, k table[T], id int64, fn func(*T) (tocsin.Effects, error)) (T, error) {
	var changed T
	err := s.write(ctx, func(t *tx) error {
		var err error
		changed, err = k.change(ctx, t, id, fn)
		return err
	})
	if err != nil {
		var none T
		return none, err
	}
	return changed, nil
}

// list reads all rows of a query.
func list[T any](ctx context.Context, c conn, scan func(row) (T, error), text string, args ...any) ([]T, error) {
	rows, err := c.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err says all
	all := []T{}
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// number scans a row of one number.
func number(r row) (n int64, err error) {
	err = r.Scan(&n)
	return n, err
}
