package ingest

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics are what Prometheus sees of the fetching, by channel.
type metrics struct {
	reports, repeats, edits, deletions, rejections, pulls, failures, panics *prometheus.CounterVec
	lastPull, lastReport, silent                                            *prometheus.GaugeVec
	lag                                                                     *prometheus.HistogramVec
}

func newMetrics(r prometheus.Registerer) metrics {
	in := promauto.With(r)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return in.NewCounterVec(prometheus.CounterOpts{Name: "tocsin_ingest_" + name, Help: help}, append([]string{"channel"}, labels...))
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return in.NewGaugeVec(prometheus.GaugeOpts{Name: "tocsin_ingest_" + name, Help: help}, []string{"channel"})
	}
	return metrics{
		reports:    counter("reports_total", "New reports that were stored."),
		repeats:    counter("repeats_total", "Reports that a channel brought again; they are stored once."),
		edits:      counter("edits_total", "Times that a channel told of a report which its writer changed."),
		deletions:  counter("deletions_total", "Times that a channel told of a report which is gone."),
		rejections: counter("rejections_total", "What came in and is no report, by reason.", "reason"),
		pulls:      counter("pulls_total", "Polls that went well, and batches of streams."),
		failures:   counter("failures_total", "Tries to fetch that failed, by code.", "code"),
		panics:     counter("panics_total", "Programming errors that were caught."),
		lastPull:   gauge("last_pull_timestamp_seconds", "When the channel last answered."),
		lastReport: gauge("last_report_timestamp_seconds", "When the last new report was stored."),
		silent:     gauge("silent", "1 while the channel brings nothing although it usually would."),
		lag: in.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tocsin_ingest_lag_seconds", Help: "From a report's writing to its arrival.",
			Buckets: []float64{1, 5, 15, 60, 300, 900, 3600, 6 * 3600, 24 * 3600},
		}, []string{"channel"}),
	}
}
