package triage

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// Outputs are where Replay writes; a nil one is not written.
type Outputs struct {
	Clusters  io.Writer // id<TAB>cluster<TAB>reason, in the order of the input
	Alerts    io.Writer // JSON lines
	Incidents io.Writer // JSON lines
	Bad       io.Writer // a sentence for each bad line
}

// Summary is what a replay came to.
type Summary struct {
	Reports  int
	Bad      int // lines that were skipped
	Clusters int
	Whispers int
	Rings    int
	Elapsed  time.Duration
	Memory   uint64 // bytes taken from the system at the end, which is the peak
}

// String is the summary as replay prints it.
func (s Summary) String() string {
	rate := 0.0
	if s.Elapsed > 0 {
		rate = float64(s.Reports) / s.Elapsed.Seconds()
	}
	return fmt.Sprintf("%d reports (%d bad lines skipped), %d clusters, %d alerts (%d whispers, %d rings), %.0f reports/s, peak memory %.0f MB",
		s.Reports, s.Bad, s.Clusters, s.Whispers+s.Rings, s.Whispers, s.Rings, rate, float64(s.Memory)/(1<<20))
}

// Replay runs the engine over recorded reports, in the reports' own time, with
// neither network nor database. The same input gives the same output. A bad line
// is counted, named with its number, and skipped. It returns an error only when
// reading or writing fails, or ctx ends.
func Replay(ctx context.Context, in io.Reader, out Outputs, cfg Config, areas []tocsin.Area, now func() time.Time) (Summary, error) {
	engine, err := Load(cfg, areas)
	if err != nil {
		return Summary{}, err
	}
	r := newReplay(engine, out)
	start := now()
	if err := r.run(ctx, in); err != nil {
		return r.summary, err
	}
	r.summary.Elapsed = now().Sub(start)
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	r.summary.Memory = m.Sys
	return r.summary, nil
}

type replay struct {
	engine  *Engine
	out     Outputs
	buffers []*bufio.Writer
	seen    map[uint64]struct{} // hashes of the ids
	waiting []row               // whose cluster's name is not final
	names   map[string]struct{} // of final clusters lately written, to count them
	closed  []outcome
	summary Summary
}

// row is a line of the clusters' output before it is written.
type row struct {
	id   string
	post *post
}

// outcome is an incident as the incidents' output shows it.
type outcome struct {
	Incident   string   `json:"incident"`
	Kind       string   `json:"kind"`
	Members    []string `json:"members"`
	Recipients []string `json:"recipients"`
}

func newReplay(e *Engine, out Outputs) *replay {
	r := &replay{engine: e, seen: map[uint64]struct{}{}, names: map[string]struct{}{}}
	buffer := func(w io.Writer) io.Writer {
		if w == nil {
			return nil
		}
		b := bufio.NewWriterSize(w, 1<<16)
		r.buffers = append(r.buffers, b)
		return b
	}
	r.out = Outputs{buffer(out.Clusters), buffer(out.Alerts), buffer(out.Incidents), out.Bad}
	e.closed = func(i *incident) { r.closed = append(r.closed, outcomeOf(i)) }
	return r
}

func (r *replay) run(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 1<<16)
	for number := 1; ; number++ {
		line, err := readLine(lines)
		if len(line) > 0 || err == nil {
			if err := r.line(number, line); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return r.finish()
		case err != nil:
			return fmt.Errorf("read line %d: %w", number, err)
		case number%1024 == 0 && ctx.Err() != nil:
			return ctx.Err()
		}
	}
}

// line takes in one line; its error is one of writing.
func (r *replay) line(number int, line []byte) error {
	report, err := parseLine(line)
	if err == nil {
		id := hash(report.ExternalID)
		if _, ok := r.seen[id]; ok {
			err = fmt.Errorf("the id %q was there before", report.ExternalID)
		}
		r.seen[id] = struct{}{}
	}
	if err != nil {
		r.summary.Bad++
		if r.out.Bad == nil {
			return nil
		}
		_, err = fmt.Fprintf(r.out.Bad, "line %d skipped: %v\n", number, err)
		return err
	}
	r.summary.Reports++
	d := r.engine.Add(report)
	clear(r.engine.moved) // nobody drains them
	for _, a := range d.Alerts {
		if err := r.alert(a); err != nil {
			return err
		}
	}
	r.waiting = append(r.waiting, row{report.ExternalID, d.post})
	return r.settled(r.engine.now - int64(r.engine.cfg.Window/time.Second))
}

func (r *replay) alert(a Alert) error {
	if a.Tier == tocsin.TierRing {
		r.summary.Rings++
	} else {
		r.summary.Whispers++
	}
	return writeJSON(r.out.Alerts, struct {
		At       time.Time `json:"at"`
		Tier     string    `json:"tier"`
		Kind     string    `json:"kind"`
		Incident string    `json:"incident"`
		Reports  []string  `json:"reports"`
	}{a.At, string(a.Tier), string(a.Kind), a.Incident, a.Reports})
}

// settled writes the reports that left the window: nothing will change their
// clusters any more.
func (r *replay) settled(before int64) error {
	n := 0
	for n < len(r.waiting) && r.waiting[n].post.at < before {
		if err := r.write(r.waiting[n]); err != nil {
			return err
		}
		n++
	}
	r.waiting = r.waiting[n:]
	return nil
}

func (r *replay) write(w row) error {
	c := w.post.cluster.root()
	if !c.counted {
		c.counted = true
		r.summary.Clusters++
	}
	if r.out.Clusters == nil {
		return nil
	}
	_, err := fmt.Fprintf(r.out.Clusters, "%s\t%s\t%s\n", oneField(w.id), oneField(c.key), w.post.reason)
	return err
}

// oneField keeps a strange id from breaking a line apart.
func oneField(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return ' '
		}
		return r
	}, s)
}

func (r *replay) finish() error {
	for _, w := range r.waiting {
		if err := r.write(w); err != nil {
			return err
		}
	}
	for _, i := range r.engine.open {
		r.engine.settleMembers(i)
		r.closed = append(r.closed, outcomeOf(i))
	}
	for _, o := range r.closed {
		if err := writeJSON(r.out.Incidents, o); err != nil {
			return err
		}
	}
	for _, b := range r.buffers {
		if err := b.Flush(); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

func outcomeOf(i *incident) outcome {
	o := outcome{Incident: i.key, Kind: string(i.kind), Members: []string{}, Recipients: []string{}}
	for _, m := range i.members {
		o.Members = append(o.Members, m.external())
		if m.sure {
			o.Recipients = append(o.Recipients, m.external())
		}
	}
	return o
}

func writeJSON(w io.Writer, v any) error {
	if w == nil {
		return nil
	}
	line, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
