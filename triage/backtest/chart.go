package backtest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Chart counts reports, bells and pages in columns of equal time.
type Chart struct {
	From     time.Time `json:"from"`
	Step     string    `json:"step"` // as time.Duration writes it
	Reports  []int     `json:"reports"`
	Whispers []int     `json:"whispers"`
	Rings    []int     `json:"rings"`
	Pages    []int     `json:"pages"`
	step     time.Duration
}

const defaultColumns = 72

// steps are the spans that a column may stand for: those that people count in.
func steps() []time.Duration {
	const day = 24 * time.Hour
	return []time.Duration{
		10 * time.Minute, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour,
		day, 2 * day, 7 * day, 28 * day, 91 * day, 364 * day,
	}
}

// draw counts everything, in the finest columns that fit.
func draw(past *Past, incidents []Incident, pages []Page, columns int) Chart {
	if columns <= 0 {
		columns = defaultColumns
	}
	from, until := past.span()
	c := Chart{}
	for _, c.step = range steps() {
		c.From = from.Truncate(c.step)
		if int(until.Sub(c.From)/c.step) < columns {
			break
		}
	}
	c.Step = c.step.String()
	n := 0
	if past.Len() > 0 {
		n = int(until.Sub(c.From)/c.step) + 1
	}
	for _, row := range []*[]int{&c.Reports, &c.Whispers, &c.Rings, &c.Pages} {
		*row = make([]int, n)
	}
	for k := range past.Len() {
		c.count(c.Reports, past.time(k))
	}
	for _, i := range incidents {
		if i.Whisper != nil {
			c.count(c.Whispers, i.Whisper.At)
		}
		if i.Ring != nil {
			c.count(c.Rings, i.Ring.At)
		}
	}
	for _, p := range pages {
		c.count(c.Pages, p.At)
	}
	return c
}

// count adds one to the column of a time; a page just outside goes to the edge.
func (c *Chart) count(row []int, at time.Time) {
	if len(row) > 0 {
		row[min(max(int(at.Sub(c.From)/c.step), 0), len(row)-1)]++
	}
}

const chartHeight = 6 // lines of bars

// Lines are the chart for a terminal: bars of reports, and under them in the same
// columns how many whispers, rings and pages there were.
func (c Chart) Lines() []string {
	most := 0
	for _, n := range c.Reports {
		most = max(most, n)
	}
	if most == 0 {
		return nil
	}
	var lines []string
	for level := chartHeight - 1; level >= 0; level-- {
		label := ""
		if level == chartHeight-1 {
			label = strconv.Itoa(most)
		}
		lines = append(lines, margin(label)+"│"+bars(c.Reports, most, level))
	}
	lines = append(lines, margin("0")+"└"+strings.Repeat("─", len(c.Reports)))
	for _, row := range []struct {
		name  string
		count []int
	}{{"whispers", c.Whispers}, {"rings", c.Rings}, {"pages", c.Pages}} {
		lines = append(lines, margin(row.name)+" "+marks(row.count))
	}
	return append(lines, margin("")+" "+c.scale())
}

// margin is the space before the chart, with a label at its end.
func margin(label string) string { return fmt.Sprintf("%9s ", label) }

// bars are one line of the bars: eighths of a character high.
func bars(counts []int, most, level int) string {
	var b strings.Builder
	for _, n := range counts {
		eighths := (n*chartHeight*8 + most - 1) / most // anything at all is seen
		switch over := eighths - level*8; {
		case over <= 0:
			b.WriteByte(' ')
		case over >= 8:
			b.WriteRune('█')
		default:
			b.WriteRune('▁' + rune(over-1))
		}
	}
	return b.String()
}

// marks are counts as single characters.
func marks(counts []int) string {
	var b strings.Builder
	for _, n := range counts {
		switch {
		case n == 0:
			b.WriteRune('·')
		case n > 9:
			b.WriteByte('+')
		default:
			b.WriteByte(byte('0' + n))
		}
	}
	return b.String()
}

// scale says when the chart begins and ends, and what a column is.
func (c Chart) scale() string {
	const day = "2 Jan 2006 15:04"
	first, last := c.From.Format(day), c.From.Add(time.Duration(len(c.Reports))*c.step).Format(day)
	gap := len(c.Reports) - utf8.RuneCountInString(first) - utf8.RuneCountInString(last)
	return first + strings.Repeat(" ", max(gap, 3)) + last + " UTC; a column is " + spoken(c.step)
}

// spoken says a step as people do.
func spoken(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "a day"
	case d > day:
		return fmt.Sprintf("%d days", d/day)
	case d == time.Hour:
		return "an hour"
	case d > time.Hour:
		return fmt.Sprintf("%d hours", d/time.Hour)
	default:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
}
