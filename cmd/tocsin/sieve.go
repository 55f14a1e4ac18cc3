package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/ingest"
	"github.com/tocsin/tocsin/triage/backtest"
)

// ticketsChannel is what the one channel of an export is called.
const ticketsChannel = "tickets"

// sieve sends tickets through ingest, so that triage sees what it would see in
// production, and keeps what comes out. To ingest it is a store and a channel.
type sieve struct {
	past     *backtest.Past
	ingest   *ingest.Ingest
	batch    []tocsin.Report
	taken    int
	rejected map[string]int // by reason
}

func newSieve(past *backtest.Past) *sieve {
	s := &sieve{past: past, rejected: map[string]int{}}
	s.ingest = ingest.New(ingest.Options{
		Store: s, Channels: []tocsin.Channel{{Name: ticketsChannel, Receiver: s}}, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	return s
}

const sieveBatch = 500

func (s *sieve) take(ctx context.Context, r tocsin.Report) error {
	s.taken++
	if s.batch = append(s.batch, r); len(s.batch) < sieveBatch {
		return nil
	}
	return s.flush(ctx)
}

func (s *sieve) flush(ctx context.Context) error {
	if len(s.batch) == 0 {
		return ctx.Err()
	}
	batch := tocsin.Batch{Reports: s.batch}
	s.batch = nil
	if _, err := s.ingest.Accept(ctx, ticketsChannel, batch); err != nil {
		return err
	}
	return ctx.Err()
}

// sum says what became of the tickets.
func (s *sieve) sum() string {
	parts := []string{plural(s.past.Len(), "ticket", "tickets")}
	again := s.taken - s.past.Len()
	for _, reason := range slices.Sorted(maps.Keys(s.rejected)) {
		again -= s.rejected[reason]
		parts = append(parts, fmt.Sprintf("%d left out as %s", s.rejected[reason], reason))
	}
	if again > 0 {
		parts = append(parts, fmt.Sprintf("%d that came again", again))
	}
	return strings.Join(parts, ", ")
}

// CommitBatch keeps what passed.
func (s *sieve) CommitBatch(_ context.Context, _, _ string, b tocsin.Batch) ([]int64, error) {
	for _, r := range b.Rejections {
		s.rejected[cmp.Or(r.Reason, "unknown")]++
	}
	for _, r := range b.Reports {
		if _, err := s.past.Add(r); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// Receive is never called: it makes the channel one that takes reports.
func (s *sieve) Receive(*http.Request) (tocsin.Batch, error) { return tocsin.Batch{}, nil }

// Cursor is for ingest, as are the three after it: an export has none.
func (s *sieve) Cursor(context.Context, string) (string, error) { return "", nil }

// OwnMessage says that we wrote nothing of it.
func (s *sieve) OwnMessage(context.Context, string, string) (bool, error) { return false, nil }

// Lease is never asked for.
func (s *sieve) Lease(context.Context, string, string, time.Duration) (bool, error) { return true, nil }

// Release is never asked for.
func (s *sieve) Release(context.Context, string, string) error { return nil }
