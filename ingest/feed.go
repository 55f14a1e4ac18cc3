package ingest

import (
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tocsin/tocsin"
)

// Rejections are logged at this rate for each channel at most; all are stored and
// counted all the same.
const (
	rejectionsEvery = 10 * time.Second
	rejectionsBurst = 20
)

// feed is one channel with what is known of its health.
type feed struct {
	channel tocsin.Channel
	chatter *rate.Limiter // of the log

	pace  pace // what is usual; watch's alone
	paced time.Time

	mu        sync.Mutex
	health    tocsin.Health
	streaming bool // a stream is open: what is silent in it is silent now
}

func newFeed(ch tocsin.Channel) *feed {
	return &feed{
		channel: ch,
		chatter: rate.NewLimiter(rate.Every(rejectionsEvery), rejectionsBurst),
		health:  tocsin.Health{Channel: ch.Name},
	}
}

// note counts and logs what a stored batch held.
func (i *Ingest) note(f *feed, b tocsin.Batch, added int) {
	name := f.channel.Name
	i.metrics.reports.WithLabelValues(name).Add(float64(added))
	i.metrics.repeats.WithLabelValues(name).Add(float64(max(len(b.Reports)-added, 0)))
	i.metrics.edits.WithLabelValues(name).Add(float64(len(b.Edits)))
	i.metrics.deletions.WithLabelValues(name).Add(float64(len(b.Deleted)))
	for _, r := range b.Rejections {
		i.metrics.rejections.WithLabelValues(name, r.Reason).Inc()
		if f.chatter.AllowN(i.now(), 1) {
			i.log.Info("rejected", "channel", name, "external_id", r.ExternalID, "reason", r.Reason, "detail", r.Detail)
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.health.Reports += int64(added)
	f.health.Rejections += int64(len(b.Rejections))
	if added == 0 || b.Backlog { // a backlog says nothing of how the channel does
		return
	}
	f.health.LastReport = i.now()
	i.metrics.lastReport.WithLabelValues(name).Set(seconds(f.health.LastReport))
	for _, r := range b.Reports {
		lag := r.ReceivedAt.Sub(r.At)
		f.health.Lag = tocsin.Duration(lag)
		i.metrics.lag.WithLabelValues(name).Observe(lag.Seconds())
	}
}
