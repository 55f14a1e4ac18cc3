package store_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

func TestOnlyItsOwnerMayReadTheDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	arrive(t, storetest.Open(t, path), 1)
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.Len(t, files, 4, "the file, its log, the log's index and the lock")
	for _, file := range files {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, "-rw-------", info.Mode().String(), file)
	}
}

func TestADatabaseOpenToOthersIsToldAndLeftAsItIs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tocsin.db")
	opened := func() string {
		t.Helper()
		var log bytes.Buffer
		s, err := store.Open(t.Context(), store.Options{URL: path, Log: slog.New(slog.NewTextHandler(&log, nil))})
		require.NoError(t, err)
		require.NoError(t, s.Close())
		return log.String()
	}
	require.NotContains(t, opened(), "chmod")
	require.NoError(t, os.Chmod(path, 0o640))
	told := opened()
	require.Contains(t, told, "chmod 600")
	require.Contains(t, told, path)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, "-rw-r-----", info.Mode().String())
}

func TestALeaseOfAKilledProcessIsFreeAtOnceInSQLite(t *testing.T) {
	t.Parallel()
	url := storetest.SQLite(t)
	s, err := store.Open(t.Context(), store.Options{URL: url})
	require.NoError(t, err)
	taken, err := s.Lease(t.Context(), "triage", "killed", time.Hour)
	require.NoError(t, err)
	require.True(t, taken)
	require.NoError(t, s.Close())

	taken, err = storetest.Open(t, url).Lease(t.Context(), "triage", "next", time.Hour)
	require.NoError(t, err)
	require.True(t, taken)
}
