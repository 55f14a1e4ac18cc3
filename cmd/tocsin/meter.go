package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsin/tocsin"
)

// meters makes metrics of what is left of each network's limits and of budgets,
// each time they are read.
type meters struct {
	channels    []tocsin.Channel
	limit, left *prometheus.Desc
}

func newMeters(channels []tocsin.Channel) *meters {
	labels := []string{"channel", "name", "unit"}
	return &meters{
		channels: channels,
		limit:    prometheus.NewDesc("tocsin_channel_allowance_limit", "What a network, or a budget of ours, allows in all.", labels, nil),
		left:     prometheus.NewDesc("tocsin_channel_allowance_left", "What is left of it, as this process knows.", labels, nil),
	}
}

// Describe is for the registry.
func (m *meters) Describe(out chan<- *prometheus.Desc) {
	out <- m.limit
	out <- m.left
}

// Collect asks each channel that knows; none of them makes a call for it.
func (m *meters) Collect(out chan<- prometheus.Metric) {
	for _, c := range m.channels {
		if c.Meter == nil {
			continue
		}
		for _, a := range c.Meter.Allowances() {
			out <- prometheus.MustNewConstMetric(m.limit, prometheus.GaugeValue, a.Limit, c.Name, a.Name, a.Unit)
			out <- prometheus.MustNewConstMetric(m.left, prometheus.GaugeValue, a.Left, c.Name, a.Name, a.Unit)
		}
	}
}
