package ingest

import (
	"context"
	"sync"
	"time"
)

const (
	leaseFor   = 30 * time.Second // how soon another node takes over from one that died
	leaseRenew = leaseFor / 3
	letGo      = 5 * time.Second // for giving a lease back at the end
)

// keep follows a channel whenever this node has its lease, until ctx ends.
func (i *Ingest) keep(ctx context.Context, f *feed) {
	for ctx.Err() == nil {
		held, err := i.store.Lease(ctx, leaseOf(f), i.node, leaseFor)
		switch {
		case held && err == nil:
			i.hold(ctx, f)
		case err != nil && ctx.Err() == nil:
			i.log.Warn("lease not taken", "channel", f.channel.Name, "error", err)
		}
		wait(ctx, jitter(leaseRenew))
	}
}

// hold follows the channel and renews the lease beside it. When the lease is lost
// it stops following, before another node can begin.
func (i *Ingest) hold(ctx context.Context, f *feed) {
	i.here(f, true)
	defer i.here(f, false)
	held, stop := context.WithCancel(ctx)
	defer stop()
	var following sync.WaitGroup
	following.Go(func() { i.follow(held, f) })
	i.renew(held, f)
	stop()
	following.Wait()
	giving, end := context.WithTimeout(context.WithoutCancel(ctx), letGo)
	defer end()
	if err := i.store.Release(giving, leaseOf(f), i.node); err != nil {
		i.log.Warn("lease not given back", "channel", f.channel.Name, "error", err)
	}
}

// renew keeps the lease until ctx ends or the lease is lost. A store that does not
// answer is borne as long as the lease surely holds.
func (i *Ingest) renew(ctx context.Context, f *feed) {
	until := time.Now().Add(leaseFor)
	for wait(ctx, leaseRenew) {
		asked := time.Now()
		asking, end := context.WithTimeout(ctx, leaseRenew/2)
		held, err := i.store.Lease(asking, leaseOf(f), i.node, leaseFor)
		end()
		switch {
		case held && err == nil:
			until = asked.Add(leaseFor)
		case ctx.Err() != nil:
			return
		case err == nil || time.Now().Add(leaseRenew).After(until):
			i.log.Warn("lease lost", "channel", f.channel.Name, "error", err)
			return
		}
	}
}

func leaseOf(f *feed) string { return "ingest/" + f.channel.Name }
