package backtest

import (
	"bufio"
	"bytes"
	"io"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tocsin/tocsin"
)

// Reader reads exports. What it cannot use it names and skips; it returns an error
// only when nothing behind it could be read.
type Reader struct {
	// Zone is for times that name none; UTC when nil.
	Zone *time.Location
	// Skip is told of each row that was left out; nil: nobody is.
	Skip func(line int, why string)
}

const (
	// peek is how much of a file decides about its format, in bytes.
	peek = 64 << 10
	// maxRow is how long one row may be, in bytes. It bounds what a quote or a bracket
	// that nobody closed can swallow.
	maxRow = 8 << 20
)

func (r Reader) skip(line int, why string) {
	if r.Skip != nil {
		r.Skip(line, why)
	}
}

// open makes UTF-8 of a file, whatever its byte order mark says. Bytes that are no
// UTF-8 become U+FFFD.
func open(in io.Reader) *bufio.Reader {
	return bufio.NewReaderSize(transform.NewReader(in, unicode.BOMOverride(unicode.UTF8.NewDecoder())), peek)
}

// errEndless stops at a row that is longer than maxRow.
func errEndless(line int) error {
	return tocsin.Errorf(tocsin.CodeInvalid, "The row at line %d is longer than %d MB. Is a quote or a bracket open there?", line, maxRow>>20)
}

// meter is a file on its way into a decoder. It knows in which line an offset
// lies, and ends when a row takes more than maxRow.
type meter struct {
	in      io.Reader
	read    int64   // bytes given so far
	breaks  []int64 // offsets of the line ends that lie behind the last row
	lines   int     // line ends before the last row
	left    int     // bytes that may still come for this row
	endless bool
}

func newMeter(in io.Reader) *meter { return &meter{in: in, left: 2 * maxRow} }

// Read is io.Reader.
func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		m.endless = true
		return 0, errEndless(m.lines + 1)
	}
	n, err := m.in.Read(p[:min(len(p), m.left)])
	m.left -= n
	for at := 0; ; {
		next := bytes.IndexByte(p[at:n], '\n')
		if next < 0 {
			break
		}
		at += next + 1
		m.breaks = append(m.breaks, m.read+int64(at-1))
	}
	m.read += int64(n)
	return n, err
}

// line is the number of the line in which an offset lies. Offsets must not go back.
func (m *meter) line(offset int64) int {
	n := 0
	for n < len(m.breaks) && m.breaks[n] < offset {
		n++
	}
	m.breaks = m.breaks[n:]
	m.lines += n
	return m.lines + 1
}

// next begins another row.
func (m *meter) next() { m.left = 2 * maxRow }
