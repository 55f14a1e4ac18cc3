package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxMail is how much of one mail in an archive is read, in bytes; of a longer one
// the rest is passed over.
const maxMail = 4 << 20

// mails reads an archive of mails and calls take with each, and with its number
// from 1. A line that begins with "From " behind an empty one begins a mail; the
// signs that keep other such lines from doing so are taken off.
// https://www.rfc-editor.org/rfc/rfc4155
func mails(in io.Reader, take func(number int, mail []byte) error) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var mail []byte
	number, blank := 0, true
	for {
		line, err := lines.ReadSlice('\n')
		whole := !errors.Is(err, bufio.ErrBufferFull)
		switch {
		case blank && bytes.HasPrefix(line, []byte("From ")):
			if number > 0 {
				if err := take(number, mail); err != nil {
					return err
				}
			}
			number++
			mail = nil
			for !whole { // the rest of a long line
				_, err = lines.ReadSlice('\n')
				whole = !errors.Is(err, bufio.ErrBufferFull)
			}
		case number == 0 && len(bytes.TrimSpace(line)) > 0:
			return errors.New("it does not begin with a line of From")
		case len(mail) < maxMail:
			mail = append(mail, unescaped(line)...)
		}
		blank = len(bytes.TrimRight(line, "\r\n")) == 0 && whole
		switch {
		case errors.Is(err, io.EOF) && number > 0:
			return take(number, mail)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && whole:
			return err
		}
	}
}

// unescaped takes one sign off a line like >From or >>From.
func unescaped(line []byte) []byte {
	if rest := bytes.TrimLeft(line, ">"); len(rest) < len(line) && bytes.HasPrefix(rest, []byte("From ")) {
		return line[1:]
	}
	return line
}
