package backtest

import (
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// month is what budgets are counted in.
const month = 30 * 24 * time.Hour

// weigh counts the bells of matched incidents. The span is at least a day: what
// happened in an hour says nothing about a month.
func weigh(setting float64, incidents []Incident, span time.Duration) Trial {
	t := Trial{FalseRings: setting}
	var leads []tocsin.Duration
	for n := range incidents {
		i := &incidents[n]
		if i.Whisper != nil {
			t.Whispers++
		}
		if i.Ring == nil {
			continue
		}
		t.Rings++
		if i.Ring.Lead == nil {
			t.Unmatched++
			continue
		}
		t.Matched++
		leads = append(leads, *i.Ring.Lead)
	}
	t.Monthly = float64(t.Unmatched) * float64(month) / float64(max(span, 24*time.Hour))
	t.MedianLead = median(leads)
	return t
}

// median is the middle one, the earlier of two: no lead is made up.
func median(leads []tocsin.Duration) *tocsin.Duration {
	if len(leads) == 0 {
		return nil
	}
	slices.Sort(leads)
	return &leads[(len(leads)-1)/2]
}

// rang tells whether any setting rang at all.
func rang(trials []Trial) bool {
	return slices.ContainsFunc(trials, func(t Trial) bool { return t.Rings > 0 })
}

// propose gives the loudest setting whose unmatched rings stay within a budget. A
// past in which nothing rang proposes nothing.
func propose(trials []Trial, budget float64) *float64 {
	var best *float64
	if !rang(trials) {
		return nil
	}
	for n := range trials {
		if t := &trials[n]; t.Monthly <= budget && (best == nil || t.FalseRings > *best) {
			best = &t.FalseRings
		}
	}
	return best
}
