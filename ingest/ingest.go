package ingest

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsin/tocsin"
)

// Store is what ingest needs of the store.
type Store interface {
	Cursor(ctx context.Context, channel string) (string, error)
	// CommitBatch stores a batch and moves the cursor from was to the batch's own, in
	// one transaction. It returns CodeConflict when the cursor is not at was.
	CommitBatch(ctx context.Context, channel, was string, b tocsin.Batch) (added []int64, err error)
	OwnMessage(ctx context.Context, channel, externalID string) (bool, error)
	Lease(ctx context.Context, name, holder string, ttl time.Duration) (bool, error)
	Release(ctx context.Context, name, holder string) error
}

// Past is what the store knows of a channel's earlier reports.
type Past interface {
	// LastReport tells when the newest report of a channel was written and received;
	// zero times for none.
	LastReport(ctx context.Context, channel string) (written, received time.Time, err error)
	// Pace counts the reports of a channel since a time by when they were written, in
	// stretches of so long since 1970.
	Pace(ctx context.Context, channel string, since time.Time, stretch time.Duration) (map[int64]int, error)
}

// Options are what an Ingest is made of. All but Past,
// Metrics, Staff and Silent must be set.
type Options struct {
	Store    Store
	Past     Past // nil: nobody notices a silence
	Channels []tocsin.Channel
	Node     string // names this process among those that share the store
	Log      *slog.Logger
	Now      func() time.Time
	Metrics  prometheus.Registerer // nil: nothing is registered
	Every    time.Duration         // between two polls of a channel
	Staff    []string              // the operator's own, as Reporter.Among takes them
	// Silent is told once when a channel has fallen silent against its usual rate;
	// nil if nobody wants to know beyond the log.
	Silent func(ctx context.Context, channel string, s tocsin.Silence)
}

// Ingest fetches reports from the channels.
type Ingest struct {
	store   Store
	past    Past
	node    string
	log     *slog.Logger
	now     func() time.Time
	every   time.Duration
	staff   []string
	metrics metrics
	silent  func(ctx context.Context, channel string, s tocsin.Silence)
	feeds   []*feed
}

// New makes an Ingest. It fetches nothing before Run.
func New(o Options) *Ingest {
	i := &Ingest{store: o.Store, past: o.Past, node: o.Node, log: o.Log, now: o.Now, every: o.Every, staff: o.Staff, silent: o.Silent, metrics: newMetrics(o.Metrics)}
	if i.silent == nil {
		i.silent = func(context.Context, string, tocsin.Silence) {}
	}
	for _, ch := range o.Channels {
		if ch.Source != nil || ch.Streamer != nil || ch.Receiver != nil {
			i.feeds = append(i.feeds, newFeed(ch))
		}
	}
	return i
}

// Run fetches until ctx ends, and then stops cleanly. It returns nil: a channel
// that fails is tried again for ever, and never stops the others.
func (i *Ingest) Run(ctx context.Context) error {
	var loops sync.WaitGroup
	if i.past != nil {
		loops.Go(func() { i.watch(ctx) })
	}
	for _, f := range i.feeds {
		if f.channel.Source != nil || f.channel.Streamer != nil {
			loops.Go(func() { i.keep(ctx, f) })
		}
	}
	loops.Wait()
	<-ctx.Done() // where nothing is fetched, reports may still be accepted
	return nil
}

// Accept cleans and stores what came in by an inbound request, and tells how many
// reports of it are new. It moves no cursor. It returns CodeNotFound for a channel
// that takes no reports.
func (i *Ingest) Accept(ctx context.Context, channel string, b tocsin.Batch) (added int, err error) {
	for _, f := range i.feeds {
		if f.channel.Name == channel {
			b.Cursor = ""
			return i.commit(ctx, f, "", b)
		}
	}
	return 0, tocsin.Errorf(tocsin.CodeNotFound, "There is no channel %s that takes reports.", channel)
}

// commit sends a batch through the stages and stores it. A poll that brought
// nothing is not worth a transaction.
func (i *Ingest) commit(ctx context.Context, f *feed, was string, b tocsin.Batch) (added int, err error) {
	if len(b.Reports)+len(b.Rejections)+len(b.Receipts)+len(b.Edits)+len(b.Deleted) == 0 && (b.Cursor == "" || b.Cursor == was) {
		return 0, nil
	}
	sifted, err := i.sift(ctx, f.channel.Name, b)
	if err != nil {
		return 0, err
	}
	ids, err := i.store.CommitBatch(ctx, f.channel.Name, was, sifted)
	if err != nil {
		return 0, err
	}
	i.note(f, sifted, len(ids))
	return len(ids), nil
}
