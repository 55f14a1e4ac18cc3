package triage_test

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// shelf is a store in memory that keeps the promises the runner relies on: a
// commit happens wholly or not at all, a key has one incident, a tier only gets
// louder, and what a human said stands.
type shelf struct {
	mu        sync.Mutex
	reports   []tocsin.Report
	judged    map[int64]tocsin.Judged
	incidents map[string]tocsin.Sighting
	bells     []tocsin.Tier
	holder    string
	arrived   chan struct{}
	broken    int // so many commits fail
}

func newShelf() *shelf {
	return &shelf{judged: map[int64]tocsin.Judged{}, incidents: map[string]tocsin.Sighting{}, arrived: make(chan struct{}, 1)}
}

func (s *shelf) arrive(reports ...tocsin.Report) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reports = append(s.reports, reports...)
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

func (s *shelf) Inbox(_ context.Context, limit int) ([]tocsin.Report, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []tocsin.Report
	for _, r := range s.reports {
		if _, done := s.judged[r.ID]; !done && len(out) < limit {
			out = append(out, r)
		}
	}
	return out, nil
}

func (s *shelf) History(_ context.Context, since time.Time) iter.Seq2[tocsin.Judged, error] {
	s.mu.Lock()
	var all []tocsin.Judged
	for _, j := range s.judged {
		if !j.Report.At.Before(since) {
			all = append(all, j)
		}
	}
	s.mu.Unlock()
	slices.SortFunc(all, func(a, b tocsin.Judged) int { return cmp.Compare(a.Report.ID, b.Report.ID) })
	return func(yield func(tocsin.Judged, error) bool) {
		for _, j := range all {
			if !yield(j, nil) {
				return
			}
		}
	}
}

func (s *shelf) CommitTriage(_ context.Context, t tocsin.Triaged) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken > 0 {
		s.broken--
		return errors.New("the disk is full")
	}
	for _, j := range t.Judgements {
		if old, ok := s.judged[j.Report]; ok && old.Human {
			continue
		}
		s.judged[j.Report] = tocsin.Judged{Report: s.reports[j.Report-1], Judgement: j}
	}
	for _, i := range t.Sightings {
		old := s.incidents[i.Key]
		if i.Tier.Louder(old.Tier) {
			if i.Tier == tocsin.TierRing && old.Tier == tocsin.TierNone {
				s.bells = append(s.bells, tocsin.TierWhisper) // who is rung also hears the whisper
			}
			s.bells = append(s.bells, i.Tier)
		} else {
			i.Tier = old.Tier
		}
		s.incidents[i.Key] = i
	}
	return nil
}

func (s *shelf) Closed(context.Context, time.Time) ([]string, error) { return nil, nil }

func (s *shelf) Arrived() <-chan struct{} { return s.arrived }

func (s *shelf) Lease(_ context.Context, _, holder string, _ time.Duration) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == "" {
		s.holder = holder
	}
	return s.holder == holder, nil
}

func (s *shelf) Release(_ context.Context, _, holder string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.holder == holder {
		s.holder = ""
	}
	return nil
}

// run starts a runner inside a bubble and gives what stops it.
func run(t *testing.T, s *shelf, node string) (*triage.Runner, func()) {
	t.Helper()
	r := triage.NewRunner(triage.RunnerOptions{
		Store: s, Config: triage.DefaultConfig(), Node: node,
		Now: func() time.Time { return monday.Add(6 * 24 * time.Hour) },
	})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	synctest.Wait()
	return r, func() {
		cancel()
		require.NoError(t, <-done)
	}
}

func week(t *testing.T) []tocsin.Report {
	d := newDesk(t)
	d.ordinary(monday, 5*24*time.Hour, 400)
	d.outage(monday.Add(5 * 24 * time.Hour))
	return d.reports
}

func TestRunnerJudgesWhatArrives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		s.arrive(week(t)...)
		r, stop := run(t, s, "a")
		defer stop()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.True(t, r.Ready())
		require.Len(t, s.judged, len(s.reports))
		require.Equal(t, []tocsin.Tier{tocsin.TierWhisper, tocsin.TierRing}, s.bells)
		require.Len(t, s.incidents, 1)
	})
}

func TestRunnerGoesOnFromTheStoreAfterARestart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, all := newShelf(), week(t)
		for _, part := range [][]tocsin.Report{all[:200], all[200:405], all[405:425], all[425:]} {
			s.arrive(part...)
			_, stop := run(t, s, "a")
			time.Sleep(3 * time.Second)
			stop()
		}
		require.Len(t, s.judged, len(all))
		require.Len(t, s.incidents, 1, "a restart in the middle makes no second incident of it")
		require.Equal(t, []tocsin.Tier{tocsin.TierWhisper, tocsin.TierRing}, s.bells)
	})
}

func TestRunnerStartsAgainWhenACommitFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newShelf()
		s.broken = 3
		s.arrive(week(t)...)
		_, stop := run(t, s, "a")
		defer stop()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		require.Len(t, s.judged, len(s.reports), "nothing is lost")
		require.Equal(t, []tocsin.Tier{tocsin.TierWhisper, tocsin.TierRing}, s.bells, "nothing is said twice")
	})
}

func TestOnlyOneNodeLeads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, all := newShelf(), week(t)
		_, stopA := run(t, s, "a")
		b, stopB := run(t, s, "b")
		defer stopB()
		s.arrive(all[:410]...)
		time.Sleep(3 * time.Second)
		require.Equal(t, "a", s.holder)
		require.True(t, b.Ready(), "who does not lead has nothing to catch up with")
		stopA()
		s.arrive(all[410:]...)
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Equal(t, "b", s.holder)
		require.Len(t, s.judged, len(all))
		require.Equal(t, []tocsin.Tier{tocsin.TierWhisper, tocsin.TierRing}, s.bells)
	})
}

func TestWhatAHumanDecidedStands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, all := newShelf(), week(t)
		s.arrive(all[:430]...)
		_, stop := run(t, s, "a")
		time.Sleep(3 * time.Second)
		stop()
		var key string
		for key = range s.incidents {
		}
		// A person takes the 405th report out, and puts the 10th in.
		s.mu.Lock()
		out, in := s.judged[405], s.judged[10]
		out.Judgement.Incident, out.Judgement.Sure, out.Human = "", false, true
		in.Judgement.Incident, in.Judgement.Sure, in.Human = key, true, true
		s.judged[405], s.judged[10] = out, in
		s.mu.Unlock()
		s.arrive(all[430:]...)
		_, stop = run(t, s, "a")
		defer stop()
		time.Sleep(3 * time.Second)
		synctest.Wait()
		require.Empty(t, s.judged[405].Judgement.Incident)
		require.Equal(t, key, s.judged[10].Judgement.Incident)
		require.Len(t, s.incidents, 1)
		require.Len(t, s.judged, len(all))
	})
}
