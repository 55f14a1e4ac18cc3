package mastodon

import (
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// limits are what the server said last about what is left. It allows 300 calls in
// 5 minutes, and 300 posts in 3 hours, unless its operators chose otherwise.
// https://docs.joinmastodon.org/api/rate-limits/
// https://github.com/mastodon/mastodon/blob/main/app/lib/rate_limiter.rb
type limits struct {
	mu   sync.Mutex
	left []tocsin.Allowance // at most one of each name
}

// Allowances gives what is left, as far as it is known.
func (l *limits) Allowances() []tocsin.Allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.left)
}

// note reads an answer's headers.
func (l *limits) note(req *http.Request, h http.Header) {
	limit, err1 := strconv.ParseFloat(h.Get("X-Ratelimit-Limit"), 64)
	left, err2 := strconv.ParseFloat(h.Get("X-Ratelimit-Remaining"), 64)
	if err1 != nil || err2 != nil {
		return
	}
	now := tocsin.Allowance{Name: "calls", Unit: "calls", Limit: limit, Left: left, ResetAt: resetAt(h)}
	if req.Method == http.MethodPost {
		now.Name, now.Unit = "posts", "posts"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, known := range l.left {
		if known.Name == now.Name {
			l.left[i] = now
			return
		}
	}
	l.left = append(l.left, now)
}

// resetAt reads when a limit is full again; zero if the header makes no sense.
func resetAt(h http.Header) time.Time {
	at, err := time.Parse(time.RFC3339, h.Get("X-Ratelimit-Reset"))
	if err != nil {
		return time.Time{}
	}
	return at
}

// untilReset is how long to wait after a 429, which has no Retry-After here.
func untilReset(h http.Header, now time.Time) time.Duration {
	at := resetAt(h)
	if at.IsZero() {
		return 0
	}
	return max(0, min(at.Sub(now), channel.MaxRetryAfter))
}
