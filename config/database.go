package config

import (
	"net/url"
	"path/filepath"
	"strings"
)

// sqlitePrefix may stand before the path of an SQLite file.
const sqlitePrefix = "sqlite:"

func isDatabase(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	if !ok {
		return strings.TrimPrefix(s, sqlitePrefix) != "" && !strings.ContainsRune(s, 0)
	}
	_, err := url.Parse(s)
	return err == nil && (scheme == "postgres" || scheme == "postgresql")
}

// settle makes a relative path of an SQLite file start at the folder of the
// configuration, as those of secrets do; without a file it starts at the working
// directory.
func (d *Database) settle(config string) {
	path := strings.TrimPrefix(d.URL.Reveal(), sqlitePrefix)
	if config == "" || d.IsPostgres() || path == "" || filepath.IsAbs(path) {
		return
	}
	d.URL = NewSecret(filepath.Join(filepath.Dir(config), path))
}

// IsPostgres tells whether the database is PostgreSQL; else it is SQLite.
func (d Database) IsPostgres() bool { return strings.Contains(d.URL.Reveal(), "://") }

// Describe says where the database is: the whole path of the file, or the host and
// name without the password.
func (d Database) Describe() string {
	if !d.IsPostgres() {
		path := strings.TrimPrefix(d.URL.Reveal(), sqlitePrefix)
		if whole, err := filepath.Abs(path); err == nil { // else the working directory is gone
			path = whole
		}
		return "SQLite in " + path
	}
	u, err := url.Parse(d.URL.Reveal())
	if err != nil { // Load has checked it; say nothing of it rather than too much
		return "PostgreSQL"
	}
	return "PostgreSQL at " + u.Host + u.Path
}
