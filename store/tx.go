package store

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"time"
)

// querier is what *sql.DB, *sql.Tx and *sql.Conn share.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// conn runs our one SQL text on either database.
type conn struct {
	db   querier
	bind func(string) string
}

// exec runs a statement and tells how many rows it changed.
func (c conn) exec(ctx context.Context, text string, args ...any) (int64, error) {
	result, err := c.db.ExecContext(ctx, c.bind(text), values(args)...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

func (c conn) query(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	return c.db.QueryContext(ctx, c.bind(text), values(args)...)
}

func (c conn) row(ctx context.Context, text string, args ...any) *sql.Row {
	return c.db.QueryRowContext(ctx, c.bind(text), values(args)...)
}

// values gives arguments the form in which they are stored, in place: times as
// microseconds, flags as 0 or 1, texts without what PostgreSQL refuses.
func values(args []any) []any {
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			args[i] = storable(v)
		case int, int64, []byte, nil:
		case time.Time:
			args[i] = micros(v)
		case bool:
			args[i] = 0
			if v {
				args[i] = 1
			}
		default:
			if named := reflect.ValueOf(arg); named.Kind() == reflect.String {
				args[i] = storable(named.String())
			}
		}
	}
	return args
}

// tx is a transaction. What is enqueued in it is committed or forgotten with it.
type tx struct {
	conn
	lock     func(alias string) string
	insert   insertFunc
	commit   func(context.Context) error
	rollback func(context.Context) error
	now      time.Time // one time for all that it writes
}

// tries is how often a transaction that lost a race to another node is begun.
const tries = 5

// write runs fn in a transaction. On PostgreSQL fn runs again when the
// transaction lost a race, so it must not keep what an earlier run did.
func (s *Store) write(ctx context.Context, fn func(*tx) error) error {
	for try := 1; ; try++ {
		err := s.writeOnce(ctx, fn)
		if err == nil || try == tries || !s.db.again(err) {
			return err
		}
	}
}

func (s *Store) writeOnce(ctx context.Context, fn func(*tx) error) error {
	t, err := s.db.begin(ctx)
	if err != nil {
		return fmt.Errorf("begin transaction: %w", err)
	}
	t.now = s.now().UTC().Truncate(time.Microsecond) // as it comes back
	done := false
	defer func() {
		if !done { // also when fn panicked: the one connection must come back
			_ = t.rollback(context.WithoutCancel(ctx)) // what cannot be rolled back ends with its connection
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	done = true
	if err := t.commit(ctx); err != nil {
		return fmt.Errorf("commit transaction: %w", err)
	}
	return nil
}
