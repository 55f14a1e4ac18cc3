package triage

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/tocsin/tocsin"
)

// Store is what the runner needs of a store.
type Store interface {
	// Inbox gives reports that nobody has judged, in the order of their ids.
	Inbox(ctx context.Context, limit int) ([]tocsin.Report, error)
	// History gives the judged reports since a time, in the order of their ids.
	History(ctx context.Context, since time.Time) iter.Seq2[tocsin.Judged, error]
	// CommitTriage writes down what was decided, in one transaction.
	CommitTriage(ctx context.Context, t tocsin.Triaged) error
	// Closed gives the keys of the incidents that people closed since a time.
	Closed(ctx context.Context, since time.Time) ([]string, error)
	// Arrived is woken when reports were added by this process.
	Arrived() <-chan struct{}
	// Lease takes or prolongs the right to do something alone; it says false when
	// another holder has it.
	Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
	Release(ctx context.Context, name, holder string) error
}

// RunnerOptions are what a runner is made of.
type RunnerOptions struct {
	Store  Store
	Config Config
	Areas  func(ctx context.Context) ([]tocsin.Area, error) // read at each rebuild; people edit them
	Node   string                                           // this process among those that share the store
	Log    *slog.Logger
	Now    func() time.Time
	Every  time.Duration // how often to look into the inbox unasked; default 1 s
}

// Runner feeds an engine from a store. Of several nodes one leads; another takes
// over when it is gone, and rebuilds its memory from the store.
type Runner struct {
	o       RunnerOptions
	engine  *Engine // nil: must be rebuilt
	ready   atomic.Bool
	leading bool
}

// Figures of the runner's loop.
const (
	leaseName  = "triage"
	leaseTTL   = 15 * time.Second
	batchSize  = 500
	historyFor = 28 * 24 * time.Hour // as far back as the engine's memory reaches
)

// NewRunner makes a runner. Run starts it.
func NewRunner(o RunnerOptions) *Runner {
	if o.Every <= 0 {
		o.Every = time.Second
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Runner{o: o}
}

// Ready tells whether triage has caught up: the memory is rebuilt and the inbox
// was empty at the last look. A node that does not lead is ready too.
func (r *Runner) Ready() bool { return r.ready.Load() }

// Run judges what arrives until ctx ends. A failure is logged and tried again
// with a fresh memory; Run returns only when ctx ends.
func (r *Runner) Run(ctx context.Context) error {
	tick := time.NewTicker(r.o.Every)
	defer tick.Stop()
	defer r.leave(ctx)
	for {
		if err := r.turn(ctx); err != nil && ctx.Err() == nil {
			r.o.Log.ErrorContext(ctx, "triage stopped and starts again from the store", "error", err)
			r.engine = nil
			r.ready.Store(false)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-r.o.Store.Arrived():
		}
	}
}

func (r *Runner) leave(ctx context.Context) {
	if !r.leading {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := r.o.Store.Release(ctx, leaseName, r.o.Node); err != nil {
		r.o.Log.WarnContext(ctx, "triage could not give up its lease; it will run out", "error", err)
	}
}

// turn empties the inbox, if this node leads.
func (r *Runner) turn(ctx context.Context) error {
	for {
		if lead, err := r.lead(ctx); err != nil || !lead {
			return err
		}
		if r.engine == nil {
			if err := r.rebuild(ctx); err != nil {
				return err
			}
		}
		n, err := r.batch(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			r.ready.Store(true)
			return nil
		}
	}
}

// lead takes or prolongs the lease. A node that lost it forgets what it knew:
// another one goes on from the store.
func (r *Runner) lead(ctx context.Context) (bool, error) {
	held, err := r.o.Store.Lease(ctx, leaseName, r.o.Node, leaseTTL)
	if err != nil {
		return false, fmt.Errorf("take the lease: %w", err)
	}
	if !held {
		r.engine = nil
		r.ready.Store(true)
	}
	r.leading = held
	return held, nil
}

// rebuild fills a new engine's memory with what was judged before.
func (r *Runner) rebuild(ctx context.Context) error {
	var areas []tocsin.Area
	if r.o.Areas != nil {
		var err error
		if areas, err = r.o.Areas(ctx); err != nil {
			return fmt.Errorf("read the areas: %w", err)
		}
	}
	engine, err := Load(r.o.Config, areas)
	if err != nil {
		return err
	}
	n := 0
	for j, err := range r.o.Store.History(ctx, r.o.Now().Add(-historyFor)) {
		if err != nil {
			return fmt.Errorf("read the history: %w", err)
		}
		if err := survive(func() { engine.Recall(j) }); err != nil {
			r.o.Log.ErrorContext(ctx, "triage forgets a report that it cannot read", "report", j.Report.ID, "error", err)
		}
		if n++; n%10000 == 0 { // a long history must not cost the lease
			if _, err := r.lead(ctx); err != nil {
				return err
			}
		}
	}
	engine.Recalled()
	r.engine = engine
	r.o.Log.InfoContext(ctx, "triage remembers", "reports", n)
	return nil
}

// batch judges some reports of the inbox and writes it down. It gives their number.
func (r *Runner) batch(ctx context.Context) (int, error) {
	reports, err := r.o.Store.Inbox(ctx, batchSize)
	if err != nil {
		return 0, fmt.Errorf("read the inbox: %w", err)
	}
	if len(reports) == 0 {
		return 0, nil
	}
	closed, err := r.o.Store.Closed(ctx, r.o.Now().Add(-historyFor))
	if err != nil {
		return 0, fmt.Errorf("read what was closed: %w", err)
	}
	for _, key := range closed {
		r.engine.End(key)
	}
	var t tocsin.Triaged
	for _, report := range reports {
		if err := survive(func() { r.engine.Add(report) }); err != nil {
			return r.setAside(ctx, report, err)
		}
		t.Done = append(t.Done, report.ID)
	}
	t.Judgements, t.Sightings = r.engine.Drain()
	if err := r.o.Store.CommitTriage(ctx, t); err != nil {
		return 0, fmt.Errorf("commit %d judgements: %w", len(t.Judgements), err)
	}
	return len(reports), nil
}
