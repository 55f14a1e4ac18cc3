// Package store remembers: reports and what is thought of them, incidents,
// pages, updates, the ledger of deliveries, and the work that must survive a
// crash. It keeps them in SQLite or PostgreSQL by one SQL text; dialect.go holds
// the few differences.
//
// A row and the jobs that it causes are written in one transaction. The rows are
// the truth; River only drives the jobs, and nothing outside this package knows
// that it does.
//
// The package decides nothing about incidents or people: which changes are legal
// says the root package, and what to do says notify. It must not know channels,
// HTTP or texts.
//
// Text from outside may hold NUL bytes and broken UTF-8, which PostgreSQL
// refuses. Every text that is written here has both replaced by U+FFFD.
package store
