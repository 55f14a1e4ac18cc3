package backtest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/tocsin/tocsin"
)

// listKeys hold the objects in an answer of an API.
var listKeys = regexp.MustCompile(`"(tickets|conversations)"\s*:`)

// objects reads the objects of a file, be they one a line, in an array, or in the
// list of one or more answers of an API. One a line, a broken one costs itself
// only; in a document the reading ends at it, with CodeInvalid.
func (r Reader) objects(in *bufio.Reader, list string, take func([]byte) error) error {
	head, err := in.Peek(peek)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the export: %w", err)
	}
	if onePerLine(head) {
		return r.lines(in, take)
	}
	m := newMeter(in)
	w := walker{reader: r, meter: m, json: json.NewDecoder(m), list: list, take: take}
	for {
		token, err := w.json.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = w.value(token)
		}
		if err != nil {
			return w.broken(err)
		}
	}
}

// onePerLine tells whether the first line is an object of its own that is no
// answer of an API.
func onePerLine(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte{'\n'})
	return len(line) > 0 && line[0] == '{' && json.Valid(line) && !listKeys.Match(line)
}

// lines reads one object a line.
func (r Reader) lines(in *bufio.Reader, take func([]byte) error) error {
	var line []byte
	for number := 1; ; number++ {
		line = line[:0]
		long := false
		part, err := in.ReadSlice('\n')
		for {
			if long = long || len(line)+len(part) > maxRow; !long {
				line = append(line, part...)
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				break
			}
			part, err = in.ReadSlice('\n')
		}
		if err := r.line(number, line, long, take); err != nil {
			return err
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", number, err)
		}
	}
}

func (r Reader) line(number int, line []byte, long bool, take func([]byte) error) error {
	switch line = bytes.TrimSpace(line); {
	case long:
		r.skip(number, fmt.Sprintf("it is longer than %d MB", maxRow>>20))
		return nil
	case len(line) == 0:
		return nil
	default:
		return passed(r, number, take(line))
	}
}

// walker reads a document from list to list, one object at a time.
type walker struct {
	reader Reader
	meter  *meter
	json   *json.Decoder
	list   string
	take   func([]byte) error
}

// value reads what a token begins: an array of objects, or an object, which is an
// answer that holds a list, or a ticket of its own.
func (w walker) value(token json.Token) error {
	switch token {
	case nil:
		return nil
	case json.Delim('['):
		return w.array()
	case json.Delim('{'):
		return w.answer()
	default:
		return fmt.Errorf("%v stands where a list should begin", token)
	}
}

// array takes each element, and the bracket behind the last.
func (w walker) array() error {
	for w.json.More() {
		var object json.RawMessage
		if err := w.json.Decode(&object); err != nil {
			return err
		}
		line := w.meter.line(w.json.InputOffset() - int64(len(object)))
		w.meter.next()
		if err := passed(w.reader, line, w.take(object)); err != nil {
			return stop{err}
		}
	}
	_, err := w.json.Token()
	return err
}

// answer looks for the list in an object. Without one the object is a ticket.
func (w walker) answer() error {
	line, listed := w.meter.line(w.json.InputOffset()), false
	ticket := map[string]json.RawMessage{}
	for w.json.More() {
		key, err := w.json.Token()
		if err != nil {
			return err
		}
		if key == w.list {
			listed = true
			begin, err := w.json.Token()
			if err != nil {
				return err
			}
			if err := w.value(begin); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := w.json.Decode(&value); err != nil {
			return err
		}
		w.meter.next()
		if name, ok := key.(string); ok && !listed {
			ticket[name] = value
		}
	}
	if _, err := w.json.Token(); err != nil || listed {
		return err
	}
	object, err := json.Marshal(ticket)
	if err != nil {
		return err
	}
	if err := passed(w.reader, line, w.take(object)); err != nil {
		return stop{err}
	}
	return nil
}

// broken says where a document cannot be read on.
func (w walker) broken(err error) error {
	var end stop
	switch {
	case errors.As(err, &end):
		return end.error
	case w.meter.endless:
		return errEndless(w.meter.lines + 1)
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return tocsin.Errorf(tocsin.CodeInvalid, "The file ends at line %d in the middle of a list. Is it whole?", w.meter.line(w.meter.read))
	default:
		return tocsin.Wrap(tocsin.CodeInvalid, err, "The JSON cannot be read on behind line %d.", w.meter.line(w.json.InputOffset()))
	}
}
