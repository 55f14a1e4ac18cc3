package bluesky

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// What Bluesky's own servers allow. They tell what is left with each answer.
// https://docs.bsky.app/docs/advanced-guides/rate-limits
const (
	// loginsShort and loginsDay bound new sessions in 5 minutes and in a day.
	loginsShort = 30
	loginsDay   = 300
	// Calls: 3,000 in 5 minutes from one address. Writing: 5,000 points an hour and
	// 35,000 a day, of which a post costs 3.
	pointsOfPost = 3
)

// limits are what the server said last about what is left.
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
func (l *limits) note(path string, h http.Header) {
	limit, err1 := strconv.ParseFloat(h.Get("Ratelimit-Limit"), 64)
	left, err2 := strconv.ParseFloat(h.Get("Ratelimit-Remaining"), 64)
	if err1 != nil || err2 != nil {
		return
	}
	now := tocsin.Allowance{Name: "calls", Unit: "calls", Limit: limit, Left: left, ResetAt: resetAt(h)}
	switch {
	case strings.HasSuffix(path, ".putRecord"):
		now.Name, now.Unit = "posts", "posts"
		now.Limit, now.Left = limit/pointsOfPost, left/pointsOfPost
	case strings.HasSuffix(path, ".createSession"):
		now.Name, now.Unit = "sessions", "sessions"
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
	seconds, err := strconv.ParseInt(h.Get("Ratelimit-Reset"), 10, 64)
	if err != nil || seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// untilReset is how long to wait after a 429 that did not say it otherwise.
func untilReset(h http.Header, now time.Time) time.Duration {
	at := resetAt(h)
	if at.IsZero() {
		return 0
	}
	return max(0, min(at.Sub(now), channel.MaxRetryAfter))
}
