// Package notify is the way out: it rings the bells, and it carries support's
// verified word to the reporters. It is policy: who is woken, who hears what,
// what may be said, and what happens when a call to the outside fails half-way.
//
// It has three parts, made of the same [Options]:
//
//   - a [Pager] opens pages, sends their notices, climbs their steps;
//   - a [Desk] takes the decisions of people: verdicts, checks, updates, approval, the ledger;
//   - a [Broadcaster] carries approved updates out, each to each person at most once.
//
// Pager and Broadcaster are driven by jobs. A job that fires re-reads the row
// that it is about, for the row is the truth; a handler may therefore be called
// again at any moment, after a crash above all. A handler gives nil when there is
// nothing left to do, and an error that [tocsin.Retry] understands when there is.
//
// The package must not know how anything is stored or sent: it has no SQL and no
// HTTP, and it sees channels by their capabilities only.
package notify
