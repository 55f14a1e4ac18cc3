package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify/oncall"
)

// Override puts people on call for a while. It returns CodeInvalid for a person who
// is not there or a span that has ended or does not begin before it ends.
func (r *Rotas) Override(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error) {
	for n, o := range all {
		if _, err := r.Store.Schedule(ctx, o.Schedule); err != nil {
			return nil, err
		}
		all[n].From, all[n].To = o.From.UTC().Truncate(time.Microsecond), o.To.UTC().Truncate(time.Microsecond)
		switch {
		case !o.From.Before(o.To):
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "The override must begin before it ends.")
		case !o.To.After(r.Now()):
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "The override would be over already. Give an end in the future.")
		case o.To.Sub(o.From) > oncall.Most:
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "An override lasts at most %d days. Change the schedule instead.", int(oncall.Most.Hours()/24))
		case o.Person == o.Instead:
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "%s cannot stand in for themself.", o.Person)
		}
		if err := r.known(ctx, o.Person, o.Instead); err != nil {
			return nil, err
		}
	}
	return r.Store.AddOverrides(ctx, all)
}

// Swap exchanges two shifts of a schedule: those that last at the two moments. It
// returns CodeConflict when there is nothing to exchange.
func (r *Rotas) Swap(ctx context.Context, actor, schedule string, first, second time.Time, reason string) ([]tocsin.Override, error) {
	s, err := r.Store.Schedule(ctx, schedule)
	if err != nil {
		return nil, err
	}
	a, err := r.shiftAt(ctx, s, first)
	if err != nil {
		return nil, err
	}
	b, err := r.shiftAt(ctx, s, second)
	if err != nil {
		return nil, err
	}
	if a.Person == "" || b.Person == "" || a.Person == b.Person {
		return nil, tocsin.Errorf(tocsin.CodeConflict, "There is nothing to exchange: %s is on call at the first moment and %s at the second.", somebody(a.Person), somebody(b.Person))
	}
	stand := func(shift tocsin.Shift, person string) tocsin.Override {
		return tocsin.Override{Schedule: schedule, Person: person, Instead: shift.Person, From: shift.From, To: shift.To, Reason: reason, By: actor}
	}
	return r.Override(ctx, []tocsin.Override{stand(a, b.Person), stand(b, a.Person)})
}

func somebody(name string) string {
	if name == "" {
		return "nobody"
	}
	return name
}

// known refuses names of people who are not there; "" is passed over.
func (r *Rotas) known(ctx context.Context, names ...string) error {
	people, err := r.Store.People(ctx)
	if err != nil {
		return fmt.Errorf("list people: %w", err)
	}
	var unknown []string
	for _, name := range names {
		if name != "" && !slices.ContainsFunc(people, func(p tocsin.Person) bool { return p.Name == name }) {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, "There is no person named %s. Add them first: tocsin people apply.", strings.Join(unknown, ", "))
	}
	return nil
}
