package bluesky

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"slices"
	"time"
)

// notifications is the feed of what the account is told of; a term's feed has its name.
const notifications = "@"

const (
	// overlap is how much of what was read is read again: the index does not take
	// posts quite in order.
	overlap = 30 * time.Second
	// maxSeen is how many posts of the overlap are remembered, to be left out. More
	// than these come again, and the store drops them.
	maxSeen = 100
)

// cursor is how far each feed was read, and the stream.
type cursor struct {
	Feeds map[string]mark `json:"feeds"`
	Todo  []string        `json:"todo,omitempty"` // the feeds that this round has yet to read
	Time  int64           `json:"time,omitempty"` // of the stream, in microseconds since 1970
}

// mark is how far one feed was read. Feeds are read from the newest back to Until.
type mark struct {
	Until time.Time `json:"until,omitzero"` // all that was taken before it is read
	Seen  []string  `json:"seen,omitempty"` // and these, taken shortly before it
	// While reading backwards:
	Back string    `json:"back,omitempty"` // the server's own cursor
	Next time.Time `json:"next,omitzero"`  // Until, once that is done
	Met  []string  `json:"met,omitempty"`  // and Seen
}

// parseCursor reads a stored cursor. One that can't be read starts anew; the store
// drops the reports that it has.
func parseCursor(text string) cursor {
	var c cursor
	if json.Unmarshal([]byte(text), &c) != nil || c.Feeds == nil {
		return cursor{Feeds: map[string]mark{}, Time: max(c.Time, 0)}
	}
	return c
}

// String gives the cursor as it is stored.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // a year over 9999, which no server writes
	}
	return string(text)
}

// turn gives the feed that is to be read next, and begins a new round after the last.
func (c *cursor) turn(feeds []string) string {
	c.Todo = slices.DeleteFunc(c.Todo, func(feed string) bool { return !slices.Contains(feeds, feed) })
	if len(c.Todo) == 0 {
		c.Todo = feeds
	}
	return c.Todo[0]
}

// read takes a page of the feed whose turn it is, and gives what of it is new. A
// feed keeps its turn while there is more.
func (c *cursor) read(feed string, page []item, back string, oldest time.Time) []item {
	m := c.Feeds[feed]
	from := m.Until.Add(-overlap)
	if m.Until.IsZero() {
		from = oldest
	}
	var fresh []item
	for _, it := range page {
		at := it.at()
		if m.Next.IsZero() { // the first page: the newest
			m.Next = at
		}
		if at.Before(from) {
			continue
		}
		name := short(it.URI)
		if m.Next.Sub(at) <= overlap && len(m.Met) < maxSeen {
			m.Met = append(m.Met, name)
		}
		if !slices.Contains(m.Seen, name) {
			fresh = append(fresh, it)
		}
	}
	m.Back = back
	if back == "" || len(page) == 0 || page[len(page)-1].at().Before(from) {
		if m.Next.After(m.Until) {
			m.Until = m.Next
		}
		m.Seen, m.Back, m.Next, m.Met = m.Met, "", time.Time{}, nil
		c.Todo = c.Todo[1:]
	}
	c.Feeds[feed] = m
	return fresh
}

// short names a post in few bytes.
func short(uri string) string {
	sum := sha256.Sum256([]byte(uri))
	return base64.RawURLEncoding.EncodeToString(sum[:8])
}
