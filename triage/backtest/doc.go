// Package backtest asks what Tocsin would have done: it reads an export of
// tickets and a history of pages, runs triage over the tickets in their own time,
// and compares the bells with the pages. It tries several settings of the one
// knob and proposes one for a budget of false rings.
//
// It knows export formats and arithmetic. It must not know a server, a database
// or a terminal, and it judges nothing itself: what rings is triage's business.
package backtest
