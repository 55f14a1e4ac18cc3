package ingest

import (
	"math"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// How the usual rate of a channel is told from its own past.
const (
	stretch    = 10 * time.Minute // the grain of the counts
	week       = int64(7 * 24 * time.Hour / stretch)
	weeks      = 8 // that a silence is held against
	paceSpan   = (weeks + 2) * 7 * 24 * time.Hour
	hourAside  = int64(time.Hour / stretch)
	mostSilent = week // of a longer silence only the first week is judged
	// rare is the chance of a silence in a week of a healthy source below which the
	// source is called silent: about one false word in two hundred years of a channel.
	rare = 1e-4
)

// pace is how many reports a channel brought, by the time at which they were
// written. The zero pace knows nothing.
type pace struct {
	first int64 // the stretch of the first report
	sums  []int // of all reports before first, before first+1, …
}

// newPace makes a pace of counts by stretch.
func newPace(counts map[int64]int) pace {
	if len(counts) == 0 {
		return pace{}
	}
	p := pace{first: math.MaxInt64}
	end := int64(0)
	for at := range counts {
		p.first, end = min(p.first, at), max(end, at+1)
	}
	p.sums = make([]int, end-p.first+1)
	for n := range end - p.first {
		p.sums[n+1] = p.sums[n] + counts[p.first+n]
	}
	return p
}

// before counts the reports before a stretch.
func (p pace) before(at int64) int {
	return p.sums[min(max(at-p.first, 0), int64(len(p.sums)-1))]
}

func (p pace) count(from, to int64) int { return p.before(to) - p.before(from) }

// silence judges that nothing was written between two times. It looks at the same
// stretch of each of the past weeks, which knows day from night and Monday from
// Sunday, and takes the middling one, lest one outage makes everything after it
// look quiet. Clocks that were changed in between move people's habits by an hour,
// so of the stretches an hour to either side the emptiest counts.
//
// Given N reports in K such stretches, the chance of none in one more is
// (K/(K+1))^(N+½): the Poisson rate is not known but estimated (Jeffreys' prior).
// There are as many chances for a silence in a week as there are reports.
func (p pace) silence(since, until time.Time) (s tocsin.Silence, silent bool) {
	from := since.UnixMicro()/stretch.Microseconds() + 1
	to := min(until.UnixMicro()/stretch.Microseconds(), from+mostSilent)
	if p.sums == nil || from >= to {
		return tocsin.Silence{}, false
	}
	var then []int
	for k := int64(1); k <= weeks && from-k*week-hourAside >= p.first; k++ {
		least := math.MaxInt
		for _, aside := range []int64{-hourAside, 0, hourAside} {
			least = min(least, p.count(from-k*week+aside, to-k*week+aside))
		}
		then = append(then, least)
	}
	if len(then) == 0 {
		return tocsin.Silence{}, false
	}
	slices.Sort(then)
	middling := float64(then[(len(then)-1)/2])
	known := float64(len(then))
	weekly := float64(p.count(from-int64(len(then))*week, from)) / known
	s = tocsin.Silence{
		Since: since, Usual: middling,
		Chance: min(1, max(weekly, 1)*math.Pow(known/(known+1), known*middling+.5)),
	}
	return s, s.Chance < rare
}
