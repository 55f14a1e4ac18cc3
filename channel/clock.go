package channel

import (
	"context"
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
)

// clockKey is the key of a context's clock trace.
type clockKey struct{}

// WithClock makes the calls under a context tell how far our clock is ahead of the
// other side's, by the date on each answer. A date has whole seconds, and an answer
// takes its time: less than some seconds mean nothing.
func WithClock(ctx context.Context, tell func(host string, ahead time.Duration)) context.Context {
	return context.WithValue(ctx, clockKey{}, tell)
}

// traceClock tells whoever asked about the clocks of an exchange.
func traceClock(req *http.Request, resp *http.Response, now time.Time) {
	tell, ok := req.Context().Value(clockKey{}).(func(string, time.Duration))
	if !ok {
		return
	}
	if theirs, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		tell(req.URL.Host, now.Sub(theirs).Truncate(time.Second))
	}
}

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
