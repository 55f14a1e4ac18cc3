package oncall

import (
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// layer is a rotation, ready to be asked.
type layer struct {
	name   string
	loc    *time.Location
	people []string
	start  wall // when the first shift begins
	every  wall
	always bool // it has neither hours nor holidays
	hours  []hours
	except map[wall]bool
	only   map[wall]bool // nil: every day
}

// allowed tells whether the layer covers what begins on a day since 1970.
func (l *layer) allowed(d wall) bool { return !l.except[d] && (l.only == nil || l.only[d]) }

// at gives who has the turn at t, and whether the layer covers t at all.
func (l *layer) at(t time.Time) (person string, covers bool) {
	turn := l.turn(t)
	if turn < 0 || len(l.people) == 0 {
		return "", false
	}
	if !l.always {
		if _, in := within(l.hours, l.loc, t, l.allowed); !in {
			return "", false
		}
	}
	return l.people[int(turn)%len(l.people)], true
}

// turn counts the shifts that have ended by t; below zero none has begun.
func (l *layer) turn(t time.Time) wall {
	now := shown(l.loc, t)
	turn := floor(now-l.start, l.every)
	for reached(l.loc, l.start+(turn+1)*l.every, t, now) {
		turn++ // the clocks were turned back after this hand-off
	}
	return turn
}

// edges are the instants between from and to at which the layer's answer may change.
func (l *layer) edges(from, to time.Time) []time.Time {
	var found []time.Time
	add := func(w wall) {
		if t := first(l.loc, w); t.After(from) && t.Before(to) {
			found = append(found, t)
		}
	}
	last := shown(l.loc, to) + day
	for turn := max(l.turn(from), 0); l.start+turn*l.every <= last; turn++ {
		add(l.start + turn*l.every)
	}
	if !l.always {
		spans(l.hours, floor(shown(l.loc, from), day)-2, floor(last, day)+1, l.allowed, func(from, to wall) bool {
			add(from)
			add(to)
			return false
		})
	}
	return found
}

// days gathers the days of the holidays of some names; nil for no names.
func days(all []tocsin.Holidays, names []string) map[wall]bool {
	if len(names) == 0 {
		return nil
	}
	found := map[wall]bool{}
	for _, h := range all {
		if !slices.Contains(names, h.Name) {
			continue
		}
		for _, text := range h.Days {
			d, _ := parseDate(text) // it was checked
			found[d] = true
		}
	}
	return found
}
