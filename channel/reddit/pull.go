package reddit

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"github.com/tocsin/tocsin"
)

// remembered is how many things of each list are remembered, so that changes of them
// are noticed.
const remembered = pageSize

// position is where one list was read to.
type position struct {
	At   float64 `json:"at"` // created_utc of the newest
	Seen []sight `json:"seen,omitempty"`
}

// sight is a thing that was seen, oldest first.
type sight struct {
	Name    string  `json:"n"`
	At      float64 `json:"a"`
	Edition string  `json:"e,omitempty"`
}

// inbox is the list of mentions of us and answers to us.
const inbox = "/message/inbox"

// lists are the paths to read.
func (a *account) lists() []string {
	all := []string{inbox}
	if len(a.Subreddits) > 0 {
		watched := "/r/" + strings.Join(a.Subreddits, "+")
		all = append(all, watched+"/new")
		if a.Comments {
			all = append(all, watched+"/comments")
		}
	}
	return all
}

// Pull reads the inbox and the subreddits that are watched, one list at a call; the
// cursor says whose turn it is. A list that Reddit forbids does not hold up what is
// new in the others.
func (a *account) Pull(ctx context.Context, text string) (tocsin.Batch, error) {
	at := cursor{Lists: map[string]*position{}}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &at); err != nil || at.Lists == nil || at.Turn < 0 {
			return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInternal, err, "read the cursor")
		}
	}
	lists := a.lists()
	var failed error
	for n := range lists {
		turn := (at.Turn + n) % len(lists)
		var b tocsin.Batch
		next, err := a.read(ctx, lists[turn], at.Lists[lists[turn]], &b)
		if again, _ := tocsin.Retry(err); again {
			return tocsin.Batch{}, err
		}
		if err != nil {
			failed = cmp.Or(failed, err)
			continue
		}
		at.Lists[lists[turn]] = next
		if failed == nil {
			at.Turn = (turn + 1) % len(lists)
			b.Cursor, b.More = at.String(), at.Turn != 0
			return b, nil
		}
		if len(b.Reports)+len(b.Edits)+len(b.Deleted) > 0 {
			b.Cursor = at.String() // it is the forbidden one's turn still, and its error will be told
			return b, nil
		}
	}
	return tocsin.Batch{}, failed
}

// cursor is where every list was read to, and which is the next.
type cursor struct {
	Turn  int                  `json:"turn,omitempty"`
	Lists map[string]*position `json:"lists"`
}

func (c cursor) String() string {
	text, _ := json.Marshal(c) // numbers and strings always marshal
	return string(text)
}

// read brings what is new in a list into a batch, and gives where to go on.
func (a *account) read(ctx context.Context, path string, was *position, b *tocsin.Batch) (*position, error) {
	from := float64(a.now().Add(-a.Since).Unix())
	if was != nil {
		from = was.At
	}
	things, err := a.newest(ctx, path, func(oldest *thing) bool { return oldest.Created < from })
	if err != nil {
		return nil, err
	}
	if was != nil && len(things) == 0 {
		return was, nil
	}
	next := &position{At: from}
	seen := map[string]sight{}
	first := from // what is older than all that we remember is old
	if was != nil {
		for _, s := range was.Seen {
			seen[s.Name] = s
		}
		if len(was.Seen) > 0 {
			first = was.Seen[0].At
		}
	}
	there := map[string]bool{}
	for i := range things {
		t := &things[i]
		there[t.Name] = true
		next.At = max(next.At, t.Created)
		a.compare(t, seen, first, b)
	}
	next.Seen = sights(things)
	if was == nil || path == inbox {
		return next, nil
	}
	return next, a.missing(ctx, was.Seen, things[0].Created, there, b)
}

// sights remembers the newest things, and all of the same second as the oldest of
// them: times have whole seconds.
func sights(things []thing) []sight {
	from := max(0, len(things)-remembered)
	for from > 0 && things[from-1].Created == things[from].Created {
		from--
	}
	var seen []sight
	for i := range things[from:] {
		t := &things[from+i]
		seen = append(seen, sight{t.Name, t.Created, t.edition()})
	}
	return seen
}

// compare puts a thing where it belongs: among what is new, changed or gone.
func (a *account) compare(t *thing, seen map[string]sight, first float64, b *tocsin.Batch) {
	old, known := seen[t.Name]
	switch {
	case !known && t.Created >= first && !t.gone():
		b.Reports = append(b.Reports, a.report(t))
	case !known || old.Edition == t.edition():
	case t.gone():
		b.Deleted = append(b.Deleted, t.Name)
	default:
		b.Edits = append(b.Edits, a.report(t))
		if old.Edition == goneEdition { // it may never have been brought
			b.Reports = append(b.Reports, a.report(t))
		}
	}
}

// missing looks after things that a list held and no longer holds: lists lose some for
// a while, so Reddit is asked about each.
func (a *account) missing(ctx context.Context, seen []sight, since float64, there map[string]bool, b *tocsin.Batch) error {
	var lost []string
	for _, s := range seen {
		if s.At >= since && !there[s.Name] && s.Edition != goneEdition {
			lost = append(lost, s.Name)
		}
	}
	still, err := a.still(ctx, lost)
	if err != nil {
		return err
	}
	for _, name := range lost {
		if !still[name] {
			b.Deleted = append(b.Deleted, name)
		}
	}
	return nil
}
