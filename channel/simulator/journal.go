package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"
	"time"
)

// Kind is what an entry of the journal is about.
type Kind string

// The kinds of entry.
const (
	KindReply Kind = "reply"
	KindPost  Kind = "post"
	KindEdit  Kind = "edit"
	KindPage  Kind = "page"
	KindRenew Kind = "renew" // a page that was brought up to date
)

// Entry is one message that the simulated world accepted. The world drops no
// doubles: a second message with the same key is a second entry, so that whoever
// reads the journal can tell.
type Entry struct {
	At       time.Time `json:"at"`
	Kind     Kind      `json:"kind"`
	Key      string    `json:"key"`
	ID       string    `json:"id"` // the external id that the sender was told
	Delivery int64     `json:"delivery,omitempty"`
	Report   string    `json:"report,omitempty"`   // external id of what it answers
	Reporter string    `json:"reporter,omitempty"` // whom it answers
	Topic    string    `json:"topic,omitempty"`    // what they had written about, in truth
	To       string    `json:"to,omitempty"`       // of a page
	Text     string    `json:"text"`
}

// ReadJournal reads the journal of a simulator, oldest first, also while that
// simulator runs. A file that does not exist yet is an empty journal; a line that
// a crash cut in half was never accepted and is left out.
func ReadJournal(path string) ([]Entry, error) {
	j := &journal{path: path}
	return j.all()
}

// journalMode keeps what people were told from other users of the machine.
const journalMode = 0o600

// journal is the simulated world's memory: in a file, which outlives the process
// and which several processes may share, or without a path in memory.
type journal struct {
	path string

	mu      sync.Mutex
	entries []Entry
	read    int64 // bytes of the file that are in entries
}

// add accepts a message.
func (j *journal) add(e Entry) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.path == "" {
		j.entries = append(j.entries, e)
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write journal entry: %w", err)
	}
	f, err := os.OpenFile(j.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, journalMode)
	if err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	line = append(line, '\n')
	if cutShort(f) {
		line = append([]byte{'\n'}, line...)
	}
	// One write: a crash leaves the whole line, or a part that is no entry.
	_, err = f.Write(line)
	return errors.Join(err, f.Close())
}

// cutShort tells whether the last line lacks its end.
func cutShort(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = f.ReadAt(last, info.Size()-1)
	return err == nil && last[0] != '\n'
}

// all gives every entry, oldest first. The caller must not change them.
func (j *journal) all() ([]Entry, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.refresh(); err != nil {
		return nil, err
	}
	return j.entries[:len(j.entries):len(j.entries)], nil
}

// refresh reads what was added to the file, by whomever.
func (j *journal) refresh() error {
	if j.path == "" {
		return nil
	}
	f, err := os.Open(j.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("open journal: %w", err)
	}
	added, err := io.ReadAll(io.NewSectionReader(f, j.read, 1<<62))
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("read journal: %w", err)
	}
	whole := added[:bytes.LastIndexByte(added, '\n')+1]
	j.read += int64(len(whole))
	for line := range bytes.Lines(whole) {
		var e Entry
		if json.Unmarshal(line, &e) == nil && e.ID != "" {
			j.entries = append(j.entries, e)
		}
	}
	return nil
}

// find gives the first entry that want accepts.
func (j *journal) find(want func(Entry) bool) (Entry, bool, error) {
	entries, err := j.all()
	if err != nil {
		return Entry{}, false, err
	}
	for _, e := range entries {
		if want(e) {
			return e, true, nil
		}
	}
	return Entry{}, false, nil
}
