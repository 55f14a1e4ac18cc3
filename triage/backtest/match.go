package backtest

import (
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// match gives each incident the page that lies nearest to one of its bells, if it
// is within the window, and each of its bells the lead over that page. Pages are in
// order. Nothing but time is compared: what a page was about is not known.
func match(incidents []Incident, pages []Page, window time.Duration) {
	for n := range incidents {
		i := &incidents[n]
		best := window + 1
		for _, b := range i.bells() {
			page, apart := nearest(pages, b.At)
			if apart < best {
				best, i.Page = apart, page
			}
		}
		if i.Page == nil {
			continue
		}
		for _, b := range i.bells() {
			lead := tocsin.Duration(i.Page.At.Sub(b.At))
			b.Lead = &lead
		}
	}
}

// nearest gives the page that lies nearest to a time, the earlier of two.
func nearest(pages []Page, at time.Time) (*Page, time.Duration) {
	n, _ := slices.BinarySearchFunc(pages, at, func(p Page, at time.Time) int { return p.At.Compare(at) })
	var best *Page
	var apart time.Duration
	for _, k := range []int{n - 1, n} {
		if k < 0 || k >= len(pages) {
			continue
		}
		if d := pages[k].At.Sub(at).Abs(); best == nil || d < apart {
			best, apart = &pages[k], d
		}
	}
	if best == nil {
		return nil, 1<<63 - 1
	}
	return best, apart
}

// hear lists for each page what users said around it.
func hear(pages []Page, incidents []Incident, past *Past, window time.Duration) []Heard {
	heard := make([]Heard, len(pages))
	for n, p := range pages {
		heard[n] = Heard{Page: p, Reports: past.within(p.At.Add(-window), p.At.Add(window)), Incidents: []string{}}
		for k := range incidents {
			near := func(b *Bell) bool { return b.At.Sub(p.At).Abs() <= window }
			if slices.ContainsFunc(incidents[k].bells(), near) {
				heard[n].Incidents = append(heard[n].Incidents, incidents[k].Key)
			}
		}
	}
	return heard
}

// chance is the share of a time that lies within the window of some page.
func chance(pages []Page, from, until time.Time, window time.Duration) float64 {
	if !until.After(from) {
		return 0
	}
	var covered time.Duration
	end := from
	for _, p := range pages {
		begin, last := later(p.At.Add(-window), end), earlier(p.At.Add(window), until)
		if last.After(begin) {
			covered += last.Sub(begin)
			end = last
		}
	}
	return float64(covered) / float64(until.Sub(from))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// inside keeps the pages that lie within the window of the time that the reports
// cover, and counts the others.
func inside(pages []Page, from, until time.Time, window time.Duration) ([]Page, int) {
	kept := slices.DeleteFunc(slices.Clone(pages), func(p Page) bool {
		return p.At.Before(from.Add(-window)) || p.At.After(until.Add(window))
	})
	return kept, len(pages) - len(kept)
}
