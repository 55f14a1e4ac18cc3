package ingest

import (
	"time"

	"github.com/tocsin/tocsin"
)

// ChannelHealth is how the fetching of one channel goes, as this process knows it.
type ChannelHealth struct {
	Channel string `json:"channel"`
	Type    string `json:"type"`
	// Here tells whether this process fetches it; another may.
	Here       bool            `json:"here"`
	LastPull   time.Time       `json:"last_pull,omitzero"`   // or sign of life of a stream; zero before the first that went well
	LastReport time.Time       `json:"last_report,omitzero"` // when a new one was stored
	Lag        tocsin.Duration `json:"lag"`                  // of the last report: from written to received
	Reports    int64           `json:"reports"`              // new ones since the start
	Rejections int64           `json:"rejections"`           // since the start
	Error      string          `json:"error,omitempty"`      // of the last try, for people; "" when it went well
	ErrorSince time.Time       `json:"error_since,omitzero"`
	Failures   int             `json:"failures"` // in a row
}

// Health tells how each channel goes, in the order of the configuration.
func (i *Ingest) Health() []ChannelHealth {
	all := make([]ChannelHealth, len(i.feeds))
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
