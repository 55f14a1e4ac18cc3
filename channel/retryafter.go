package channel

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// MaxRetryAfter is the longest wait that another side's word can bring about.
const MaxRetryAfter = 24 * time.Hour

// RetryAfter reads the header Retry-After, given in seconds or as a date. It is 0
// where the header is missing, past or no sense, and never over MaxRetryAfter.
// https://www.rfc-editor.org/rfc/rfc9110#name-retry-after
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if value == "" {
		return 0
	}
	var wait time.Duration
	if seconds, err := strconv.ParseFloat(value, 64); err == nil { // some send fractions
		seconds = min(seconds, MaxRetryAfter.Seconds())
		wait = time.Duration(seconds * float64(time.Second))
	} else if date, err := http.ParseTime(value); err == nil {
		wait = date.Sub(now)
	}
	return max(0, min(wait, MaxRetryAfter))
}
