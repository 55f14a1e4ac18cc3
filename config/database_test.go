package config_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/config"
)

func TestDatabaseIsDescribedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs("tocsin.db")
	require.NoError(t, err)
	for url, want := range map[string]string{
		"tocsin.db": "SQLite in " + here, "sqlite:/var/a.db": "SQLite in /var/a.db",
		"postgres://u:hunter2@h:5432/d?password=hunter2": "PostgreSQL at h:5432/d",
		"postgres://%zz": "PostgreSQL",
	} {
		d := config.Database{URL: config.NewSecret(url)}
		require.Equal(t, want, d.Describe())
		require.Equal(t, want[0] == 'P', d.IsPostgres())
	}
}

func TestARelativeDatabaseStartsAtTheFolderOfTheConfiguration(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"tocsin.db": "/etc/tocsin/tocsin.db", "sqlite:data/a.db": "/etc/tocsin/data/a.db", "../a.db": "/etc/a.db",
		"/var/a.db": "/var/a.db", "sqlite:/var/a.db": "sqlite:/var/a.db", "postgres://h/d": "postgres://h/d",
	} {
		text := []byte("database: {url: '" + url + "'}")
		c, err := config.Parse("/etc/tocsin/tocsin.yml", text)
		require.NoError(t, err)
		require.Equal(t, want, c.Database.URL.Reveal())
		c, err = config.Parse("", text)
		require.NoError(t, err)
		require.Equal(t, url, c.Database.URL.Reveal(), "without a file it starts at the working directory")
	}
}
