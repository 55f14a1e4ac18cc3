package store

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/tocsin/tocsin"
)

// QueueAlert is the queue of what must not wait behind deliveries: bells,
// escalations and the start of a broadcast. Run always works it.
const QueueAlert = "alert"

// QueueOf names the queue of a job about a channel. Each channel has queues of
// its own, so that a slow one delays no other. The channel's name must have at
// most 50 characters: letters, digits and single dashes between them.
func QueueOf(j tocsin.Job, channel string) string {
	switch j.(type) {
	case tocsin.DeliverJob:
		return "deliver-" + channel
	case tocsin.NoticeJob, tocsin.RenewJob:
		return "notice-" + channel
	default:
		return QueueAlert
	}
}

// How jobs are worked.
const (
	alertWorkers = 8
	// A job's context ends after jobTimeout. A job that a dead node left behind is
	// taken up by another after jobRescue, which must be the longer of the two.
	jobTimeout = 45 * time.Second
	jobRescue  = 60 * time.Second
	// A failed job is tried again after 1 s, 2 s, 4 s, … up to retryMost, for about a day.
	retryFirst  = time.Second
	retryMost   = 10 * time.Minute
	jobAttempts = 150
	// What is done is kept for those who look after trouble.
	keepDone   = time.Hour
	keepFailed = 7 * 24 * time.Hour
	// fetchPause lets a queue of ten workers begin 500 jobs a second.
	fetchPause = 20 * time.Millisecond
	// A new job is told of at once; looking unasked finds only what is tried again so
	// soon that nobody tells of it. Fifty channels have a hundred queues, and to look
	// into each of them every second would take a fifth of a core.
	lookEvery = 5 * time.Second
)

// Handle says who does the jobs of one kind. Call it once for each kind, before
// Run. A job may run more than once: it must re-read its row and do what the row
// still asks for. Its context ends after 45 seconds.
//
// When work returns an error for which tocsin.Retry says so, the job comes again:
// after the time that the other side asked for, else after 1 s, 2 s, 4 s, … up to
// 10 minutes, for about a day. Any other error ends the job and is logged; the
// row's state is work's own business.
func Handle[J tocsin.Job](s *Store, work func(context.Context, J) error) {
	river.AddWorker(s.workers, river.WorkFunc(func(ctx context.Context, job *river.Job[J]) error {
		err := work(ctx, job.Args)
		if err == nil {
			return nil
		}
		ended := outcome(ctx, err)
		if final(ended) || job.Attempt >= job.MaxAttempts {
			s.log.ErrorContext(ctx, "job given up", "kind", job.Kind, "job", string(job.EncodedArgs), "attempt", job.Attempt, "err", err)
		} else {
			s.log.WarnContext(ctx, "job will be tried again", "kind", job.Kind, "job", string(job.EncodedArgs), "attempt", job.Attempt, "err", err)
		}
		return ended
	}))
}

// outcome translates a job's error into what River does next.
func outcome(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		// We are stopping, or time ran out: that says nothing about the job itself.
		return fmt.Errorf("interrupted: %w", err)
	}
	again, after := tocsin.Retry(err)
	switch {
	case !again:
		return river.JobCancel(err)
	case after > 0:
		return river.JobSnooze(after)
	default:
		return err
	}
}

func final(outcome error) bool {
	_, cancelled := outcome.(*river.JobCancelError) //nolint:errorlint // outcome made it, unwrapped
	return cancelled
}

// retryPolicy is when River tries a failed job again.
type retryPolicy struct{}

// NextRetry gives the time of the next try.
func (retryPolicy) NextRetry(job *rivertype.JobRow) time.Time {
	// River compares with the wall clock too.
	return time.Now().Add(retryDelay(len(job.Errors), rand.Float64())) //nolint:gosec // spreads load, guards nothing
}

// retryDelay is the wait after so many earlier failures, with up to a fifth more
// by jitter (0 to 1), so that what failed together does not come back together.
func retryDelay(failures int, jitter float64) time.Duration {
	delay := retryMost
	if failures < 10 { // 2^10 s is over retryMost
		delay = min(retryFirst<<failures, retryMost)
	}
	return delay + time.Duration(jitter*float64(delay)/5)
}

// Run works jobs until ctx ends, then lets those under way finish. After 20
// seconds it cancels their contexts, and after 25 it returns an error and leaves
// them behind. Every kind of job that the queues hold needs a handler.
func (s *Store) Run(ctx context.Context) error {
	queues := map[string]river.QueueConfig{QueueAlert: {MaxWorkers: alertWorkers}}
	for _, q := range s.queues {
		queues[q.Name] = river.QueueConfig{MaxWorkers: max(1, q.Workers), FetchPollInterval: lookEvery}
	}
	return s.db.jobs.work(ctx, &river.Config{
		Logger:                      quiet(s.log),
		Queues:                      queues,
		Workers:                     s.workers,
		RetryPolicy:                 retryPolicy{},
		MaxAttempts:                 jobAttempts,
		JobTimeout:                  jobTimeout,
		RescueStuckJobsAfter:        jobRescue,
		SoftStopTimeout:             stopSoft,
		FetchCooldown:               fetchPause,
		CompletedJobRetentionPeriod: keepDone,
		CancelledJobRetentionPeriod: keepFailed,
		DiscardedJobRetentionPeriod: keepFailed,
	})
}

// quiet passes on what River says of itself from warnings up: how a job ended is
// said by Handle.
func quiet(log *slog.Logger) *slog.Logger { return slog.New(atLeast{log.Handler(), slog.LevelWarn}) }

type atLeast struct {
	slog.Handler
	level slog.Level
}

func (h atLeast) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= h.level && h.Handler.Enabled(ctx, l)
}

func (h atLeast) WithAttrs(attrs []slog.Attr) slog.Handler {
	return atLeast{h.Handler.WithAttrs(attrs), h.level}
}

func (h atLeast) WithGroup(name string) slog.Handler {
	return atLeast{h.Handler.WithGroup(name), h.level}
}
