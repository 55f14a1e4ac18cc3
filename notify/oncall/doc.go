// Package oncall is arithmetic on time: who is on call at a moment, where nobody
// is, by which contact a person is reached, until when it is quiet for them.
//
// A [Rota] is a schedule made ready for such questions. All of a schedule's times
// are wall-clock times, and each of them stands for one instant: the first at which
// clocks in its zone show it, or show something later when they jump over it. So no
// moment has two people because an hour came twice, and none has nobody because an
// hour was left out.
//
// The package must not know stores, channels or the time of day: it has no I/O and
// reads no clock. A zone's rules come from the Go runtime.
package oncall
