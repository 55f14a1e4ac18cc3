package ingest

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOneNodeFetchesAndAnotherTakesOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		var pullsA, pullsB atomic.Int64
		a := node(t, "a", store, mail(1, func(string) error { pullsA.Add(1); return nil }))
		b := node(t, "b", store, mail(1, func(string) error { pullsB.Add(1); return nil }))
		stopA := a.run(t)
		synctest.Wait()
		stopB := b.run(t)
		settle(5 * time.Minute)
		require.Greater(t, pullsA.Load(), int64(10))
		require.Zero(t, pullsB.Load())
		require.True(t, a.Health()[0].Here)
		require.False(t, b.Health()[0].Here)

		stopA()
		settle(leaseFor)
		require.Positive(t, pullsB.Load())
		require.True(t, b.Health()[0].Here)
		stopB()
	})
}

func TestDeadNodesLeaseRunsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		store.leases["ingest/mail"] = lease{"dead", time.Now().Add(leaseFor)}
		k := node(t, "b", store, mail(1, never))
		stop := k.run(t)
		settle(2 * leaseFor)
		stop()
		require.Len(t, store.texts(), 1)
	})
}

func TestNodeThatLosesItsLeaseStopsFetching(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		var pulls atomic.Int64
		k := node(t, "a", store, mail(1, func(string) error { pulls.Add(1); return nil }))
		stop := k.run(t)
		settle(time.Minute)
		store.mu.Lock()
		store.leases["ingest/mail"] = lease{"b", time.Now().Add(time.Hour)}
		store.mu.Unlock()
		settle(leaseRenew + time.Second)
		before := pulls.Load()
		settle(10 * time.Minute)
		require.Equal(t, before, pulls.Load())
		require.False(t, k.Health()[0].Here)
		stop()
		require.Equal(t, "b", store.leases["ingest/mail"].holder, "another's lease is left alone")
	})
}

func TestStoreThatIsAwayForAMomentCostsNoLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := newMemory()
		k := node(t, "a", store, mail(1, never))
		stop := k.run(t)
		settle(25 * time.Second) // renewed at 10 and 20
		store.fail(errors.New("restarting"))
		settle(6 * time.Second)
		require.True(t, k.Health()[0].Here)
		store.fail(nil)
		settle(time.Minute)
		require.True(t, k.Health()[0].Here)
		require.NotContains(t, k.log.String(), "lease lost")

		store.fail(errors.New("gone"))
		settle(leaseFor)
		require.False(t, k.Health()[0].Here, "before the lease ends at the latest")
		store.fail(nil)
		settle(time.Minute)
		require.True(t, k.Health()[0].Here)
		stop()
	})
}
