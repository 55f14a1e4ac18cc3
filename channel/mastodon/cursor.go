package mastodon

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/mattn/go-mastodon"
)

// mentions is the feed of posts that mention us; a hashtag's feed has its name.
const mentions = "@"

// cursor is how far each feed was read, and which reports are looked at again.
type cursor struct {
	Feeds  map[string]mark `json:"feeds"`
	Todo   []string        `json:"todo,omitempty"` // the feeds that this round has yet to read
	Watch  []watched       `json:"watch,omitempty"`
	Looked int64           `json:"looked,omitempty"` // when, in seconds since 1970
}

// mark is how far one feed was read. At first it is read backwards, from now to
// since: ids of notifications tell no time.
type mark struct {
	Last mastodon.ID `json:"last,omitempty"` // the newest that was read
	Back mastodon.ID `json:"back,omitempty"` // the oldest, while reading backwards
}

func (m mark) backwards() bool { return m.Last == "" || m.Back != "" }

// read moves the mark over a page, which is newest first, and gives what of it is
// young enough, and whether there may be more: whenever there was something, for
// servers leave out posts after having cut the page.
func (m mark) read(page []item, oldest time.Time) (next mark, young []item, more bool) {
	backwards := m.backwards()
	if len(page) == 0 {
		// Behind the oldest it goes on with what came while reading backwards.
		more = m.Back != ""
		m.Back = ""
		return m, nil, more
	}
	if newest := page[0].id; m.Last == "" || newest.Compare(m.Last) > 0 {
		m.Last = newest
	}
	if !backwards {
		return m, page, true
	}
	m.Back = page[len(page)-1].id
	old := slices.IndexFunc(page, func(it item) bool { return it.at.Before(oldest) })
	if old < 0 {
		return m, page, true
	}
	m.Back = ""
	return m, page[:old], true
}

// watched is a report that may yet be edited or deleted.
type watched struct {
	ID     mastodon.ID `json:"id"`
	Edited int64       `json:"edited,omitempty"` // when, in seconds since 1970
}

// parseCursor reads a stored cursor. One that can't be read starts anew; the store
// drops the reports that it has.
func parseCursor(text string) cursor {
	var c cursor
	if json.Unmarshal([]byte(text), &c) != nil || c.Feeds == nil {
		return cursor{Feeds: map[string]mark{}}
	}
	return c
}

// String gives the cursor as it is stored.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // strings and numbers always marshal
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

// read takes a page of the feed whose turn it is, and gives what of it is wanted. A
// feed keeps its turn while there is more.
func (c *cursor) read(feed string, page []item, oldest time.Time) []item {
	next, young, more := c.Feeds[feed].read(page, oldest)
	c.Feeds[feed] = next
	if !more {
		c.Todo = c.Todo[1:]
	}
	return young
}

func (c cursor) looked() time.Time { return time.Unix(c.Looked, 0) }
