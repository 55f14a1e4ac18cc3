package ingest

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// memory is a store in memory that keeps the promises of the real one.
type memory struct {
	mu         sync.Mutex
	cursors    map[string]string
	reports    []tocsin.Report
	rejections []tocsin.Rejection
	receipts   []tocsin.Receipt
	edits      []tocsin.Report
	deleted    []string
	leases     map[string]lease
	ours       map[string]bool
	commits    int
	broken     error // what every call answers, if set
}

type lease struct {
	holder string
	until  time.Time
}

func newMemory() *memory {
	return &memory{cursors: map[string]string{}, leases: map[string]lease{}, ours: map[string]bool{}}
}

func (m *memory) Cursor(_ context.Context, channel string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[channel], m.broken
}

func (m *memory) CommitBatch(_ context.Context, channel, was string, b tocsin.Batch) ([]int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.broken != nil {
		return nil, m.broken
	}
	if b.Cursor != "" {
		if m.cursors[channel] != was {
			return nil, tocsin.Errorf(tocsin.CodeConflict, "The cursor has moved.")
		}
		m.cursors[channel] = b.Cursor
	}
	m.commits++
	var added []int64
	for _, r := range b.Reports {
		if !slices.ContainsFunc(m.reports, func(o tocsin.Report) bool { return o.Channel == channel && o.ExternalID == r.ExternalID }) {
			r.ID = int64(len(m.reports) + 1)
			m.reports = append(m.reports, r)
			added = append(added, r.ID)
		}
	}
	m.rejections = append(m.rejections, b.Rejections...)
	m.receipts = append(m.receipts, b.Receipts...)
	m.edits, m.deleted = append(m.edits, b.Edits...), append(m.deleted, b.Deleted...)
	return added, nil
}

func (m *memory) OwnMessage(_ context.Context, channel, externalID string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.ours[channel+" "+externalID], m.broken
}

func (m *memory) LastReport(_ context.Context, channel string) (written, received time.Time, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.reports {
		if r.Channel == channel && !r.At.Before(written) {
			written, received = r.At, r.ReceivedAt
		}
	}
	return written, received, m.broken
}

func (m *memory) Pace(_ context.Context, channel string, since time.Time, stretch time.Duration) (map[int64]int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	counts := map[int64]int{}
	for _, r := range m.reports {
		if r.Channel == channel && !r.At.Before(since) {
			counts[r.At.UnixMicro()/stretch.Microseconds()]++
		}
	}
	return counts, m.broken
}

func (m *memory) Lease(_ context.Context, name, holder string, ttl time.Duration) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if l := m.leases[name]; l.holder != holder && time.Now().Before(l.until) {
		return false, m.broken
	}
	m.leases[name] = lease{holder, time.Now().Add(ttl)}
	return m.broken == nil, m.broken
}

func (m *memory) Release(_ context.Context, name, holder string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leases[name].holder == holder {
		delete(m.leases, name)
	}
	return m.broken
}

func (m *memory) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.broken = err
}

func (m *memory) cursor(channel string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.cursors[channel]
}

func (m *memory) committed() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.commits
}

func (m *memory) texts() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var texts []string
	for _, r := range m.reports {
		texts = append(texts, r.Text)
	}
	return texts
}

func (m *memory) reasons() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var reasons []string
	for _, r := range m.rejections {
		reasons = append(reasons, r.Reason)
	}
	return reasons
}

// pull is a Source made of a function; stream is a Streamer.
type (
	pull   func(ctx context.Context, cursor string) (tocsin.Batch, error)
	stream func(ctx context.Context, cursor string, emit func(tocsin.Batch) error) error
)

func (p pull) Pull(ctx context.Context, cursor string) (tocsin.Batch, error) { return p(ctx, cursor) }

func (s stream) Stream(ctx context.Context, cursor string, emit func(tocsin.Batch) error) error {
	return s(ctx, cursor, emit)
}

// kit is an Ingest over a store in memory.
type kit struct {
	*Ingest
	store   *memory
	log     *logged
	metrics *prometheus.Registry
}

func setup(t *testing.T, channels ...tocsin.Channel) *kit {
	t.Helper()
	return node(t, "a", newMemory(), channels...)
}

func node(t *testing.T, name string, store *memory, channels ...tocsin.Channel) *kit {
	t.Helper()
	k := &kit{store: store, log: &logged{}, metrics: prometheus.NewRegistry()}
	k.Ingest = New(Options{
		Store: store, Past: store, Channels: channels, Node: name, Now: time.Now, Every: 15 * time.Second, Metrics: k.metrics,
		Log: slog.New(slog.NewTextHandler(k.log, nil)),
	})
	return k
}

// logged is a log that can be read while it is written.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// run lets the ingest run until the returned function is called, which asks that
// it stops at once. It is for use in a bubble of synctest.
func (k *kit) run(t *testing.T) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		began := time.Now()
		require.NoError(t, <-done)
		require.Zero(t, time.Since(began), "it stops at once")
	}
}

// count reads a counter or gauge: value("reports_total", "channel", "mail").
func (k *kit) count(t *testing.T, name string, labels ...string) float64 {
	t.Helper()
	families, err := k.metrics.Gather()
	require.NoError(t, err)
	sum := 0.0
	for _, family := range families {
		if family.GetName() != "tocsin_ingest_"+name {
			continue
		}
		for _, m := range family.GetMetric() {
			all := map[string]string{}
			for _, l := range m.GetLabel() {
				all[l.GetName()] = l.GetValue()
			}
			if len(labels) == 0 || all[labels[0]] == labels[1] {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

func report(n int) tocsin.Report {
	return tocsin.Report{
		ExternalID: fmt.Sprint(n), Raw: fmt.Sprintf("report %d", n),
		Reporter: tocsin.Reporter{ID: fmt.Sprintf("mailto:%d@example.org", n)},
	}
}

// mail is a channel with a mailbox of so many reports, that brings two at a time.
func mail(reports int, pulled func(cursor string) error) tocsin.Channel {
	return tocsin.Channel{Name: "mail", Type: "email", Source: pull(func(_ context.Context, cursor string) (tocsin.Batch, error) {
		if err := pulled(cursor); err != nil {
			return tocsin.Batch{}, err
		}
		at := 0
		if cursor != "" {
			_, _ = fmt.Sscan(cursor, &at)
		}
		var b tocsin.Batch
		for range min(2, reports-at) {
			at++
			b.Reports = append(b.Reports, report(at))
		}
		b.Cursor, b.More = fmt.Sprint(at), at < reports
		return b, nil
	})}
}

func never(string) error { return nil }

// settle lets so much time pass in a bubble, and what is due in it happen.
func settle(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
