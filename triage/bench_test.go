package triage

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// busy makes reports of our own corpus at 2,000 an hour, from the first of March.
func busy(b *testing.B, n int) []tocsin.Report {
	b.Helper()
	raw, err := os.ReadFile(filepath.Join("..", "testdata", "triage", "ordinary.txt"))
	require.NoError(b, err)
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	from := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	reports := make([]tocsin.Report, n)
	for i := range reports {
		at := from.Add(time.Duration(i) * time.Hour / 2000)
		reports[i] = tocsin.Report{
			ID: int64(i + 1), Channel: "mail", ExternalID: fmt.Sprint(i), At: at, ReceivedAt: at, Text: lines[(i*7+i/len(lines))%len(lines)],
			Reporter: tocsin.Reporter{ID: fmt.Sprint("mailto:", i), Since: at.AddDate(-2, 0, -i%900)},
		}
	}
	return reports
}

// warm is an engine that has seen enough for its memory to be full.
const warm = 12_000

// BenchmarkStages measures what one report costs in each stage, on a full memory.
func BenchmarkStages(b *testing.B) {
	reports := busy(b, warm+1)
	last := reports[warm]
	setup := func(b *testing.B) *Engine {
		b.Helper()
		e := New(Config{}, nil)
		for _, r := range reports[:warm] {
			e.Add(r)
		}
		e.Drain()
		b.ReportAllocs()
		return e
	}
	b.Run("text", func(b *testing.B) {
		e := setup(b)
		for b.Loop() {
			e.lex.Mended(last.Text, last.Lang, e.speller)
		}
	})
	b.Run("read", func(b *testing.B) { // the text, the noise, and how usual it is
		e := setup(b)
		for b.Loop() {
			e.read(&last)
		}
	})
	b.Run("cluster", func(b *testing.B) {
		e := setup(b)
		p := e.read(&last)
		for b.Loop() {
			e.nearest(p)
		}
	})
	b.Run("detect", func(b *testing.B) {
		e := setup(b)
		p := e.read(&last)
		for b.Loop() {
			e.detect(p)
		}
	})
}

// BenchmarkAdd measures a report's whole way, at 2,000 an hour.
func BenchmarkAdd(b *testing.B) {
	reports := busy(b, 50_000)
	b.ReportAllocs()
	e, next := New(Config{}, nil), 0
	for b.Loop() {
		if next == len(reports) {
			b.StopTimer()
			e, next = New(Config{}, nil), 0
			b.StartTimer()
		}
		e.Add(reports[next])
		next++
		if next%500 == 0 {
			e.Drain()
		}
	}
}
