package store

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"

	"github.com/tocsin/tocsin"
)

// Options say which database to open and how to work its jobs.
type Options struct {
	// URL is postgres://…, or the path of an SQLite file, with or without sqlite: before it.
	URL string
	Log *slog.Logger     // nil: nothing is logged
	Now func() time.Time // nil: the wall clock
	// Queues are worked by Run, beside the queue QueueAlert.
	Queues []Queue
}

// Queue is a queue of jobs and how many of them are worked at once.
type Queue struct {
	Name    string
	Workers int
}

// Store is an open database. Its methods may be called from any goroutine.
// They return CodeNotFound for a number that no row has.
type Store struct {
	db      *database
	read    conn
	log     *slog.Logger
	now     func() time.Time
	queues  []Queue
	workers *river.Workers
	arrived chan struct{}
}

// Open opens the database and brings its schema up to date; several nodes may do
// so at once on PostgreSQL. It returns CodeConflict when another process serves
// the SQLite file or when the schema wants a newer binary, and CodeUnavailable
// when the database does not answer.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	db, err := openDatabase(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := db.migrate(ctx, o.Log); err != nil {
		return nil, errors.Join(err, db.close())
	}
	if err := db.awaken(ctx); err != nil {
		return nil, errors.Join(err, db.close())
	}
	return &Store{
		db: db, read: conn{db.reader, db.bind}, log: o.Log, now: o.Now,
		queues: o.Queues, workers: river.NewWorkers(), arrived: make(chan struct{}, 1),
	}, nil
}

func openDatabase(ctx context.Context, o Options) (*database, error) {
	switch {
	case o.URL == "":
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "No database is named. Give the path of a file or a postgres:// URL.")
	case strings.HasPrefix(o.URL, "postgres://"), strings.HasPrefix(o.URL, "postgresql://"):
		return openPostgres(ctx, o.URL, o.Log)
	default:
		return openSQLite(ctx, strings.TrimPrefix(o.URL, "sqlite:"), o.Log)
	}
}

// Close closes the database. Run must have returned before.
func (s *Store) Close() error { return s.db.close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.reader.PingContext(ctx) }

// Shared tells whether other processes may use the database beside this one.
func (s *Store) Shared() bool { return s.db.shared }
