package config

import (
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// Config is the whole configuration.
type Config struct {
	// Path is the file that was read; "" when there was none.
	Path string

	source source // where things stand, for Mistake

	Server    Server    `config:"server"`
	Database  Database  `config:"database"`
	Log       Log       `config:"log"`
	Ingest    Ingest    `config:"ingest"`
	Triage    Triage    `config:"triage"`
	Broadcast Broadcast `config:"broadcast"`
	// Staff are the operator's own people and accounts, by id, handle or domain of
	// mail: what they write is no user's report.
	Staff []string `config:"staff"`

	Channels  []Channel         `config:"channels,named"`
	Areas     []tocsin.Area     `config:"areas,named"`     // seeds: the store takes those it does not know
	Policies  []tocsin.Policy   `config:"policies,named"`  // seeds, as the areas
	People    []tocsin.Person   `config:"people,named"`    // seeds
	Schedules []tocsin.Schedule `config:"schedules,named"` // seeds
}

// Mistake makes an error about one key, with its place, for what only the whole
// program can know. Entries of lists are named: policies.default.steps[0].
func (c *Config) Mistake(key, format string, args ...any) error {
	return c.source.mistake(key, fmt.Sprintf(format, args...))
}

// Server is the HTTP side.
type Server struct {
	Listen  string `config:"listen"`   // host:port
	BaseURL string `config:"base_url"` // as people reach us; links in pages and answers begin with it
}

// Database is where everything is kept.
type Database struct {
	// URL is postgres://… or the path of an SQLite file; it may hold a password.
	URL Secret `config:"url"`
}

// Log is the program's own log, on standard error.
type Log struct {
	Level  string `config:"level"`  // debug, info, warn, error
	Format string `config:"format"` // text, json
}

// Ingest is how reports are fetched.
type Ingest struct {
	Every time.Duration `config:"every"` // between two polls of a channel that can't push
}

// Triage is how ready the bells are.
type Triage struct {
	// FalseRings is how many times a month a person may be woken for nothing. A
	// larger number rings earlier and for smaller incidents.
	FalseRings float64 `config:"false_rings"`
	// Window is how far back reports are compared with new ones.
	Window time.Duration `config:"window"`
	// FalseWhispers is how many times a week support may be told of nothing.
	FalseWhispers float64 `config:"false_whispers"`
	// Stale is the age at its arrival from which a report opens no incident any more.
	Stale time.Duration `config:"stale"`
	// Quiet is how long an incident takes reports after the last one.
	Quiet time.Duration `config:"quiet"`
	// Lexicon is a file of the operator's own words and what they stand for.
	Lexicon string `config:"lexicon"`
}

// Broadcast is how updates go out.
type Broadcast struct {
	Hold time.Duration `config:"hold"` // after approval; until its end an update can be taken back
}

// Channel is one account on one outside system. Settings are all its other keys.
type Channel struct {
	Name     string
	Type     string
	Settings Settings
}

// Default is what applies where nothing is written. It holds no channel: nothing
// is listened to that nobody asked for.
func Default() Config {
	return Config{
		Server:    Server{Listen: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080"},
		Database:  Database{URL: NewSecret("tocsin.db")},
		Log:       Log{Level: "info", Format: "text"},
		Ingest:    Ingest{Every: 15 * time.Second},
		Triage:    Triage{FalseRings: 1, FalseWhispers: 2, Window: 7 * 24 * time.Hour, Stale: 6 * time.Hour, Quiet: 4 * time.Hour},
		Broadcast: Broadcast{Hold: 10 * time.Second},
	}
}
