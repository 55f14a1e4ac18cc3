package channel

import (
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
)

// CheckClock compares our clock with the time at which the other side says that it
// answered, and returns CodeInvalid when they are further apart than allowed: then
// signed requests are refused, and times are wrong. An answer without a time passes.
func CheckClock(h http.Header, now time.Time, most time.Duration) error {
	theirs, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return nil //nolint:nilerr // no time, no verdict
	}
	off := now.Sub(theirs).Abs()
	if off <= most {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeInvalid, "Our clock and theirs are %s apart. Set this machine's clock by NTP.", off.Round(time.Second))
}
