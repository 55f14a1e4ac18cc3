package oncall

import (
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// Most is the longest span that can be asked for at once.
const Most = 400 * 24 * time.Hour

// Shifts gives who is on call from one moment to another, without holes: a shift
// without a person is a gap. It returns CodeInvalid for a span that ends before it
// begins or is longer than Most.
func (r *Rota) Shifts(from, to time.Time) ([]tocsin.Shift, error) {
	if !from.Before(to) || to.Sub(from) > Most {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "Ask for a span that begins before it ends and is at most %d days long.", int(Most.Hours()/24))
	}
	edges := []time.Time{from}
	for n := range r.layers {
		edges = append(edges, r.layers[n].edges(from, to)...)
	}
	for _, o := range r.overrides {
		for _, t := range []time.Time{o.From, o.To} {
			if t.After(from) && t.Before(to) {
				edges = append(edges, t)
			}
		}
	}
	slices.SortFunc(edges, time.Time.Compare)
	var shifts []tocsin.Shift
	for _, t := range edges {
		s := r.At(t)
		s.From, s.To = t.UTC(), to.UTC()
		if len(shifts) > 0 {
			last := &shifts[len(shifts)-1]
			if last.Person == s.Person && last.Layer == s.Layer && last.Override == s.Override {
				continue
			}
			last.To = s.From
		}
		shifts = append(shifts, s)
	}
	return slices.DeleteFunc(shifts, func(s tocsin.Shift) bool { return !s.From.Before(s.To) }), nil
}

// Gaps gives the spans in which nobody is on call.
func (r *Rota) Gaps(from, to time.Time) ([]tocsin.Shift, error) {
	shifts, err := r.Shifts(from, to)
	return slices.DeleteFunc(shifts, func(s tocsin.Shift) bool { return s.Person != "" }), err
}

// Idle names the layers of which nobody is ever on call in a span: another layer
// lies over them, or their hours never come.
func (r *Rota) Idle(from, to time.Time) ([]string, error) {
	shifts, err := r.Shifts(from, to)
	var idle []string
	for n := range r.layers {
		name := r.layers[n].name
		if !slices.ContainsFunc(shifts, func(s tocsin.Shift) bool { return s.Layer == name }) {
			idle = append(idle, name)
		}
	}
	return idle, err
}
