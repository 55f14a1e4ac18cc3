package oncall

import "time"

// wall is what clocks in some zone show, in seconds since 1970-01-01 00:00 there.
type wall int64

const (
	day wall = 24 * 60 * 60
	// zoneMost is more than any zone differs from UTC, and than any clock ever jumped.
	zoneMost = 26 * 60 * 60
)

// shown is what the clocks show at a moment.
func shown(loc *time.Location, t time.Time) wall {
	_, offset := t.In(loc).Zone()
	return wall(t.Unix() + int64(offset))
}

// first is the first instant at which the clocks show w or something later. Clocks
// that jump over w show something later; when they show w twice, it is the first time.
func first(loc *time.Location, w wall) time.Time {
	for t := time.Unix(int64(w)-zoneMost, 0).In(loc); ; {
		_, offset := t.Zone()
		begin, end := t.ZoneBounds()
		at := time.Unix(int64(w)-int64(offset), 0)
		switch {
		case at.Before(begin):
			return begin
		case end.IsZero() || at.Before(end):
			return at
		}
		t = end
	}
}

// reached tells whether the clocks have shown w, or something later, by t, at which
// they show now. It is first(w) <= t, and quick where no clock could have been
// turned back.
func reached(loc *time.Location, w wall, t time.Time, now wall) bool {
	if now >= w {
		return true
	}
	return now > w-zoneMost && turnedBack(loc, t) && !first(loc, w).After(t)
}

// turnedBack tells whether the rules of a zone changed shortly before t.
func turnedBack(loc *time.Location, t time.Time) bool {
	begin, _ := t.In(loc).ZoneBounds()
	return !begin.IsZero() && t.Sub(begin) < zoneMost*time.Second
}

// floor divides rounding down, also below zero.
func floor(a, b wall) wall {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// weekday is the day of the week of a day since 1970.
func weekday(d wall) time.Weekday { return time.Weekday(((d+epochWeekday)%7 + 7) % 7) }

// epochWeekday: 1970-01-01 was a Thursday.
const epochWeekday = wall(time.Thursday)
