package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// jobs is River without the type of its transactions.
type jobs interface {
	migrate(ctx context.Context) error
	work(ctx context.Context, config *river.Config) error
}

// insertFunc enqueues jobs in the transaction that it was made for.
type insertFunc func(context.Context, []river.InsertManyParams) ([]*rivertype.JobInsertResult, error)

// queue is River on one of the databases; T is the type of its transactions.
type queue[T any] struct {
	driver   riverdriver.Driver[T]
	inserter *river.Client[T] // enqueues only
	log      *slog.Logger
}

func newQueue[T any](driver riverdriver.Driver[T], log *slog.Logger) (*queue[T], error) {
	log = quiet(log)
	inserter, err := river.NewClient(driver, &river.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("set up job queue: %w", err)
	}
	return &queue[T]{driver, inserter, log}, nil
}

func (q *queue[T]) insert(t T) insertFunc {
	return func(ctx context.Context, params []river.InsertManyParams) ([]*rivertype.JobInsertResult, error) {
		return q.inserter.InsertManyTx(ctx, t, params)
	}
}

func (q *queue[T]) migrate(ctx context.Context) error {
	m, err := rivermigrate.New(q.driver, &rivermigrate.Config{Logger: q.log})
	if err != nil {
		return err
	}
	_, err = m.Migrate(ctx, rivermigrate.DirectionUp, nil)
	return err
}

// Times of a stop. River cancels the jobs under way after stopSoft; what does not
// heed that by stopHard is left behind.
const (
	stopSoft = 20 * time.Second
	stopHard = stopSoft + 5*time.Second
)

// work works jobs until ctx ends and those under way are done.
func (q *queue[T]) work(ctx context.Context, config *river.Config) error {
	client, err := river.NewClient(q.driver, config)
	if err != nil {
		return fmt.Errorf("set up job queue: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("start job queue: %w", err)
	}
	<-ctx.Done()
	select {
	case <-client.Stopped():
		return nil
	case <-time.After(stopHard):
		return errors.New("stop job queue: a job did not end in time")
	}
}
