package oncall

import (
	"time"

	"github.com/tocsin/tocsin"
)

// hours are a span of some days, ready to be asked.
type hours struct {
	days     [7]bool
	from, to wall // of the day on which it begins; to may lie on the next
}

func wholeDays() []hours {
	days, _ := parseDays(nil) // none is all
	return []hours{{days: days, to: day}}
}

func parseHours(h tocsin.Hours) (hours, error) {
	days, err := parseDays(h.Days)
	if err != nil {
		return hours{}, err
	}
	from, err := parseClock(h.From)
	if err != nil {
		return hours{}, err
	}
	to, err := parseClock(h.To)
	if err != nil {
		return hours{}, err
	}
	if to <= from {
		to += day
	}
	return hours{days, from, to}, nil
}

// spans calls visit for what begins on the days from a to b, as wall-clock times,
// until it says stop.
func spans(all []hours, a, b wall, allowed func(d wall) bool, visit func(from, to wall) (stop bool)) {
	for d := a; d <= b; d++ {
		if !allowed(d) {
			continue
		}
		for _, h := range all {
			if h.days[weekday(d)] && visit(d*day+h.from, d*day+h.to) {
				return
			}
		}
	}
}

// within tells whether t lies in one of the spans, and until which wall-clock time.
// A span that began yesterday may still last, and where clocks were turned back over
// midnight one of tomorrow may have begun.
func within(all []hours, loc *time.Location, t time.Time, allowed func(d wall) bool) (until wall, in bool) {
	now := shown(loc, t)
	today := floor(now, day)
	spans(all, today-1, today+1, allowed, func(from, to wall) bool {
		if reached(loc, from, t, now) && !reached(loc, to, t, now) {
			until, in = to, true
		}
		return in
	})
	return until, in
}

func anyDay(wall) bool { return true }
