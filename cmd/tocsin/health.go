package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/web"
)

// askTime bounds how long a probe may wait for the database.
const askTime = 3 * time.Second

// parts tells how the parts do, for /readyz.
func (h *house) parts() []web.Part {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	db := web.Part{Name: "database", Ready: true, Needed: true}
	if err := h.store.Ping(ctx); err != nil {
		db.Ready, db.Detail = false, "The database does not answer."
		h.log.ErrorContext(ctx, "the database does not answer", "err", err)
	}
	judge := web.Part{Name: "triage", Ready: h.triage.Ready()}
	if !judge.Ready {
		judge.Detail = "Triage is catching up with the reports that are stored. Bells may be late; people can work."
	}
	parts := []web.Part{db, judge}
	if h.shadow {
		parts = append(parts, web.Part{Name: "shadow", Ready: true, Detail: shadowNotice})
	}
	return parts
}

// backlog makes metrics of what waits in the store, each time they are read.
type backlog struct {
	store                              *store.Store
	log                                *slog.Logger
	inbox, incidents, jobs, sent, page *prometheus.Desc
}

func newBacklog(s *store.Store, log *slog.Logger) *backlog {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("tocsin_"+name, help, labels, nil)
	}
	return &backlog{
		store: s, log: log,
		inbox:     desc("triage_inbox_reports", "Reports that triage has not judged yet."),
		incidents: desc("incidents_open", "Incidents that are not closed."),
		jobs:      desc("jobs_waiting", "Jobs that are not done, by queue.", "queue"),
		sent:      desc("deliveries_unsettled", "Deliveries of no final state, held or failed, by state.", "state"),
		page:      desc("pages_open", "Pages that are not closed, by state.", "state"),
	}
}

// Describe is for the registry.
func (b *backlog) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{b.inbox, b.incidents, b.jobs, b.sent, b.page} {
		out <- d
	}
}

// Collect counts what waits now. When the database does not answer the counts are
// missing, which an alert can see.
func (b *backlog) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), askTime)
	defer cancel()
	waiting, err := b.store.Backlog(ctx)
	if err != nil {
		b.log.ErrorContext(ctx, "count what waits, for metrics", "err", err)
		return
	}
	gauge := func(d *prometheus.Desc, n int, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	gauge(b.inbox, waiting.Inbox)
	gauge(b.incidents, waiting.Incidents)
	for queue, n := range waiting.Jobs {
		gauge(b.jobs, n, queue)
	}
	for state, n := range waiting.Deliveries {
		gauge(b.sent, n, string(state))
	}
	for state, n := range waiting.Pages {
		gauge(b.page, n, string(state))
	}
}
