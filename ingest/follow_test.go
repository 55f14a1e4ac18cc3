package ingest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestPollTakesAllThereIsAtOnceAndThenWaits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var pulls atomic.Int64
		k := setup(t, mail(5, func(string) error { pulls.Add(1); return nil }))
		stop := k.run(t)
		settle(2 * time.Second)
		require.Equal(t, []string{"report 1", "report 2", "report 3", "report 4", "report 5"}, k.store.texts())
		require.Equal(t, "5", k.store.cursor("mail"))
		require.Equal(t, int64(3), pulls.Load())
		commits := k.store.committed()

		settle(5 * 15 * time.Second)
		require.InDelta(t, 3+5, pulls.Load(), 1)
		require.Equal(t, commits, k.store.committed(), "a poll that brings nothing costs no transaction")
		stop()
		require.Empty(t, k.store.leases, "the lease is given back")
	})
}

func TestFailedPollLeavesTheCursorAndIsTriedAgainMoreAndMoreRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tries []time.Time
		k := setup(t, mail(3, func(cursor string) error {
			if cursor == "2" && len(tries) < 12 {
				tries = append(tries, time.Now())
				return &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "The mail server does not answer.", Retryable: true}
			}
			return nil
		}))
		stop := k.run(t)
		settle(10 * time.Second)
		require.Equal(t, "2", k.store.cursor("mail"))
		require.Equal(t, "The mail server does not answer.", k.Health()[0].Error)
		require.Positive(t, k.Health()[0].Failures)

		settle(2 * time.Hour)
		require.Len(t, k.store.texts(), 3)
		require.Empty(t, k.Health()[0].Error)
		for i := 2; i < len(tries); i++ {
			gap := tries[i].Sub(tries[i-1])
			require.LessOrEqual(t, gap, backoffMost+backoffMost/5)
			if i < 9 {
				require.Greater(t, gap, tries[i-1].Sub(tries[i-2]))
			}
		}
		stop()
	})
}

func TestServersWaitIsObeyed(t *testing.T) {
	t.Parallel()
	failed := &tocsin.Error{Code: tocsin.CodeLimited, Retryable: true, RetryAfter: 7 * time.Minute}
	require.GreaterOrEqual(t, backoff(failed, 1), 7*time.Minute)
	failed.RetryAfter = 24 * time.Hour
	require.Equal(t, obeyMost, backoff(failed, 1), "but not for ever")
	failed.RetryAfter = 0
	require.Less(t, backoff(failed, 1), 2*time.Second)
	require.GreaterOrEqual(t, backoff(failed, 1000), backoffMost*9/10)
	failed.Retryable = false
	require.GreaterOrEqual(t, backoff(failed, 1), backoffMost*9/10, "what trying can't mend is tried rarely")
}

func TestPanicOfOneChannelStopsNeitherItNorTheOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		bad := tocsin.Channel{Name: "bad", Type: "x", Source: pull(func(context.Context, string) (tocsin.Batch, error) {
			tries++
			panic("index out of range")
		})}
		k := setup(t, bad, mail(1, never))
		stop := k.run(t)
		settle(time.Minute)
		stop()
		require.Len(t, k.store.texts(), 1)
		require.Greater(t, tries, 1)
		require.InDelta(t, tries, k.count(t, "panics_total", "channel", "bad"), 0)
		require.Contains(t, k.log.String(), "index out of range")
		require.Positive(t, k.count(t, "failures_total", "code", "internal"))
	})
}

func TestHangingPollIsCutAndStopIsPrompt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tries atomic.Int64
		k := setup(t, tocsin.Channel{Name: "slow", Type: "x", Source: pull(func(ctx context.Context, _ string) (tocsin.Batch, error) {
			tries.Add(1)
			<-ctx.Done()
			return tocsin.Batch{}, ctx.Err()
		})})
		stop := k.run(t)
		settle(pullMost + 30*time.Second)
		require.Equal(t, int64(2), tries.Load())
		stop()
		require.Empty(t, k.store.leases)
	})
}

func TestMoreWithoutAWayOnIsNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		pulls := 0
		k := setup(t, tocsin.Channel{Name: "odd", Type: "x", Source: pull(func(context.Context, string) (tocsin.Batch, error) {
			pulls++
			return tocsin.Batch{Reports: []tocsin.Report{report(1)}, Cursor: "same", More: true}, nil
		})})
		stop := k.run(t)
		settle(31 * time.Second)
		stop()
		require.LessOrEqual(t, pulls, 5)
		require.Len(t, k.store.texts(), 1)
		require.Positive(t, k.count(t, "repeats_total"))
	})
}

func TestMovedCursorIsReadAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		moved := false
		k := node(t, "a", store, mail(4, func(cursor string) error {
			if cursor == "2" && !moved { // another node reads on while we pull
				moved = true
				store.mu.Lock()
				store.cursors["mail"] = "3"
				store.mu.Unlock()
			}
			return nil
		}))
		stop := k.run(t)
		settle(10 * time.Second)
		stop()
		require.Equal(t, []string{"report 1", "report 2", "report 4"}, store.texts())
		require.Equal(t, "4", store.cursors["mail"])
		require.Zero(t, k.Health()[0].Failures)
	})
}

func TestStreamGoesOnWhereThePollEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var from []string
		ch := mail(3, never)
		ch.Streamer = stream(func(ctx context.Context, cursor string, emit func(tocsin.Batch) error) error {
			from = append(from, cursor)
			for n := 4; n <= 5; n++ {
				if err := emit(tocsin.Batch{Reports: []tocsin.Report{report(n)}, Cursor: fmt.Sprint(n)}); err != nil {
					return err
				}
			}
			<-ctx.Done()
			return ctx.Err()
		})
		k := setup(t, ch)
		stop := k.run(t)
		settle(time.Hour)
		stop()
		require.Equal(t, []string{"3"}, from)
		require.Equal(t, []string{"report 1", "report 2", "report 3", "report 4", "report 5"}, k.store.texts())
		require.Equal(t, "5", k.store.cursors["mail"])
	})
}

func TestBrokenStreamIsTakenUpAgainAtTheStoredCursor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		at, lines := 0, 0
		k := setup(t, tocsin.Channel{Name: "s", Type: "x", Streamer: stream(func(_ context.Context, cursor string, emit func(tocsin.Batch) error) error {
			lines++
			require.Equal(t, at > 0, cursor != "")
			at++
			if err := emit(tocsin.Batch{Reports: []tocsin.Report{report(at)}, Cursor: fmt.Sprint(at)}); err != nil {
				return err
			}
			if lines%2 == 0 {
				return nil // in good order
			}
			return errors.New("connection reset")
		})})
		stop := k.run(t)
		settle(30 * time.Second)
		stop()
		require.Len(t, k.store.texts(), lines)
		require.Greater(t, lines, 10, "a stream that lives a little is not punished for earlier breaks")
	})
}

func TestStreamStopsWhenTheStoreFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		var emitted atomic.Int64
		k := node(t, "a", store, tocsin.Channel{Name: "s", Type: "x", Streamer: stream(func(ctx context.Context, _ string, emit func(tocsin.Batch) error) error {
			for ctx.Err() == nil {
				n := int(emitted.Add(1))
				if err := emit(tocsin.Batch{Reports: []tocsin.Report{report(n)}, Cursor: fmt.Sprint(n)}); err != nil {
					return err
				}
				wait(ctx, time.Second)
			}
			return ctx.Err()
		})})
		stop := k.run(t)
		settle(5500 * time.Millisecond)
		store.fail(errors.New("disk full"))
		settle(3 * time.Second)
		before := emitted.Load()
		require.Positive(t, k.Health()[0].Failures)
		require.NotContains(t, k.Health()[0].Error, "disk full", "the cause is for the log")
		store.fail(nil)
		settle(time.Minute)
		stop()
		require.Greater(t, emitted.Load(), before)
		require.Contains(t, k.log.String(), "disk full")
	})
}

func TestRunLastsWhereNothingIsFetched(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := setup(t, hook())
		ctx, cancel := context.WithCancel(t.Context())
		ended := false
		go func() {
			_ = k.Run(ctx) // it has no error to give
			ended = true
		}()
		synctest.Wait()
		require.False(t, ended)
		cancel()
		synctest.Wait()
		require.True(t, ended)
	})
}
