package store_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestNodesShareTheWork(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	const jobs = 40
	var (
		worked [2]atomic.Int64
		nodes  [2]*store.Store
		once   sync.Map
	)
	for n := range nodes {
		nodes[n] = storetest.Open(t, url)
		store.Handle(nodes[n], func(_ context.Context, j tocsin.EscalateJob) error {
			if _, twice := once.LoadOrStore(j.Step, true); twice {
				t.Errorf("job %d ran twice", j.Step)
			}
			worked[n].Add(1)
			time.Sleep(5 * time.Millisecond) // so that one node alone does not have them all
			return nil
		})
		run(t, nodes[n])
	}
	id := gather(t, nodes[0], "k", tocsin.TierNone)
	for step := range jobs {
		enqueue(t, nodes[step%2], id, tocsin.EscalateJob{Page: 1, Step: step})
	}
	require.Eventually(t, func() bool { return worked[0].Load()+worked[1].Load() == jobs }, soon, 20*time.Millisecond)
}

func TestOneOfManyNodesTakesALease(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var (
			all   sync.WaitGroup
			taken atomic.Int64
		)
		for _, holder := range []string{"a", "b", "c", "d", "e", "f"} {
			all.Go(func() {
				got, err := s.Lease(t.Context(), "triage", holder, time.Minute)
				if err != nil {
					t.Error(err)
				}
				if got {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, taken.Load())
	})
}

func TestOneOfManyOpensThePage(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		id := gather(t, s, "k", tocsin.TierNone)
		var (
			all    sync.WaitGroup
			opened atomic.Int64
		)
		for range 6 {
			all.Go(func() {
				_, created, err := s.OpenPage(t.Context(), tocsin.Page{Incident: id, Tier: tocsin.TierRing}, []tocsin.Notice{notice("a")}, tocsin.Effects{})
				if err != nil {
					t.Error(err)
				}
				if created {
					opened.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, opened.Load())
		require.Equal(t, 1, waiting(t, s, "notice-pager"))
	})
}
