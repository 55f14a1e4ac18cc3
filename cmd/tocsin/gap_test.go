package main

import (
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestGapsAheadAreAMetric(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	now := time.Date(2031, 5, 14, 12, 0, 0, 0, time.UTC)
	require.NoError(t, db.PutPerson(t.Context(), tocsin.Person{Name: "ana", Contacts: []tocsin.Contact{{Name: "mail", Channel: "mail"}}}))
	for name, layer := range map[string]tocsin.Layer{
		"full": {People: []string{"ana"}, Start: "2031-01-01"},
		"days": {People: []string{"ana"}, Start: "2031-01-01", Hours: []tocsin.Hours{{From: "09:00", To: "17:00"}}},
		"deaf": {People: []string{"ben"}, Start: "2031-01-01"},
		"void": {Start: "2031-01-01"},
	} {
		require.NoError(t, db.PutSchedule(t.Context(), tocsin.Schedule{Name: name, Zone: "UTC", Layers: []tocsin.Layer{layer}}))
	}
	clock := func() time.Time { return now }
	registry := prometheus.NewRegistry()
	log := slog.New(slog.DiscardHandler)
	registry.MustRegister(newGaps(notify.NewRotas(notify.Options{Store: db, Now: clock, Log: log}), log, clock))
	families, err := registry.Gather()
	require.NoError(t, err)
	require.Len(t, families, 1)
	left := map[string]time.Duration{}
	for _, m := range families[0].GetMetric() {
		left[m.GetLabel()[0].GetValue()] = time.Duration(m.GetGauge().GetValue()) * time.Second
	}
	require.Equal(t, map[string]time.Duration{"days": 5 * time.Hour, "deaf": 0, "full": gapAhead, "void": 0}, left)
}
