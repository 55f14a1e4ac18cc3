package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"github.com/tocsin/tocsin"
)

// sheet is what a person reads: lines, and rows whose columns are aligned. Its
// first error is given by flush.
type sheet struct {
	w   *tabwriter.Writer
	now time.Time
	err error
}

// newSheet makes an empty sheet. Its now is what times are told against.
func newSheet(out io.Writer, now time.Time) *sheet {
	return &sheet{w: tabwriter.NewWriter(out, 0, 8, 2, ' ', 0), now: now}
}

// line writes a line of its own.
func (p *sheet) line(format string, args ...any) {
	p.align()
	p.write(clean(fmt.Sprintf(format, args...)) + "\n")
}

// none says of an empty list that it is empty, and tells whether it was.
func (p *sheet) none(rows int) bool {
	if rows == 0 {
		p.line("None.")
	}
	return rows == 0
}

// gap writes an empty line.
func (p *sheet) gap() { p.line("") }

// row writes the columns of a table.
func (p *sheet) row(cells ...any) {
	text := make([]string, len(cells))
	for i, c := range cells {
		text[i] = clean(fmt.Sprint(c))
	}
	p.write(strings.TrimRight(strings.Join(text, "\t"), "\t ") + "\n")
}

// text writes a text of many lines, set off by a bar.
func (p *sheet) text(s string) {
	for l := range strings.Lines(strings.TrimSpace(s)) {
		p.line("  | %s", strings.TrimRight(l, "\r\n"))
	}
}

// align ends a table: what follows has columns of its own.
func (p *sheet) align() {
	if err := p.w.Flush(); p.err == nil {
		p.err = err
	}
}

func (p *sheet) write(s string) {
	if _, err := io.WriteString(p.w, s); p.err == nil {
		p.err = err
	}
}

// flush writes what is left, and gives the first error of all.
func (p *sheet) flush() error {
	p.align()
	return p.err
}

// when tells a time as a clock shows it and as people say it.
func (p *sheet) when(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05 MST") + " (" + ago(p.now.Sub(t)) + ")"
}

// ago says how long ago it was, or how soon it will be.
func ago(d time.Duration) string {
	if d < 0 {
		return "in " + span(-d)
	}
	return span(d) + " ago"
}

// span rounds a duration to what people say.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 2*day:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d days", int(d/day))
	}
}

// clean keeps strangers' text from steering the terminal: control characters and
// those that turn the direction of writing become visible.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return '·'
		default:
			return r
		}
	}, s)
}

// short cuts a text to a number of characters.
func short(s string, most int) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) <= most {
		return string(r)
	}
	return string(r[:most-1]) + "…"
}

// who names a reporter as their network does.
func who(r tocsin.Reporter) string {
	for _, name := range []string{r.Handle, r.Name, r.ID} {
		if name != "" {
			return short(name, 40)
		}
	}
	return "the public"
}

// plural counts things in words.
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
