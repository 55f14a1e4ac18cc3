package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
)

// gapAhead is how far ahead a gap in a schedule is looked for.
const gapAhead = 14 * 24 * time.Hour

// gaps makes a metric of how soon nobody can be called in each schedule, so that an
// alert can tell of it in time.
type gaps struct {
	rotas *notify.Rotas
	log   *slog.Logger
	now   func() time.Time
	desc  *prometheus.Desc
}

func newGaps(rotas *notify.Rotas, log *slog.Logger, now func() time.Time) *gaps {
	return &gaps{rotas, log, now, prometheus.NewDesc("tocsin_oncall_gap_seconds",
		"Seconds until nobody who can be reached is on call; 14 days if that never happens within them.", []string{"schedule"}, nil)}
}

// Describe is for the registry.
func (g *gaps) Describe(out chan<- *prometheus.Desc) { out <- g.desc }

// Collect looks ahead in each schedule. One that cannot be read is a gap now.
func (g *gaps) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	now := g.now()
	shifts, err := g.rotas.OnCall(ctx, now)
	if err != nil {
		g.log.ErrorContext(ctx, "look for gaps, for metrics", "err", err)
		return
	}
	for _, s := range shifts {
		left := time.Duration(0)
		if look, err := g.rotas.Outlook(ctx, s.Schedule, now, now.Add(gapAhead)); err == nil {
			left = soonestGap(look, now)
		}
		out <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, left.Seconds(), s.Schedule)
	}
}

// soonestGap is how long it is until the first span in which nobody can be called.
func soonestGap(look tocsin.Outlook, now time.Time) time.Duration {
	left := gapAhead
	for _, some := range [][]tocsin.Shift{look.Gaps, look.Unreached} {
		for _, s := range some {
			left = min(left, max(s.From.Sub(now), 0))
		}
	}
	return left
}
