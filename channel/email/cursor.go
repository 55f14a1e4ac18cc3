package email

import (
	"encoding/json"

	"github.com/emersion/go-imap/v2"
)

// cursor is how far a mailbox was read. UIDs mean something only together with
// the mailbox's UIDVALIDITY (RFC 9051 section 2.3.1.1): when that changes, the
// mailbox was made anew and is read again from the beginning. Reports are known by
// their Message-ID then, so the store drops those that it has.
type cursor struct {
	Validity uint32   `json:"validity"`
	UID      imap.UID `json:"uid"` // of the last mail that was read
}

// parseCursor reads a stored cursor. One that can't be read starts anew.
func parseCursor(text string) cursor {
	var c cursor
	if json.Unmarshal([]byte(text), &c) != nil {
		return cursor{}
	}
	return c
}

// String gives the cursor as it is stored.
func (c cursor) String() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // two numbers always marshal
	}
	return string(text)
}
