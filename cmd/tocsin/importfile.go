package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
	"github.com/tocsin/tocsin/triage/backtest"
	"github.com/tocsin/tocsin/web/api"
)

// The formats that only an import knows; the others are backtest's.
const (
	formatMbox  = "mbox"
	formatJSONL = "jsonl"
	// looksAt is how much of a file decides about its format, in bytes.
	looksAt = 64 << 10
)

// readAll reads the file to its end.
func (i *importer) readAll(ctx context.Context, in io.Reader, format, zone string, left *leftOut) error {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return tocsin.Wrap(tocsin.CodeInvalid, err, "There is no time zone %q. Write one like Europe/Berlin.", zone)
	}
	file := bufio.NewReaderSize(in, looksAt)
	if format == "" {
		head, err := file.Peek(looksAt)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("read %s: %w", i.file, err)
		}
		format = formatOf(i.file, head)
	}
	switch format {
	case formatMbox:
		left.unit = "mail"
		return i.unusable(mails(file, func(number int, mail []byte) error {
			return i.put(ctx, number, len(mail), func(l *load) { l.Mails = append(l.Mails, mail) })
		}))
	case formatJSONL:
		return triage.Recorded(file, func(line int, r tocsin.Report) error {
			return i.put(ctx, line, len(r.Text), func(l *load) { l.Reports = append(l.Reports, recordedReport(r)) })
		}, left.row)
	default:
		number := 0
		_, err := backtest.Reader{Zone: place, Skip: left.row}.Tickets(file, backtest.Format(format), func(r tocsin.Report) error {
			number++
			return i.put(ctx, number, len(r.Raw), func(l *load) { l.Reports = append(l.Reports, ticketReport(r)) })
		})
		return err
	}
}

// unusable gives an error about the file its sentence; one of a call has its own.
func (i *importer) unusable(err error) error {
	var said *tocsin.Error
	if err == nil || errors.As(err, &said) {
		return err
	}
	return tocsin.Wrap(tocsin.CodeInvalid, err, "%s cannot be read as a mailbox: %s.", i.file, err)
}

// recording is how a line of a recording is told from an export.
var recording = regexp.MustCompile(`"author"\s*:|"text"\s*:`)

// formatOf tells a format by the file's name, else by its beginning; "" leaves it
// to backtest.
func formatOf(name string, head []byte) string {
	first, _, _ := bytes.Cut(bytes.TrimLeft(head, "\r\n"), []byte("\n"))
	switch extension := strings.ToLower(filepath.Ext(name)); {
	case extension == ".mbox", bytes.HasPrefix(head, []byte("From ")):
		return formatMbox
	case extension == ".csv", extension == ".tsv":
		return string(backtest.FormatCSV)
	case bytes.HasPrefix(first, []byte("{")) && recording.Match(first) && bytes.Contains(first, []byte(`"at"`)):
		return formatJSONL
	default:
		return ""
	}
}

func recordedReport(r tocsin.Report) api.Imported {
	return api.Imported{
		ID: r.ExternalID, At: r.At, Author: r.Reporter.ID, AuthorSince: r.Reporter.Since, Text: r.Text,
		Thread: r.Thread, ReplyTo: r.ReplyTo, Lang: r.Lang,
	}
}

// ticketReport sends a ticket as it came. One whose file gives it no id is known by
// what it says, for another file has a line of the same number; one without a
// requester is a person's of its own.
func ticketReport(r tocsin.Report) api.Imported {
	author := r.Reporter.ID
	if address, ok := strings.CutPrefix(author, "csv:"); ok {
		author = address
	}
	if strings.Contains(author, "-ticket:") {
		author = ""
	}
	if strings.HasPrefix(r.ExternalID, "line-") {
		sum := sha256.Sum256([]byte(strings.Join([]string{r.At.UTC().Format(time.RFC3339Nano), author, r.Title, r.Raw}, "\x00")))
		r.ExternalID = "csv-" + hex.EncodeToString(sum[:12])
	}
	return api.Imported{
		ID: r.ExternalID, At: r.At, Author: author, AuthorName: r.Reporter.Name, AuthorSince: r.Reporter.Since,
		Title: r.Title, Text: r.Raw, Markup: r.Markup, Thread: r.Thread, Lang: r.Lang, URL: r.URL,
	}
}
