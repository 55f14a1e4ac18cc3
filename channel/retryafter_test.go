package channel_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
)

func TestRetryAfterReadsSecondsAndDates(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"":                              0,
		"0":                             0,
		"-5":                            0,
		"7":                             7 * time.Second,
		" 7 ":                           7 * time.Second,
		"1.5":                           1500 * time.Millisecond,
		"1e300":                         channel.MaxRetryAfter,
		"NaN":                           0,
		"-Inf":                          0,
		"soon":                          0,
		"Tue, 03 Nov 2026 12:01:30 GMT": 90 * time.Second,
		"Tue, 03 Nov 2026 11:00:00 GMT": 0,
		"Thu, 03 Nov 2033 12:00:00 GMT": channel.MaxRetryAfter,
	} {
		require.Equal(t, want, channel.RetryAfter(http.Header{"Retry-After": {value}}, now), value)
	}
}
