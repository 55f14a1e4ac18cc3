package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify/oncall"
)

// CheckSchedule refuses a schedule that cannot work, with every fault.
func (r *Rotas) CheckSchedule(ctx context.Context, s tocsin.Schedule) error {
	if _, err := oncall.New(s, nil); err != nil {
		return err
	}
	return r.known(ctx, oncall.People(s)...)
}

// CheckPerson refuses a person whom nothing could reach, with every fault.
func (r *Rotas) CheckPerson(p tocsin.Person) error {
	faults := oncall.CheckPerson(p)
	for n, c := range p.Contacts {
		if c.Channel != "" && r.channel(c.Channel).Pager == nil {
			faults = append(faults, oncall.Fault{
				Key: fmt.Sprintf("contacts[%d].channel", n), Text: fmt.Sprintf("The channel %q is not configured, or cannot carry a page.", c.Channel),
			})
		}
	}
	return oncall.Refuse(fmt.Sprintf("The person %q", p.Name), faults)
}

// CheckPolicy refuses targets that are not there, and quiet hours that make no sense.
func (r *Rotas) CheckPolicy(ctx context.Context, p tocsin.Policy) error {
	if p.Quiet != nil {
		if err := oncall.Refuse("The quiet hours", oncall.CheckQuiet(*p.Quiet)); err != nil {
			return err
		}
	}
	for _, t := range allTargets(p) {
		if err := t.Refuse(); err != nil {
			return err
		}
		if t.Schedule != "" {
			if _, err := r.Store.Schedule(ctx, t.Schedule); tocsin.CodeOf(err) == tocsin.CodeNotFound {
				return tocsin.Errorf(tocsin.CodeInvalid, "There is no schedule %q. Make it first: tocsin schedules apply.", t.Schedule)
			} else if err != nil {
				return err
			}
		}
		if err := r.known(ctx, t.Person); err != nil {
			return err
		}
	}
	return nil
}
