package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

// BenchmarkCommitBatch stores batches of 500 reports with their original texts,
// inbox rows and cursor; one report in five is of a reporter seen before.
// The aim is 15,000 reports a second on SQLite.
func BenchmarkCommitBatch(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		const size = 500
		was, n := "", 0
		for b.Loop() {
			batch := tocsin.Batch{Reports: make([]tocsin.Report, size), Cursor: fmt.Sprint(n + 1)}
			for i := range batch.Reports {
				batch.Reports[i] = benchReport(n*size + i)
			}
			added, err := s.CommitBatch(b.Context(), "mail", was, batch)
			require.NoError(b, err)
			require.Len(b, added, size)
			was = batch.Cursor
			n++
		}
		b.ReportMetric(float64(n*size)/b.Elapsed().Seconds(), "reports/s")
	})
}

func benchReport(i int) tocsin.Report {
	text := "Since this morning I cannot log in any more: after the password the page stays white. I tried two browsers and another network, and a colleague has the same."
	return tocsin.Report{
		ExternalID: fmt.Sprintf("<%08d.report@example.org>", i),
		Thread:     fmt.Sprintf("<%08d.report@example.org>", i),
		Reporter:   tocsin.Reporter{ID: fmt.Sprintf("mailto:%d@example.org", i*4/5), Handle: fmt.Sprintf("%d@example.org", i*4/5)},
		At:         time.Unix(1_700_000_000+int64(i), 0), ReceivedAt: time.Unix(1_700_000_000+int64(i), 0),
		Title: "Login", Text: text, Raw: text + "\n-- \nAna", Lang: "en", Route: []byte(`{"to":"support@example.org"}`),
	}
}

// BenchmarkReports reads pages of 50 out of the middle of a hundred thousand reports.
func BenchmarkReports(b *testing.B) {
	eachBench(b, func(b *testing.B, s *store.Store) {
		const total, size = 100_000, 1000
		for n := range total / size {
			batch := tocsin.Batch{Reports: make([]tocsin.Report, size)}
			for i := range batch.Reports {
				batch.Reports[i] = benchReport(n*size + i)
			}
			_, err := s.CommitBatch(b.Context(), fmt.Sprintf("mail-%d", n%3), "", batch)
			require.NoError(b, err)
		}
		cursor := ""
		for b.Loop() {
			page, next, err := s.Reports(b.Context(), tocsin.ReportQuery{Channel: "mail-1", Before: cursor})
			require.NoError(b, err)
			require.NotEmpty(b, page)
			cursor = next
		}
	})
}

// eachBench runs a benchmark on both databases as they are in production: each
// commit waits for the disk.
func eachBench(b *testing.B, bench func(*testing.B, *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, benchStore(b, storetest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) {
		url := storetest.Postgres(b)
		db, err := sql.Open("pgx", url)
		require.NoError(b, err)
		for _, set := range []string{"ALTER SYSTEM SET fsync = on", "SELECT pg_reload_conf()"} {
			_, err := db.ExecContext(context.Background(), set)
			require.NoError(b, err)
		}
		require.NoError(b, db.Close())
		bench(b, benchStore(b, url))
	})
}

func benchStore(b *testing.B, url string) *store.Store {
	b.Helper()
	s, err := store.Open(b.Context(), store.Options{URL: url})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, s.Close()) })
	return s
}
