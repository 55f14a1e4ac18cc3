package backtest

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"os"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// Past holds reports on disk, in a temporary file, and gives them in the order of
// their times as often as asked. It keeps some 100 bytes of memory for each, however
// long its text is. Add from one goroutine, then All from as many as you like.
type Past struct {
	file  *os.File
	out   *bufio.Writer
	size  int64
	rows  []place
	known map[uint64]place // by the hash of the id
	seed  maphash.Seed
	done  bool
}

// place is where a report lies in the file.
type place struct {
	at     int64 // unix nanoseconds
	offset int64
	length int32
}

// NewPast makes an empty past. Its file, which only this user can read, goes with Close.
func NewPast() (*Past, error) {
	f, err := os.CreateTemp("", "tocsin-backtest-")
	if err != nil {
		return nil, fmt.Errorf("make a file for the reports: %w", err)
	}
	return &Past{file: f, out: bufio.NewWriterSize(f, 1<<20), known: map[uint64]place{}, seed: maphash.MakeSeed()}, nil
}

// Close forgets all.
func (p *Past) Close() error {
	return errors.Join(p.file.Close(), os.Remove(p.file.Name()))
}

// Add takes a report in, and tells whether its external id is new: an export holds
// a ticket again each time that it changed.
func (p *Past) Add(r tocsin.Report) (bool, error) {
	id := maphash.String(p.seed, r.ExternalID)
	if _, ok := p.known[id]; ok {
		return false, nil
	}
	r.Raw, r.Route, r.Thread, r.ReplyTo, r.URL = "", nil, "", "", ""
	line, err := json.Marshal(r)
	if err != nil {
		return false, fmt.Errorf("keep report %s: %w", r.ExternalID, err)
	}
	if _, err := p.out.Write(line); err != nil {
		return false, fmt.Errorf("keep report %s: %w", r.ExternalID, err)
	}
	where := place{at: r.At.UnixNano(), offset: p.size, length: int32(len(line))}
	p.size += int64(len(line))
	p.rows = append(p.rows, where)
	p.known[id] = where
	return true, nil
}

// Len is how many reports there are.
func (p *Past) Len() int { return len(p.rows) }

// Settle ends the adding: it writes what is left and brings the reports into order.
// Those of one time stay in the order in which they came.
func (p *Past) Settle() error {
	if p.done {
		return nil
	}
	if err := p.out.Flush(); err != nil {
		return fmt.Errorf("keep the reports: %w", err)
	}
	slices.SortStableFunc(p.rows, func(a, b place) int { return cmp.Compare(a.at, b.at) })
	p.done = true
	return nil
}

// All gives the reports in the order of their times. Call Settle before.
func (p *Past) All() iter.Seq2[tocsin.Report, error] {
	return func(yield func(tocsin.Report, error) bool) {
		var buffer []byte
		for _, row := range p.rows {
			r, err := p.load(row, &buffer)
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
}

// find gives the report with an external id.
func (p *Past) find(id string) (tocsin.Report, error) {
	where, ok := p.known[maphash.String(p.seed, id)]
	if !ok {
		return tocsin.Report{}, fmt.Errorf("no report has the id %q", id)
	}
	var buffer []byte
	return p.load(where, &buffer)
}

func (p *Past) load(where place, buffer *[]byte) (tocsin.Report, error) {
	*buffer = slices.Grow((*buffer)[:0], int(where.length))[:where.length]
	var r tocsin.Report
	if _, err := p.file.ReadAt(*buffer, where.offset); err != nil {
		return r, fmt.Errorf("read a report again: %w", err)
	}
	if err := json.Unmarshal(*buffer, &r); err != nil {
		return r, fmt.Errorf("read a report again: %w", err)
	}
	return r, nil
}

// span is from the first report to the last.
func (p *Past) span() (from, until time.Time) {
	if len(p.rows) == 0 {
		return
	}
	return p.time(0), p.time(len(p.rows) - 1)
}

func (p *Past) time(n int) time.Time { return time.Unix(0, p.rows[n].at).UTC() }

// within counts the reports from one time to another, both included.
func (p *Past) within(from, until time.Time) int {
	before := func(t int64) int {
		n, _ := slices.BinarySearchFunc(p.rows, t, func(row place, t int64) int { return cmp.Compare(row.at, t) })
		return n
	}
	return before(until.UnixNano()+1) - before(from.UnixNano())
}
