package triage

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// maxLine is the longest line that is read, in bytes; a longer one is bad.
const maxLine = 8 << 20

var errTooLong = errors.New("it is longer than 8 MB")

// readLine gives the next line without its end. It never holds more than maxLine
// bytes of one; a longer line comes back cut there and is no JSON any more.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if len(line) <= maxLine {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return trimEnd(line), err
		}
	}
}

func trimEnd(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}

// recorded is one line of a recording; see the fixed contract in ARCHITECTURE.md.
type recorded struct {
	ID          string    `json:"id"`
	At          time.Time `json:"at"`
	Channel     string    `json:"channel"`
	Author      string    `json:"author"`
	Text        *string   `json:"text"`
	Thread      string    `json:"thread"`
	ReplyTo     string    `json:"reply_to"`
	Lang        string    `json:"lang"`
	AuthorSince time.Time `json:"author_since"`
	ReceivedAt  time.Time `json:"received_at"`
}

// Recorded reads a recording, in the form that replay takes, and calls take with
// each report and its line. A line that cannot be used goes to skip. It returns
// take's own error as soon as there is one.
func Recorded(in io.Reader, take func(line int, r tocsin.Report) error, skip func(line int, why string)) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if len(line) > 0 {
			if report, wrong := parseLine(line); wrong != nil {
				skip(number, wrong.Error())
			} else if failed := take(number, report); failed != nil {
				return failed
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read line %d: %w", number, err)
		}
	}
}

// parseLine reads one line. Its error says what is wrong with it.
func parseLine(line []byte) (tocsin.Report, error) {
	if len(line) > maxLine {
		return tocsin.Report{}, errTooLong
	}
	if !utf8.Valid(line) {
		return tocsin.Report{}, errors.New("it is not UTF-8")
	}
	var r recorded
	if err := json.Unmarshal(line, &r); err != nil {
		return tocsin.Report{}, fmt.Errorf("it is no JSON object as expected: %w", err)
	}
	switch {
	case r.ID == "":
		return tocsin.Report{}, errors.New("it has no id")
	case r.At.IsZero():
		return tocsin.Report{}, errors.New("it has no time (at)")
	case r.Text == nil:
		return tocsin.Report{}, errors.New("it has no text")
	}
	return tocsin.Report{
		Channel: r.Channel, ExternalID: r.ID, Thread: r.Thread, ReplyTo: r.ReplyTo, Lang: r.Lang, At: r.At, ReceivedAt: r.ReceivedAt, Text: *r.Text,
		Reporter: tocsin.Reporter{ID: r.Author, Handle: r.Author, Since: r.AuthorSince},
	}, nil
}
