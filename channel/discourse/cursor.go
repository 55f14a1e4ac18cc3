package discourse

import (
	"encoding/json"
	"slices"

	"github.com/tocsin/tocsin"
)

// cursor is where both lists were read to.
type cursor struct {
	Public       *position `json:"public,omitempty"`
	Private      *position `json:"private,omitempty"`
	PrivateFirst bool      `json:"private_first,omitempty"` // it failed the last time
}

func (c *cursor) of(l list) *position {
	if l.private {
		return c.Private
	}
	return c.Public
}

func (c *cursor) set(l list, p *position) {
	if !l.private {
		c.Public = p
		return
	}
	if p.At == 0 && c.Public != nil { // both lists share their ids: what comes later is above
		p.At = c.Public.At
	}
	c.Private = p
}

// position is where one list was read to. Seen remembers the newest posts with
// their versions: by them an edit, a deletion, and a post that was committed after
// one with a higher id are noticed.
type position struct {
	At   int64   `json:"at"` // the highest id that was read
	Seen []sight `json:"seen,omitempty"`
}

// sight is a post that was seen.
type sight struct {
	ID      int64 `json:"id"`
	Version int   `json:"v"`
}

func readCursor(text string) (cursor, error) {
	var c cursor
	if text == "" {
		return c, nil
	}
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return c, tocsin.Wrap(tocsin.CodeInternal, err, "read the cursor")
	}
	return c, nil
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // numbers always marshal
	return string(text)
}

// sights remembers a page, which is in ascending order.
func sights(page []post) []sight {
	seen := make([]sight, len(page))
	for i := range page {
		seen[i] = sight{page[i].ID, page[i].version()}
	}
	return seen
}

func (p *position) find(id int64) (sight, bool) {
	i := slices.IndexFunc(p.Seen, func(s sight) bool { return s.ID == id })
	if i < 0 {
		return sight{}, false
	}
	return p.Seen[i], true
}

// since is the lowest id that is remembered.
func (p *position) since() int64 {
	if len(p.Seen) == 0 {
		return p.At
	}
	return p.Seen[0].ID
}
