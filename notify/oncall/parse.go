package oncall

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// What stands for a key that was left out.
const (
	defaultHandoff = "09:00"
	defaultEvery   = "weekly"
)

// Bounds of a shift.
const (
	shortest = 60 * 60
	longest  = 366 * day
)

// Zone finds an IANA zone. It returns CodeInvalid for a name that there is not,
// and for names that mean another place on each machine.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "The time zone is missing. Write its IANA name, such as Europe/Vienna.")
	}
	loc, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "There is no time zone %q. Write its IANA name, such as Europe/Vienna or America/New_York.", name)
	}
	return loc, nil
}

// parseClock reads 09:00, up to 24:00.
func parseClock(text string) (wall, error) {
	hours, minutes, ok := strings.Cut(text, ":")
	h, errH := strconv.ParseUint(hours, 10, 8)
	m, errM := strconv.ParseUint(minutes, 10, 8)
	at := wall(h*60+m) * 60
	if !ok || errH != nil || errM != nil || len(minutes) != 2 || m > 59 || at > day {
		return 0, fmt.Errorf("%q is no time of day. Write it like 09:00 or 17:30", text)
	}
	return at, nil
}

// parseDate reads 2026-11-23 as a day since 1970.
func parseDate(text string) (wall, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no date. Write it like 2026-11-23", text)
	}
	return wall(t.Unix()) / day, nil
}

// parseEvery reads the length of a shift.
func parseEvery(text string) (wall, error) {
	units := map[byte]wall{'h': 60 * 60, 'd': day, 'w': 7 * day}
	switch text {
	case "daily":
		return day, nil
	case "weekly":
		return 7 * day, nil
	case "":
	default:
		n, err := strconv.ParseUint(text[:len(text)-1], 10, 12)
		length := wall(n) * units[text[len(text)-1]]
		if err == nil && length >= shortest && length <= longest {
			return length, nil
		}
	}
	return 0, fmt.Errorf("%q is no length of a shift. Write daily, weekly, or a number of hours, days or weeks: 12h, 3d, 2w; at most a year", text)
}

// parseDays reads names of days; none means all.
func parseDays(names []string) (days [7]bool, err error) {
	known := []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}
	if len(names) == 0 {
		return [7]bool{true, true, true, true, true, true, true}, nil
	}
	for _, name := range names {
		found := false
		for d, short := range known {
			if strings.EqualFold(name, short) {
				days[d], found = true, true
			}
		}
		if !found {
			return days, fmt.Errorf("%q is no day. Write mon, tue, wed, thu, fri, sat or sun", name)
		}
	}
	return days, nil
}
