package ingest

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	watchEvery = time.Minute
	paceEvery  = time.Hour // how long what is usual is taken for known
)

// watch looks at each channel now and then: when it last brought something, which
// another process may have stored, and whether it has fallen silent.
func (i *Ingest) watch(ctx context.Context) {
	started := i.now()
	for ctx.Err() == nil {
		for _, f := range i.feeds {
			if err := i.look(ctx, f, started); err != nil && ctx.Err() == nil {
				i.log.Warn("channel not watched", "channel", f.channel.Name, "error", err)
			}
		}
		wait(ctx, jitter(watchEvery))
	}
}

// look brings one channel's health up to date.
func (i *Ingest) look(ctx context.Context, f *feed, started time.Time) error {
	written, received, err := i.past.LastReport(ctx, f.channel.Name)
	if err != nil || written.IsZero() {
		return err
	}
	i.newest(f, written, received)
	since, until := i.unheard(f, written, started)
	if !until.After(since) {
		i.hush(ctx, f, nil)
		return nil
	}
	if err := i.learn(ctx, f); err != nil {
		return err
	}
	if s, silent := f.pace.silence(since, until); silent {
		i.hush(ctx, f, &s)
	} else {
		i.hush(ctx, f, nil)
	}
	return nil
}

// newest records the newest report, whoever stored it.
func (i *Ingest) newest(f *feed, written, received time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if received.After(f.health.LastReport) {
		f.health.LastReport, f.health.Lag = received, tocsin.Duration(received.Sub(written))
		i.metrics.lastReport.WithLabelValues(f.channel.Name).Set(seconds(received))
	}
}

// unheard gives the span in which a channel is known to have brought nothing: up
// to the last poll that went well, or to now where it tells by itself. What is sent
// to us by others while we are away is not told again.
func (i *Ingest) unheard(f *feed, written, started time.Time) (since, until time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch fetched := f.channel.Source != nil || f.channel.Streamer != nil; {
	case !fetched && started.After(written):
		return started, i.now()
	case !fetched, f.streaming:
		return written, i.now()
	case f.health.Here:
		return written, f.health.LastPull
	default:
		return written, time.Time{} // another process knows
	}
}

// learn reads from the store what is usual, when what is known is an hour old.
func (i *Ingest) learn(ctx context.Context, f *feed) error {
	now := i.now()
	if now.Sub(f.paced) < paceEvery {
		return nil
	}
	counts, err := i.past.Pace(ctx, f.channel.Name, now.Add(-paceSpan), stretch)
	if err != nil {
		return err
	}
	f.pace, f.paced = newPace(counts), now
	return nil
}

// hush records whether a channel is silent, and tells it once.
func (i *Ingest) hush(ctx context.Context, f *feed, s *tocsin.Silence) {
	name := f.channel.Name
	f.mu.Lock()
	was := f.health.Silence
	f.health.Silence = s
	f.mu.Unlock()
	switch {
	case s != nil && was == nil:
		i.metrics.silent.WithLabelValues(name).Set(1)
		i.log.Warn("a channel has fallen silent", "channel", name, "since", s.Since, "usual", s.Usual, "chance", s.Chance)
		i.silent(ctx, name, *s)
	case s == nil:
		i.metrics.silent.WithLabelValues(name).Set(0)
		if was != nil {
			i.log.Info("a channel speaks again", "channel", name)
		}
	}
}

// streaming records that a stream of the channel is open.
func (i *Ingest) streaming(f *feed, open bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.streaming = open
}
