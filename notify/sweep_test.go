package notify_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestADeliveryWhoseJobWasLostIsFoundAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, _ := sending(h)
	require.Empty(t, h.store.jobs)
	n, err := h.caster.Sweep(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "it is too fresh to be lost")
	h.clock = h.clock.Add(2 * time.Minute)
	n, err = h.caster.Sweep(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	h.runFor(time.Minute)
	require.Equal(t, tocsin.DeliverySent, h.states(update)["ana"])
}

func TestTheSweepRunsAtOnceAndEveryMinuteUntilItIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := setup(t)
		var sweeps atomic.Int32
		h.store.at = func(point string) {
			if point == "before requeue" {
				sweeps.Add(1)
			}
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- h.caster.Run(ctx) }()
		synctest.Wait()
		require.EqualValues(t, 1, sweeps.Load())
		time.Sleep(3*time.Minute + time.Second)
		synctest.Wait()
		require.EqualValues(t, 4, sweeps.Load())
		stop()
		require.NoError(t, <-done)
	})
}
