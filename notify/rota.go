package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify/oncall"
)

// Rotas answers who is on call, and lets people arrange it among themselves. Its
// errors are for the person who asked: CodeInvalid, CodeNotFound, CodeConflict.
type Rotas struct{ Options }

// NewRotas makes Rotas.
func NewRotas(o Options) *Rotas { return &Rotas{o.withDefaults()} }

// lookAround is how far the ends of a shift are looked for.
const lookAround = 15 * 24 * time.Hour

// OnCall gives who is on call in each schedule at a moment, with the ends of their
// shift as far as they lie within two weeks. A shift without a person is a gap.
func (r *Rotas) OnCall(ctx context.Context, at time.Time) ([]tocsin.Shift, error) {
	schedules, err := r.Store.Schedules(ctx)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	now := make([]tocsin.Shift, len(schedules))
	for n, s := range schedules {
		shift, err := r.shiftAt(ctx, s, at)
		if err != nil {
			r.Log.ErrorContext(ctx, "schedule cannot be read", "schedule", s.Name, "err", err)
			shift = tocsin.Shift{Schedule: s.Name, From: at, To: at} // a gap: nobody can be called
		}
		now[n] = shift
	}
	return now, nil
}

// shiftAt gives the shift of a schedule that lasts at a moment.
func (r *Rotas) shiftAt(ctx context.Context, s tocsin.Schedule, at time.Time) (tocsin.Shift, error) {
	rota, err := r.rota(ctx, s, at.Add(-lookAround))
	if err != nil {
		return tocsin.Shift{}, err
	}
	shifts, err := rota.Shifts(at.Add(-lookAround), at.Add(lookAround))
	if err != nil {
		return tocsin.Shift{}, err
	}
	n := slices.IndexFunc(shifts, func(s tocsin.Shift) bool { return at.Before(s.To) })
	return shifts[n], nil
}

func (r *Rotas) rota(ctx context.Context, s tocsin.Schedule, since time.Time) (*oncall.Rota, error) {
	overrides, err := r.Store.Overrides(ctx, s.Name, since)
	if err != nil {
		return nil, fmt.Errorf("read overrides: %w", err)
	}
	return oncall.New(s, overrides)
}

// Shifts gives who is on call in a schedule from one moment to another, its gaps too.
func (r *Rotas) Shifts(ctx context.Context, schedule string, from, to time.Time) ([]tocsin.Shift, error) {
	s, err := r.Store.Schedule(ctx, schedule)
	if err != nil {
		return nil, err
	}
	rota, err := r.rota(ctx, s, from)
	if err != nil {
		return nil, err
	}
	return rota.Shifts(from, to)
}

// Outlook looks ahead for what is wrong with a schedule: spans in which nobody is on
// call, or somebody whom nothing can reach, and layers of which nobody ever is.
func (r *Rotas) Outlook(ctx context.Context, schedule string, from, to time.Time) (tocsin.Outlook, error) {
	s, err := r.Store.Schedule(ctx, schedule)
	if err != nil {
		return tocsin.Outlook{}, err
	}
	rota, err := r.rota(ctx, s, from)
	if err != nil {
		return tocsin.Outlook{}, err
	}
	shifts, err := rota.Shifts(from, to)
	if err != nil {
		return tocsin.Outlook{}, err
	}
	idle, err := rota.Idle(from, to)
	if err != nil {
		return tocsin.Outlook{}, err
	}
	people, err := r.Store.People(ctx)
	if err != nil {
		return tocsin.Outlook{}, fmt.Errorf("list people: %w", err)
	}
	look := tocsin.Outlook{Schedule: schedule, From: from, To: to, Idle: idle}
	for _, shift := range shifts {
		n := slices.IndexFunc(people, func(p tocsin.Person) bool { return p.Name == shift.Person })
		switch {
		case shift.Person == "":
			look.Gaps = append(look.Gaps, shift)
		case n < 0 || len(people[n].Contacts) == 0:
			look.Unreached = append(look.Unreached, shift)
		}
	}
	return look, nil
}
