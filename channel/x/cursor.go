package x

import (
	"encoding/json"
	"slices"
	"time"
)

// cursor is how far we have read, what it cost, and what is looked at again.
type cursor struct {
	Lanes map[string]lane `json:"lanes,omitempty"`
	Month string          `json:"month,omitempty"` // of what was spent
	Spent int64           `json:"spent,omitempty"` // thousandths of a dollar
	// Recent are the reports of the past day, by external id, newest first; Looked
	// is when they were last looked at again, in seconds.
	Recent []int64 `json:"recent,omitempty"`
	Looked int64   `json:"looked,omitempty"`
}

// lane is how far one list has been read. X gives the newest first, a page at a
// time: a sweep goes down from the newest to Since, and only when it has arrived
// does Since rise to where the sweep began. So a page that fails loses nothing,
// and none is read twice.
type lane struct {
	Since int64 `json:"since"`           // everything up to this id is ours
	Top   int64 `json:"top,omitempty"`   // newest id of the sweep under way
	Next  int64 `json:"next,omitempty"`  // where its next page begins; 0: no sweep is under way
	Count int   `json:"count,omitempty"` // posts of the sweep so far
	Deep  bool  `json:"deep,omitempty"`  // the timeline has ended, and search goes on below it
}

// readCursor reads a stored cursor. One that is none of ours starts anew: what
// comes twice is dropped by its id.
func readCursor(stored string) cursor {
	var c cursor
	if stored != "" && json.Unmarshal([]byte(stored), &c) != nil {
		c = cursor{}
	}
	if c.Lanes == nil {
		c.Lanes = map[string]lane{}
	}
	for key, l := range c.Lanes {
		if l.Since < 0 || l.Top < 0 || l.Next < 0 {
			delete(c.Lanes, key)
		}
	}
	return c
}

// advance moves a lane by a page that held these ids, and tells whether there is more.
func (l *lane) advance(newest, next int64, count int) (more bool) {
	l.Top = max(l.Top, newest)
	l.Count += count
	if next > l.Since {
		l.Next = next
		return true
	}
	*l = lane{Since: max(l.Since, l.Top)}
	return false
}

// What is looked at again.
const (
	recentFor  = 24 * time.Hour
	recentMost = lookupMost
	lookEvery  = time.Hour
)

// remember notes reports to look at again, and forgets what is old.
func (c *cursor) remember(now time.Time, ids ...int64) {
	for _, id := range ids {
		if id > 0 && !slices.Contains(c.Recent, id) {
			c.Recent = append(c.Recent, id)
		}
	}
	oldest := idAt(now.Add(-recentFor))
	c.Recent = slices.DeleteFunc(c.Recent, func(id int64) bool { return id < oldest })
	slices.SortFunc(c.Recent, func(a, b int64) int { return int(max(-1, min(1, b-a))) })
	c.Recent = c.Recent[:min(len(c.Recent), recentMost)]
}

func (c cursor) String() string { return string(encode(c)) }
