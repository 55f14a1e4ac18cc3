package simulator

import (
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

// cursor is a position in the play, with all that a restart needs to go on.
type cursor struct {
	start time.Time // when the live part begins
	next  int       // the first moment that was not told
	heard int       // entries of the journal that people have thought about
}

// cursorForm is the first word of a cursor, should its form ever change.
const cursorForm = "sim1"

// String writes the cursor for the store.
func (c cursor) String() string {
	return fmt.Sprintf("%s %d %d %d", cursorForm, c.start.UnixMilli(), c.next, c.heard)
}

// parseCursor reads what String wrote. It returns CodeInvalid for anything else.
func parseCursor(text string) (cursor, error) {
	var (
		form   string
		millis int64
		c      cursor
	)
	n, err := fmt.Sscanf(text, "%s %d %d %d", &form, &millis, &c.next, &c.heard)
	if err != nil || n != 4 || form != cursorForm || c.next < 0 || c.heard < 0 {
		return cursor{}, tocsin.Errorf(tocsin.CodeInvalid, "The simulator's cursor %q makes no sense.", text)
	}
	c.start = time.UnixMilli(millis).UTC()
	return c, nil
}
