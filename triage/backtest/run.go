package backtest

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
)

// Options are what a backtest is about.
type Options struct {
	Config triage.Config // as the bells are set today
	Areas  []tocsin.Area
	// Settings of Config.FalseRings that are tried beside that of Config.
	Settings []float64
	// Pages that another pager sent, in order; nil when they are not known.
	Pages  []Page
	Window time.Duration // how far a bell and a page may lie apart and still match
	Budget float64       // unmatched rings in 30 days that somebody puts up with
	// Step is told how many reports were judged, from several goroutines; may be nil.
	Step func(reports int)
	// Columns is how wide the chart may be, in characters; 72 when zero.
	Columns int
}

// Settings are tried when nobody names others.
func Settings() []float64 { return []float64{0.25, 0.5, 1, 2, 4, 8} }

// Trials are the settings that a backtest tries, the quietest first: each costs one
// pass over the reports.
func (o Options) trials() []float64 {
	all := append([]float64{o.Config.FalseRings}, o.Settings...)
	slices.Sort(all)
	return slices.Compact(all)
}

// Passes is how often the reports are judged.
func (o Options) Passes() int { return len(o.trials()) }

// passesAtOnce bounds the memory: each pass has an engine of its own.
const passesAtOnce = 4

// Run judges the past once for each setting, and compares what rings with the
// pages. It returns CodeInvalid for settings that triage refuses.
func Run(ctx context.Context, past *Past, o Options) (Result, error) {
	if err := past.Settle(); err != nil {
		return Result{}, err
	}
	from, until := past.span()
	pages, outside := inside(o.Pages, from, until, o.Window)
	settings := o.trials()
	found := make([][]Incident, len(settings))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(runtime.GOMAXPROCS(0), passesAtOnce))
	for n, setting := range settings {
		group.Go(func() (err error) {
			cfg := o.Config
			cfg.FalseRings = setting
			found[n], err = judge(ctx, past, cfg, o.Areas, o.Step)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Result{}, err
	}
	r := Result{
		From: from, Until: until, Reports: past.Len(), FalseRings: o.Config.FalseRings,
		PagesOutside: outside, Window: tocsin.Duration(o.Window), Chance: chance(pages, from, until, o.Window), Budget: o.Budget,
	}
	for n, incidents := range found {
		match(incidents, pages, o.Window)
		r.Trials = append(r.Trials, weigh(settings[n], incidents, until.Sub(from)))
		if settings[n] == o.Config.FalseRings {
			r.Incidents = incidents
		}
	}
	if len(pages) > 0 {
		r.Proposal = propose(r.Trials, o.Budget)
	}
	r.Pages = hear(pages, r.Incidents, past, o.Window)
	r.Chart = draw(past, r.Incidents, pages, o.Columns)
	return r, nil
}

// drainEvery bounds what the engine has to say at once.
const drainEvery = 64

// judge runs triage over the past.
func judge(ctx context.Context, past *Past, cfg triage.Config, areas []tocsin.Area, step func(int)) ([]Incident, error) {
	engine, err := triage.Load(cfg, areas)
	if err != nil {
		return nil, err
	}
	b := book{past: past, places: map[string]int{}, incidents: []Incident{}}
	n := 0
	for report, err := range past.All() {
		if err != nil {
			return nil, err
		}
		n++
		report.ID = int64(n)
		d := engine.Add(report)
		for _, a := range d.Alerts {
			if err := b.ring(a); err != nil {
				return nil, err
			}
		}
		if n%drainEvery != 0 && len(d.Alerts) == 0 {
			continue
		}
		_, sightings := engine.Drain()
		b.name(sightings)
		if n%drainEvery == 0 {
			if err := pause(ctx, step); err != nil {
				return nil, err
			}
		}
	}
	_, sightings := engine.Drain()
	b.name(sightings)
	return b.incidents, nil
}

// pause tells how far it is, and whether to go on.
func pause(ctx context.Context, step func(int)) error {
	if step != nil {
		step(drainEvery)
	}
	return ctx.Err()
}

// book writes down the incidents of one pass, in the order of their first bell.
type book struct {
	past      *Past
	places    map[string]int
	incidents []Incident
}

// ring notes a bell with the people behind it.
func (b *book) ring(a triage.Alert) error {
	n, ok := b.places[a.Incident]
	if !ok {
		n = len(b.incidents)
		b.places[a.Incident] = n
		b.incidents = append(b.incidents, Incident{Key: a.Incident})
	}
	bell := &Bell{At: a.At.UTC(), Reports: a.Reports, People: []string{}}
	seen := map[string]bool{}
	for _, id := range a.Reports {
		r, err := b.past.find(id)
		if err != nil {
			return fmt.Errorf("name who wrote: %w", err)
		}
		if !seen[r.Reporter.ID] {
			seen[r.Reporter.ID] = true
			bell.People = append(bell.People, nameOf(r.Reporter))
		}
	}
	i := &b.incidents[n]
	i.Kind = a.Kind
	if a.Tier == tocsin.TierRing {
		i.Ring = bell
	} else {
		i.Whisper = bell
	}
	return nil
}

func nameOf(r tocsin.Reporter) string {
	for _, name := range []string{r.Handle, r.Name} {
		if name != "" {
			return name
		}
	}
	return r.ID
}

// name notes what the incidents are about, as triage sees it by now.
func (b *book) name(sightings []tocsin.Sighting) {
	for _, s := range sightings {
		if n, ok := b.places[s.Key]; ok {
			i := &b.incidents[n]
			i.Kind, i.Title, i.Area = s.Kind, s.Title, s.Area
		}
	}
}
