package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsin/tocsin"
)

// task is a job on its way into its queue.
type task struct {
	job   tocsin.Job
	queue string
	at    time.Time // zero: at once
}

// effects writes the events and enqueues the jobs that a change brings with it.
func (t *tx) effects(ctx context.Context, incident int64, e tocsin.Effects) error {
	for _, event := range e.Events {
		if event.Incident == 0 {
			event.Incident = incident
		}
		if err := t.addEvent(ctx, event); err != nil {
			return err
		}
	}
	for _, attempt := range e.Attempts {
		if err := t.addAttempt(ctx, attempt); err != nil {
			return err
		}
	}
	tasks := make([]task, 0, len(e.Jobs))
	for _, later := range e.Jobs {
		channel, err := t.channelOf(ctx, later.Job)
		if err != nil {
			return err
		}
		tasks = append(tasks, task{later.Job, QueueOf(later.Job, channel), later.At})
	}
	_, err := t.enqueue(ctx, tasks)
	return err
}

// channelOf tells which channel a job is about.
func (t *tx) channelOf(ctx context.Context, j tocsin.Job) (channel string, err error) {
	switch j := j.(type) {
	case tocsin.DeliverJob:
		err = t.row(ctx, `SELECT channel FROM deliveries WHERE id = $1`, j.Delivery).Scan(&channel)
	case tocsin.NoticeJob:
		err = t.row(ctx, `SELECT channel FROM notices WHERE id = $1`, j.Notice).Scan(&channel)
	case tocsin.RenewJob:
		err = t.row(ctx, `SELECT channel FROM notices WHERE id = $1`, j.Notice).Scan(&channel)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return "", tocsin.Errorf(tocsin.CodeNotFound, "There is nothing for the job %s %+v to do.", j.Kind(), j)
	}
	if err != nil {
		return "", fmt.Errorf("find the channel of a job: %w", err)
	}
	return channel, nil
}

// enqueue hands jobs to River and tells how many of them were not there yet.
func (t *tx) enqueue(ctx context.Context, tasks []task) (added int, err error) {
	if len(tasks) == 0 {
		return 0, nil
	}
	params, seen := make([]river.InsertManyParams, 0, len(tasks)), make(map[tocsin.Job]bool, len(tasks))
	for _, task := range tasks {
		once := unique(task.job)
		if once.ByArgs && seen[task.job] {
			continue // PostgreSQL cannot skip the second of two in one statement
		}
		seen[task.job] = true
		params = append(params, river.InsertManyParams{Args: task.job, InsertOpts: &river.InsertOpts{
			Queue: task.queue, ScheduledAt: task.at, MaxAttempts: jobAttempts, UniqueOpts: once,
		}})
	}
	results, err := t.insert(ctx, params)
	if err != nil {
		return 0, fmt.Errorf("enqueue jobs: %w", err)
	}
	for _, result := range results {
		if !result.UniqueSkippedAsDuplicate {
			added++
		}
	}
	return added, nil
}

// unique keeps a message from having two live jobs. Timers may stand twice: each
// re-reads its row when it fires.
func unique(j tocsin.Job) river.UniqueOpts {
	switch j.(type) {
	case tocsin.DeliverJob, tocsin.NoticeJob, tocsin.RefreshJob:
		return river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable,
			rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}}
	default:
		return river.UniqueOpts{}
	}
}
