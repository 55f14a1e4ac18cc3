package ingest

import (
	"time"

	"github.com/tocsin/tocsin"
)

// Health tells how each channel goes, in the order of the configuration.
func (i *Ingest) Health() []tocsin.Health {
	all := make([]tocsin.Health, len(i.feeds))
	for n, f := range i.feeds {
		f.mu.Lock()
		all[n] = f.health
		f.mu.Unlock()
	}
	return all
}

// here records whether this process fetches the channel.
func (i *Ingest) here(f *feed, here bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.Here = here
	if !here { // whoever fetches it now knows better
		f.health.Error, f.health.ErrorSince, f.health.Failures = "", time.Time{}, 0
	}
}

// alive records that the channel answered.
func (i *Ingest) alive(f *feed) {
	now := i.now()
	i.metrics.pulls.WithLabelValues(f.channel.Name).Inc()
	i.metrics.lastPull.WithLabelValues(f.channel.Name).Set(seconds(now))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.LastPull = now
	f.health.Error, f.health.ErrorSince, f.health.Failures = "", time.Time{}, 0
}

// failed records that a try failed, and tells how many have in a row.
func (i *Ingest) failed(f *feed, err error) int {
	i.metrics.failures.WithLabelValues(f.channel.Name, string(tocsin.CodeOf(err))).Inc()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.health.Failures == 0 {
		f.health.ErrorSince = i.now()
	}
	f.health.Error = tocsin.MessageOf(err)
	f.health.Failures++
	return f.health.Failures
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

// steadied forgets earlier failures of a stream that has lived for a while.
func (i *Ingest) steadied(f *feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.Failures = 0
}
