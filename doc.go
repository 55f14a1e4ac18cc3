// Package tocsin holds the words of the whole program: what a report, an
// incident, a page, an update and a delivery are, and which changes of each are
// legal. It decides nothing that needs a clock, a network or a database, and it
// imports the standard library only, so that every other folder may import it.
//
// The way of a report through the folders is
//
//	channel ─► ingest ─► triage ─► notify ─► channel
//
// and ARCHITECTURE.md walks it.
package tocsin

// Version is this binary's release. The store compares it with the oldest
// release that the database's schema still admits.
const Version = "0.1.0"
