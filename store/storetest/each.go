package storetest

import (
	"log/slog"
	"path/filepath"
	"testing"

	"github.com/tocsin/tocsin/store"
)

// Each runs a test on both databases, each time on an empty store of its own.
// The changes adapt the options with which the store is opened.
func Each(t *testing.T, test func(*testing.T, *store.Store), changes ...func(*store.Options)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) { test(t, Open(t, url, changes...)) })
}

// EachURL runs a test on the URLs of both databases, empty and not yet opened.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite gives the URL of a file that is not there yet, in the test's own folder.
func SQLite(tb testing.TB) string {
	tb.Helper()
	return "sqlite:" + filepath.Join(tb.TempDir(), "tocsin.db")
}

// Open opens a store that logs into the test and is closed when the test ends.
func Open(tb testing.TB, url string, changes ...func(*store.Options)) *store.Store {
	tb.Helper()
	o := store.Options{URL: url, Log: slog.New(slog.NewTextHandler(tb.Output(), nil))}
	for _, change := range changes {
		change(&o)
	}
	s, err := store.Open(tb.Context(), o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
