package backtest

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/tocsin/tocsin"
)

// errNoTime and errNoText say why a row is left out.
var (
	errNoTime = errors.New("it has no time")
	errNoText = errors.New("it has neither a subject nor text")
)

// column is what a value means, with the names that headers give it, the best first.
// Names are compared without case, blanks and signs.
type column []string

// table is a CSV file with a header.
type table struct {
	rows   *csv.Reader
	meter  *meter
	header []string
	places map[string]int // of the names in the header
}

// openTable reads the header. It returns CodeInvalid when there is none.
func openTable(in *bufio.Reader) (*table, error) {
	head, err := in.Peek(peek)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the header: %w", err)
	}
	m := newMeter(in)
	t := &table{rows: csv.NewReader(m), meter: m, places: map[string]int{}}
	t.rows.Comma, t.rows.FieldsPerRecord, t.rows.LazyQuotes, t.rows.ReuseRecord = separator(head), -1, true, true
	row, err := t.rows.Read()
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The file has no header that could be read.")
	}
	for n, name := range row {
		t.header = append(t.header, strings.Clone(name))
		if _, ok := t.places[plainName(name)]; !ok {
			t.places[plainName(name)] = n
		}
	}
	return t, nil
}

// separator is the sign that the first line has most of.
func separator(head []byte) rune {
	line, _, _ := strings.Cut(string(head), "\n")
	best := ','
	for _, sign := range []rune{';', '\t'} {
		if strings.Count(line, string(sign)) > strings.Count(line, string(best)) {
			best = sign
		}
	}
	return best
}

func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// find is the place of a column, -1 when the header has none of its names.
func (t *table) find(c column) int {
	for _, name := range c {
		if n, ok := t.places[name]; ok {
			return n
		}
	}
	return -1
}

// missing says that a file cannot be used, and what would mend it.
func (t *table) missing(what string, c column) error {
	return tocsin.Errorf(tocsin.CodeInvalid, "No column says %s. The header has: %s. Name the column %s.", what, cut(strings.Join(t.header, ", "), 300), c[0])
}

// each calls take with each row and its line. What take says is wrong with a row
// goes to skip.
func (t *table) each(r Reader, take func(line int, row []string) error) error {
	for {
		t.meter.next()
		row, err := t.rows.Read()
		var wrong *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.As(err, &wrong) && !t.meter.endless:
			r.skip(wrong.StartLine, wrong.Err.Error())
			continue
		case err != nil:
			return err
		}
		line, _ := t.rows.FieldPos(0)
		if err := passed(r, line, take(line, row)); err != nil {
			return err
		}
	}
}

// stop is an error that ends the reading, and not only its row.
type stop struct{ error }

// Unwrap gives the error itself.
func (s stop) Unwrap() error { return s.error }

// passed names a row that cannot be used, and gives the error that ends all.
func passed(r Reader, line int, err error) error {
	var end stop
	switch {
	case err == nil:
		return nil
	case errors.As(err, &end):
		return end.error
	default:
		r.skip(line, err.Error())
		return nil
	}
}

// field is a value of a row, "" for a column that is not there.
func field(row []string, n int) string {
	if n < 0 || n >= len(row) {
		return ""
	}
	return strings.Clone(strings.TrimSpace(row[n])) // the reader uses its memory again
}
