package email

import (
	"time"

	"github.com/tocsin/tocsin"
)

// Import reads a mail out of an archive, as it was when it came. Its Date is taken
// for the time of its arrival, for the archive knows no other.
func (a *account) Import(raw []byte) tocsin.Batch {
	b := tocsin.Batch{Backlog: true}
	arrived := time.Time{}
	if m, err := readLetter(0, a.now(), raw, a.MaxSize); err == nil {
		if at, err := m.header.Date(); err == nil && at.Before(a.now()) {
			arrived = at
		}
	}
	a.read(&b, 0, arrived, raw[:min(len(raw), a.MaxSize)])
	return b
}
