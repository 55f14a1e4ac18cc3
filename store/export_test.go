package store

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"time"
)

// MigrateFrom lays down the schema of other migrations, as another release would.
func MigrateFrom(ctx context.Context, url string, source fs.FS) (err error) {
	log := slog.New(slog.DiscardHandler)
	d, err := openDatabase(ctx, Options{URL: url, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	provider, err := d.provider(source, log)
	if err != nil {
		return err
	}
	_, err = provider.Up(ctx)
	return err
}

// ExecAt runs statements on a database that is not open.
func ExecAt(ctx context.Context, url string, statements ...string) (err error) {
	d, err := openDatabase(ctx, Options{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	for _, statement := range statements {
		if _, err := d.writer.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// Schema describes every table and index of the database, one a line.
func (s *Store) Schema(ctx context.Context) ([]string, error) {
	text := `SELECT type || ' ' || name || ': ' || COALESCE(sql, '') FROM sqlite_master ORDER BY 1`
	if s.db.alone != "" {
		text = `SELECT table_name || '.' || column_name || ': ' || data_type || ' ' || is_nullable || ' ' || COALESCE(column_default, '')
				FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`
	}
	return list(ctx, s.read, func(r row) (line string, err error) {
		err = r.Scan(&line)
		return line, err
	}, text)
}

// Exec runs a statement of a test's own.
func (s *Store) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	return conn{s.db.writer, s.db.bind}.exec(ctx, text, args...)
}

// Count reads one number by a statement of a test's own.
func (s *Store) Count(ctx context.Context, text string, args ...any) (int64, error) {
	return number(conn{s.db.writer, s.db.bind}.row(ctx, text, args...))
}

// Parts of the package that have tests of their own.
var (
	Older      = older
	Storable   = storable
	RetryDelay = retryDelay
	Outcome    = outcome
)

// The times that a test moves its clock over.
const (
	CallLost               = callLost
	CallKept               = callKept
	RetryCap time.Duration = retryMost
)
