package backtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// layouts are the forms in which exports write times. Fractions of a second are
// read wherever seconds are.
var layouts = []string{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	time.RFC3339,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04:05",
	"2006-01-02T15:04",
	"2006-01-02 15:04:05",
	"2006-01-02 15:04",
	"Jan 2, 2006 15:04:05",
	"Jan 2, 2006 15:04",
	"Jan 2, 2006 3:04:05 PM",
	"Jan 2, 2006 3:04 PM",
	"Jan 2, 2006 at 3:04 PM",
	"January 2, 2006 15:04",
	"January 2, 2006 3:04 PM",
	"2 Jan 2006 15:04:05",
	"2 Jan 2006 15:04",
}

// Years outside of these are a slip of somebody's pen.
const firstYear, lastYear = 1990, 2200

// moment reads a time: in one of the layouts, or as seconds or milliseconds since
// 1970. Forms in which day and month can be mixed up are refused.
func (r Reader) moment(text string) (time.Time, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}, errNoTime
	}
	at, ok := unix(text)
	if !ok {
		at, ok = r.written(text)
	}
	if !ok || at.Year() < firstYear || at.Year() > lastYear {
		return time.Time{}, fmt.Errorf("the time %q cannot be read; write it like 2026-03-01T14:05:00Z", cut(text, 40))
	}
	return at.UTC(), nil
}

func unix(text string) (time.Time, bool) {
	const milliseconds = 1e11 // more than that would be the year 5138 in seconds
	n, err := strconv.ParseInt(text, 10, 64)
	switch {
	case err != nil:
		return time.Time{}, false
	case n > milliseconds:
		return time.UnixMilli(n), true
	default:
		return time.Unix(n, 0), true
	}
}

func (r Reader) written(text string) (time.Time, bool) {
	zone := r.Zone
	if zone == nil {
		zone = time.UTC
	}
	for _, suffix := range []string{" UTC", " GMT"} {
		if bare, ok := strings.CutSuffix(text, suffix); ok {
			text, zone = bare, time.UTC
		}
	}
	for _, layout := range layouts {
		if at, err := time.ParseInLocation(layout, text, zone); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// cut bounds what a sentence quotes, in characters.
func cut(text string, most int) string {
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most-1]) + "…"
}
