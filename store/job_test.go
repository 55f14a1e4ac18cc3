package store_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

// soon is how long a test waits for what must happen.
const soon = 20 * time.Second

// run works jobs until the test ends or stop is called, which waits for Run.
func run(t *testing.T, s *store.Store) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	var stopped atomic.Bool
	stop = func() {
		if cancel(); stopped.CompareAndSwap(false, true) {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return stop
}

// enqueue gives an incident's change so many jobs.
func enqueue(t *testing.T, s *store.Store, incident int64, jobs ...tocsin.Job) {
	t.Helper()
	_, err := s.ChangeIncident(t.Context(), incident, func(*tocsin.Incident) (e tocsin.Effects, err error) {
		for _, job := range jobs {
			e.Jobs = append(e.Jobs, tocsin.Later{Job: job})
		}
		return e, nil
	})
	require.NoError(t, err)
}

func TestQueueOfKeepsChannelsApart(t *testing.T) {
	t.Parallel()
	require.Equal(t, "deliver-mail", store.QueueOf(tocsin.DeliverJob{}, "mail"))
	require.Equal(t, "notice-pager", store.QueueOf(tocsin.NoticeJob{}, "pager"))
	for _, j := range []tocsin.Job{tocsin.AlertJob{}, tocsin.EscalateJob{}, tocsin.BroadcastJob{}} {
		require.Equal(t, store.QueueAlert, store.QueueOf(j, ""))
	}
}

func TestRunWorksEachKindOfJob(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		alerts, deliveries := make(chan tocsin.AlertJob, 9), make(chan tocsin.DeliverJob, 9)
		store.Handle(s, func(_ context.Context, j tocsin.AlertJob) error { alerts <- j; return nil })
		store.Handle(s, func(_ context.Context, j tocsin.DeliverJob) error { deliveries <- j; return nil })
		run(t, s)

		ids := arrive(t, s, 2)
		u := draft(t, s, ids...)
		freeze(t, s, u, ids...)
		start(t, s, u)
		gather(t, s, "loud", tocsin.TierRing)
		require.Equal(t, tocsin.TierRing, receive(t, alerts).Tier)
		first, second := receive(t, deliveries), receive(t, deliveries)
		require.NotEqual(t, first, second)
		require.Eventually(t, func() bool { return waiting(t, s, deliverMail)+waiting(t, s, store.QueueAlert) == 0 }, soon, 20*time.Millisecond)
	}, func(o *store.Options) { o.Queues = []store.Queue{{Name: deliverMail, Workers: 4}} })
}

func receive[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(soon):
		t.Fatal("nothing came")
	}
	return v
}

func TestAJobsErrorDecidesWhetherItComesAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		err   error
		again bool
	}{
		{"unknown", errors.New("line broke"), true},
		{"retryable", &tocsin.Error{Code: tocsin.CodeUnavailable, Retryable: true}, true},
		{"told to wait", &tocsin.Error{Code: tocsin.CodeLimited, Retryable: true, RetryAfter: 50 * time.Millisecond}, true},
		{"final", tocsin.Errorf(tocsin.CodeInvalid, "No."), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				tries := make(chan int64, 9)
				var n atomic.Int64
				store.Handle(s, func(context.Context, tocsin.AlertJob) error {
					if tries <- n.Add(1); n.Load() == 1 {
						return c.err
					}
					return nil
				})
				run(t, s)
				gather(t, s, "k", tocsin.TierRing)
				require.EqualValues(t, 1, receive(t, tries))
				if c.again {
					require.EqualValues(t, 2, receive(t, tries))
				}
				require.Eventually(t, func() bool { return waiting(t, s, store.QueueAlert) == 0 }, soon, 20*time.Millisecond)
				require.Empty(t, tries)
			})
		})
	}
}

func TestAnInterruptedJobIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	final := tocsin.Wrap(tocsin.CodeUnavailable, context.Canceled, "Stopped.")
	var cancelled *river.JobCancelError
	require.ErrorAs(t, store.Outcome(ctx, final), &cancelled)
	stop()
	require.NotErrorAs(t, store.Outcome(ctx, final), &cancelled)
	require.ErrorIs(t, store.Outcome(ctx, final), context.Canceled)
}

func TestRetriesComeSlowerAndSlower(t *testing.T) {
	t.Parallel()
	for failures, want := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 9: 512 * time.Second, 10: store.RetryCap, 149: store.RetryCap,
	} {
		require.Equal(t, want, store.RetryDelay(failures, 0))
		require.Equal(t, want+want/5, store.RetryDelay(failures, 1))
	}
}

func TestAJobThatIsNotYetDueWaits(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ran := make(chan tocsin.BroadcastJob, 9)
		store.Handle(s, func(_ context.Context, j tocsin.BroadcastJob) error { ran <- j; return nil })
		run(t, s)
		id := gather(t, s, "k", tocsin.TierNone)
		_, err := s.ChangeIncident(t.Context(), id, func(*tocsin.Incident) (tocsin.Effects, error) {
			return tocsin.Effects{Jobs: []tocsin.Later{
				{Job: tocsin.BroadcastJob{Update: 1}, At: time.Now().Add(time.Hour)},
				{Job: tocsin.BroadcastJob{Update: 2}, At: time.Now().Add(200 * time.Millisecond)},
			}}, nil
		})
		require.NoError(t, err)
		require.EqualValues(t, 2, receive(t, ran).Update)
		require.Equal(t, 1, waiting(t, s, store.QueueAlert)-waitingDone(t, s))
	})
}

// waitingDone counts jobs that have run but are not yet written off.
func waitingDone(t *testing.T, s *store.Store) int {
	t.Helper()
	n, err := s.Count(t.Context(), `SELECT COUNT(*) FROM river_job WHERE state = 'running'`)
	require.NoError(t, err)
	return int(n)
}

func TestStoppingLetsJobsUnderWayFinish(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		began, finish := make(chan struct{}), make(chan struct{})
		var finished atomic.Bool
		store.Handle(s, func(ctx context.Context, _ tocsin.AlertJob) error {
			close(began)
			<-finish
			finished.Store(ctx.Err() == nil)
			return nil
		})
		stop := run(t, s)
		gather(t, s, "k", tocsin.TierRing)
		receive(t, began)
		go func() {
			time.Sleep(100 * time.Millisecond) // the stop begins while the job still runs
			close(finish)
		}()
		stop()
		require.True(t, finished.Load())
		require.Zero(t, waiting(t, s, store.QueueAlert))
	})
}

func TestAMessageHasOneLiveJobAtMost(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		d := freeze(t, s, u, ids...)[0]
		enqueue(t, s, u.Incident, tocsin.DeliverJob{Delivery: d.ID}, tocsin.DeliverJob{Delivery: d.ID})
		enqueue(t, s, u.Incident, tocsin.DeliverJob{Delivery: d.ID})
		require.Equal(t, 1, waiting(t, s, deliverMail))
		enqueue(t, s, u.Incident, tocsin.BroadcastJob{Update: u.ID}, tocsin.BroadcastJob{Update: u.ID})
		require.Equal(t, 2, waiting(t, s, store.QueueAlert), "a timer re-reads its row, and may stand twice")
	})
}
