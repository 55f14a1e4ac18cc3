package oncall

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// Rota is a schedule with its overrides, ready to be asked. It does not change, and
// may be asked by many at once.
type Rota struct {
	name      string
	layers    []layer
	overrides []tocsin.Override
}

// New makes a rota. Overrides of other schedules are left out. It returns
// CodeInvalid, with every fault that Check finds.
func New(s tocsin.Schedule, overrides []tocsin.Override) (*Rota, error) {
	if err := Refuse(fmt.Sprintf("The schedule %q", s.Name), Check(s)); err != nil {
		return nil, err
	}
	r := &Rota{name: s.Name}
	for _, l := range s.Layers {
		r.layers = append(r.layers, ready(s, l))
	}
	for _, o := range overrides {
		if o.Schedule == s.Name {
			r.overrides = append(r.overrides, o)
		}
	}
	slices.SortStableFunc(r.overrides, func(a, b tocsin.Override) int { return cmp.Compare(a.ID, b.ID) })
	return r, nil
}

// ready reads a layer that was checked.
func ready(s tocsin.Schedule, l tocsin.Layer) layer {
	made := layer{name: l.Name, people: l.People, except: days(s.Holidays, l.Except), only: days(s.Holidays, l.Only)}
	made.loc, _ = Zone(or(l.Zone, s.Zone))
	begin, _ := parseDate(l.Start)
	handoff, _ := parseClock(or(l.Handoff, defaultHandoff))
	made.start = begin*day + handoff
	made.every, _ = parseEvery(or(l.Every, defaultEvery))
	made.always = len(l.Hours) == 0 && len(l.Except) == 0 && len(l.Only) == 0
	if made.hours = wholeDays(); len(l.Hours) > 0 {
		made.hours = nil
	}
	for _, h := range l.Hours {
		some, _ := parseHours(h)
		made.hours = append(made.hours, some)
	}
	return made
}

// At gives who is on call at a moment, and why: its person is empty where nobody
// is. Its span is left open.
func (r *Rota) At(t time.Time) tocsin.Shift {
	now := tocsin.Shift{Schedule: r.name}
	for n := range r.layers {
		if person, covers := r.layers[n].at(t); covers {
			now.Person, now.Layer = person, r.layers[n].name
			break
		}
	}
	for n := range r.overrides {
		o := &r.overrides[n]
		if !t.Before(o.From) && t.Before(o.To) && (o.Instead == "" || o.Instead == now.Person) {
			now.Person, now.Override = o.Person, o.ID
		}
	}
	return now
}
