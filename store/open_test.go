package store_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestOnlyOneProcessServesAFile(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	first, err := store.Open(t.Context(), store.Options{URL: url})
	require.NoError(t, err)
	_, err = store.Open(t.Context(), store.Options{URL: url})
	requireCode(t, tocsin.CodeConflict, err)
	require.Contains(t, tocsin.MessageOf(err), "Another tocsin is serving the database")
	require.NoError(t, first.Close())
	storetest.Open(t, url)
}

func TestNodesMayOpenADatabaseAtOnce(t *testing.T) {
	t.Parallel()
	url := storetest.Postgres(t)
	const nodes = 4
	errs := make(chan error, nodes)
	for range nodes {
		go func() {
			s, err := store.Open(t.Context(), store.Options{URL: url})
			if err == nil {
				err = s.Close()
			}
			errs <- err
		}()
	}
	for range nodes {
		require.NoError(t, <-errs)
	}
}

func TestWhatCannotBeOpenedIsNamed(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "text"), []byte("This is no database, but long enough to look."), 0o600))
	for url, code := range map[string]tocsin.Code{
		"":                                   tocsin.CodeInvalid,
		"postgres://u:hunter2@[::1":          tocsin.CodeInvalid,
		"postgres://u:hunter2@127.0.0.1:1/x": tocsin.CodeUnavailable,
		filepath.Join(folder, "no", "x.db"):  tocsin.CodeUnavailable,
		filepath.Join(folder, "text"):        tocsin.CodeUnavailable,
	} {
		_, err := store.Open(t.Context(), store.Options{URL: url})
		requireCode(t, code, err)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestAFileMayHaveAnOddName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "a b?c#d%20é.db")
	s := storetest.Open(t, path)
	arrive(t, s, 1)
	all, _, err := s.Reports(t.Context(), tocsin.ReportQuery{})
	require.NoError(t, err)
	require.Len(t, all, 1)
	_, err = os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, s.Ping(t.Context()))
}

func TestWhatWasCommittedIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		s, err := store.Open(t.Context(), store.Options{URL: url})
		require.NoError(t, err)
		gather(t, s, "k", tocsin.TierRing, arrive(t, s, 2)...)
		require.NoError(t, s.Close())

		s = storetest.Open(t, url)
		alerts := make(chan tocsin.AlertJob, 9)
		store.Handle(s, func(_ context.Context, j tocsin.AlertJob) error { alerts <- j; return nil })
		run(t, s)
		members, err := s.Members(t.Context(), receive(t, alerts).Incident)
		require.NoError(t, err)
		require.Len(t, members, 2)
	})
}

func TestAJobThatAKillInterruptedRunsAtOnceInSQLite(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	require.NoError(t, err)
	gather(t, s, "k", tocsin.TierRing)
	// As a killed process leaves it: running, under a leader that is gone.
	_, err = s.Exec(t.Context(), `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = CURRENT_TIMESTAMP`)
	require.NoError(t, err)
	_, err = s.Exec(t.Context(), `INSERT INTO river_leader (elected_at, expires_at, leader_id, name) VALUES (CURRENT_TIMESTAMP, datetime('now', '+1 hour'), 'gone', 'default')`)
	require.NoError(t, err)
	require.NoError(t, s.Close())

	s = storetest.Open(t, url)
	alerts := make(chan tocsin.AlertJob, 9)
	store.Handle(s, func(_ context.Context, j tocsin.AlertJob) error { alerts <- j; return nil })
	run(t, s)
	receive(t, alerts)
}

// oldest gives the migrations of the first release.
func oldest(t *testing.T) fs.FS {
	t.Helper()
	return os.DirFS("testdata/0.1.0")
}

// release gives the migrations of a release that has one more than this one.
func release(t *testing.T, more string) fs.FS {
	t.Helper()
	all := fstest.MapFS{"migration/99999_more.sql": {Data: []byte("-- +goose Up\nCREATE TABLE more (id {{serial}}, what {{blob}});\n" + more)}}
	ours, err := filepath.Glob("migration/*.sql")
	require.NoError(t, err)
	for _, path := range ours {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		all[filepath.ToSlash(path)] = &fstest.MapFile{Data: text}
	}
	return all
}

func TestAnOlderBinaryRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		require.NoError(t, store.MigrateFrom(t.Context(), url, release(t, "UPDATE meta SET value = '9.10.0' WHERE name = 'oldest_binary';")))
		_, err := store.Open(t.Context(), store.Options{URL: url})
		requireCode(t, tocsin.CodeConflict, err)
		require.Equal(t, "This database needs tocsin 9.10.0 or newer, and this is "+tocsin.Version+
			". Install the newer release, or restore a backup from before the upgrade.", tocsin.MessageOf(err))
	})
}

func TestABinaryWorksOnANewerSchemaThatAdmitsIt(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		first, err := store.Open(t.Context(), store.Options{URL: url})
		require.NoError(t, err)
		require.NoError(t, first.Close())
		require.NoError(t, store.MigrateFrom(t.Context(), url, release(t, "")))
		arrive(t, storetest.Open(t, url), 2)
	})
}

// The folder testdata/0.1.0 holds the migrations as the first release had them.
// It never changes.
func TestTheOldestSchemaBecomesTodays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, fresh *store.Store) {
		url := storetest.SQLite(t)
		if strings.HasSuffix(t.Name(), "postgres") {
			url = storetest.Postgres(t)
		}
		require.NoError(t, store.MigrateFrom(t.Context(), url, oldest(t)))
		upgraded := storetest.Open(t, url)
		want, err := fresh.Schema(t.Context())
		require.NoError(t, err)
		got, err := upgraded.Schema(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
		arrive(t, upgraded, 1)
	})
}

func TestAReleasedMigrationNeverChanges(t *testing.T) {
	t.Parallel()
	released, err := filepath.Glob("testdata/*/migration/*.sql")
	require.NoError(t, err)
	require.NotEmpty(t, released)
	for _, path := range released {
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join("migration", filepath.Base(path)))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s was released: write another migration", path)
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b  string
		older bool
	}{
		{"0.1.0", "0.1.0", false},
		{"0.9.0", "0.10.0", true},
		{"0.10.0", "0.9.0", false},
		{"1.0.0", "0.99.99", false},
		{"0.1.0-rc1", "0.1.0", false},
		{"v0.1.0", "0.1.1", true},
		{"0.1", "0.1.1", true},
		{"0.1.0+dirty", "0.1.0", false},
	} {
		require.Equal(t, c.older, store.Older(c.a, c.b), "%s before %s", c.a, c.b)
	}
}
