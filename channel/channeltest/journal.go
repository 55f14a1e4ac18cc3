package channeltest

import (
	"strings"
	"sync"
)

// journal keeps what the channel logs, from any goroutine.
type journal struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write takes a log line.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String gives all lines so far.
func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
