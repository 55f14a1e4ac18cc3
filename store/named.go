package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// named is a table of what people edit: a name and a document.
type named[T any] struct {
	noun, table string
	name        func(T) string
}

func (n named[T]) all(ctx context.Context, s *Store) ([]T, error) {
	all, err := list(ctx, s.read, scanBody[T], `SELECT body FROM `+n.table+` ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", n.table, err)
	}
	return all, nil
}

func (n named[T]) get(ctx context.Context, s *Store, name string) (T, error) {
	v, err := scanBody[T](s.read.row(ctx, `SELECT body FROM `+n.table+` WHERE name = $1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return v, n.missing(name)
	}
	if err != nil {
		return v, fmt.Errorf("read %s %s: %w", n.noun, name, err)
	}
	return v, nil
}

func (n named[T]) missing(name string) error {
	return tocsin.Errorf(tocsin.CodeNotFound, "There is no %s named %q.", n.noun, name)
}

// put adds a document, or replaces the one of its name.
func (n named[T]) put(ctx context.Context, s *Store, v T) error {
	return s.write(ctx, func(t *tx) error { return n.write(ctx, t, v, `DO UPDATE SET body = excluded.body`) })
}

// seed adds those documents whose names were never seeded before and are not
// there: what people deleted stays away.
func (n named[T]) seed(ctx context.Context, s *Store, all []T) error {
	return s.write(ctx, func(t *tx) error {
		for _, v := range all {
			fresh, err := t.exec(ctx, `INSERT INTO seeds (kind, name) VALUES ($1, $2) ON CONFLICT (kind, name) DO NOTHING`, n.noun, n.name(v))
			if err != nil {
				return fmt.Errorf("remember seed %s %s: %w", n.noun, n.name(v), err)
			}
			if fresh == 0 {
				continue
			}
			if err := n.write(ctx, t, v, `DO NOTHING`); err != nil {
				return err
			}
		}
		return nil
	})
}

// write inserts a document; onConflict says what becomes of it when its name is taken.
func (n named[T]) write(ctx context.Context, t *tx, v T, onConflict string) error {
	if n.name(v) == "" {
		return tocsin.Errorf(tocsin.CodeInvalid, "Give the %s a name.", n.noun)
	}
	body, err := marshal(v)
	if err != nil {
		return err
	}
	if _, err := t.exec(ctx, `INSERT INTO `+n.table+` (name, body) VALUES ($1, $2) ON CONFLICT (name) `+onConflict, n.name(v), body); err != nil {
		return fmt.Errorf("write %s %s: %w", n.noun, n.name(v), err)
	}
	return nil
}

func (n named[T]) remove(ctx context.Context, s *Store, name string) error {
	return s.write(ctx, func(t *tx) error { return n.removeIn(ctx, t, name) })
}

func (n named[T]) removeIn(ctx context.Context, t *tx, name string) error {
	removed, err := t.exec(ctx, `DELETE FROM `+n.table+` WHERE name = $1`, name)
	if err != nil {
		return fmt.Errorf("delete %s %s: %w", n.noun, name, err)
	}
	if removed == 0 {
		return n.missing(name)
	}
	return nil
}

func scanBody[T any](r row) (v T, err error) {
	err = r.Scan(document{&v})
	return v, err
}
