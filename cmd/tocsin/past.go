package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/backtest"
	"github.com/tocsin/tocsin/web/api"
)

// source fills a past for a backtest.
type source struct {
	*session
	past *backtest.Past
	errs io.Writer // for what was left out
	zone *time.Location
}

// pages reads a history of pages; none without a file.
func (s source) pages(path string) ([]backtest.Page, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The history of pages %s cannot be read", path)
	}
	defer func() { _ = f.Close() }() // it was only read
	left := &leftOut{file: path, out: s.errs}
	pages, err := backtest.Reader{Zone: s.zone, Skip: left.row}.Pages(f)
	left.sum()
	if err == nil && len(pages) == 0 {
		err = tocsin.Errorf(tocsin.CodeInvalid, "%s holds no page.", path)
	}
	return pages, err
}

// tickets reads an export, through the same cleaning as every report.
func (s source) tickets(ctx context.Context, path string, format backtest.Format) error {
	files := opened{}
	defer files.close()
	in, err := files.in(path, s.in)
	if err != nil {
		return err
	}
	bar := newBar(s.errs, "reading", sizeOf(in))
	sieve := newSieve(s.past)
	left := &leftOut{file: path, out: s.errs}
	reader := backtest.Reader{Zone: s.zone, Skip: left.row}
	format, err = reader.Tickets(bar.through(in), format, func(r tocsin.Report) error { return sieve.take(ctx, r) })
	bar.end()
	left.sum()
	if err := errors.Join(err, sieve.flush(ctx)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.errs, "%s (%s): %s\n", path, format, sieve.sum())
	return err
}

// history reads every report of a server, and the areas if the caller knows none.
// The server gives the newest first; the past brings them into order. What was
// written before Tocsin came counts as received at once: the question is what
// would have rung, had it been there.
func (s source) history(ctx context.Context, areas []tocsin.Area) ([]tocsin.Area, error) {
	const most = 500 // that the API gives at once
	bar := newBar(s.errs, "reading", -1)
	defer bar.end()
	query := url.Values{"limit": {strconv.Itoa(most)}}
	for {
		var some api.List[tocsin.Report]
		if err := s.get(ctx, "/reports", query, &some); err != nil {
			return nil, err
		}
		for _, r := range some.Items {
			r.ExternalID, r.ReceivedAt = strconv.FormatInt(r.ID, 10), r.At
			if _, err := s.past.Add(r); err != nil {
				return nil, err
			}
		}
		bar.add(len(some.Items))
		if some.Next == "" {
			break
		}
		query.Set("cursor", some.Next)
	}
	if len(areas) > 0 {
		return areas, nil
	}
	list, err := listAll[tocsin.Area](ctx, s.client, "/areas", nil, 0)
	return list.Items, err
}

// sizeOf is how long a file is in bytes; -1 for what is none.
func sizeOf(in io.Reader) int64 {
	if f, ok := in.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	}
	return -1
}

// leftOut names rows that were skipped: the first ones each, the others by number.
type leftOut struct {
	file string
	out  io.Writer
	unit string // what is counted; "" is a line
	rows int
}

const namedRows = 20

func (l *leftOut) row(line int, why string) {
	if l.rows++; l.rows <= namedRows {
		fmt.Fprintln(l.out, clean(fmt.Sprintf("%s: %s %d skipped: %s", l.file, cmp.Or(l.unit, "line"), line, why)))
	}
}

func (l *leftOut) sum() {
	if l.rows > namedRows {
		fmt.Fprintf(l.out, "%s: %d more skipped\n", l.file, l.rows-namedRows)
	}
}
