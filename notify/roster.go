package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify/oncall"
)

// roster is who can be called at one moment: the people there are, and who of them
// is on call in the schedules that a policy names.
type roster struct {
	now    time.Time
	people []tocsin.Person
	duty   map[string]duty // by schedule
}

// duty is who is on call in a schedule; why says so when nobody is.
type duty struct{ person, why string }

// call is one way by which somebody is to be reached.
type call struct {
	target tocsin.Target
	after  time.Duration // after the step began
	quiet  time.Time     // not before; zero: at once
}

// roster looks up whom a policy's targets stand for now. A policy of channels alone
// needs nobody to be looked up.
func (o Options) roster(ctx context.Context, policy tocsin.Policy) (roster, error) {
	r := roster{now: o.Now(), duty: map[string]duty{}}
	targets := allTargets(policy)
	if !slices.ContainsFunc(targets, func(t tocsin.Target) bool { return t.Channel == "" }) {
		return r, nil
	}
	var err error
	if r.people, err = o.Store.People(ctx); err != nil {
		return r, fmt.Errorf("list people: %w", err)
	}
	for _, t := range targets {
		if _, known := r.duty[t.Schedule]; known || t.Schedule == "" {
			continue
		}
		if r.duty[t.Schedule], err = o.onDuty(ctx, t.Schedule); err != nil {
			return r, err
		}
	}
	return r, nil
}

// onDuty asks a schedule. One that is gone or cannot be read leaves nobody on call,
// which is said and does not stop the page.
func (o Options) onDuty(ctx context.Context, name string) (duty, error) {
	s, err := o.Store.Schedule(ctx, name)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return duty{why: "There is no schedule " + name}, nil
	}
	if err != nil {
		return duty{}, fmt.Errorf("read schedule: %w", err)
	}
	now := o.Now()
	overrides, err := o.Store.Overrides(ctx, name, now)
	if err != nil {
		return duty{}, fmt.Errorf("read overrides: %w", err)
	}
	rota, err := oncall.New(s, overrides)
	if err != nil {
		return duty{why: fmt.Sprintf("The schedule %s cannot be read", name)}, nil //nolint:nilerr // nobody is on call, and the timeline says so
	}
	if at := rota.At(now); at.Person != "" {
		return duty{person: at.Person}, nil
	}
	return duty{why: "Nobody is on call in " + name}, nil
}

func allTargets(policy tocsin.Policy) []tocsin.Target {
	targets := slices.Clone(policy.Whisper)
	for _, s := range policy.Steps {
		targets = append(targets, s.Targets...)
	}
	return targets
}

// calls turns a target into ways to reach people. Each why is a sentence about
// somebody who cannot be reached.
func (r roster) calls(t tocsin.Target, bell tocsin.Tier, i tocsin.Incident, quiet *tocsin.Quiet) (calls []call, whys []string) {
	switch {
	case t.Channel != "":
		return []call{{target: tocsin.Target{Channel: t.Channel, To: t.To, Person: t.Person}}}, nil
	case t.Schedule != "":
		d := r.duty[t.Schedule]
		if d.person == "" {
			return nil, []string{d.why}
		}
		return r.person(d.person, bell, i, quiet)
	case t.Person != "":
		return r.person(t.Person, bell, i, quiet)
	}
	for _, p := range r.people {
		if t.Everyone || slices.Contains(p.Groups, t.Group) {
			some, why := r.person(p.Name, bell, i, quiet)
			calls, whys = append(calls, some...), append(whys, why...)
		}
	}
	if len(calls)+len(whys) == 0 {
		whys = []string{fmt.Sprintf("There is nobody in %s", t)}
	}
	return calls, whys
}

// person is each contact of one person that fits, with its time.
func (r roster) person(name string, bell tocsin.Tier, i tocsin.Incident, quiet *tocsin.Quiet) ([]call, []string) {
	n := slices.IndexFunc(r.people, func(p tocsin.Person) bool { return p.Name == name })
	if n < 0 {
		return nil, []string{"Nobody is called " + name}
	}
	p := r.people[n]
	ways := oncall.Ways(p, bell, i.Severity)
	if len(ways) == 0 {
		return nil, []string{name + " has no contact"}
	}
	until := quietUntil(quiet, p, bell, i, r.now)
	calls := make([]call, len(ways))
	for k, w := range ways {
		calls[k] = call{tocsin.Target{Channel: w.Contact.Channel, To: w.Contact.To, Person: name}, w.After, until}
	}
	return calls, nil
}

// quietUntil is how long a mild incident leaves a person in peace; zero: not at all.
// A whisper wakes nobody, so that it need not wait.
func quietUntil(quiet *tocsin.Quiet, p tocsin.Person, bell tocsin.Tier, i tocsin.Incident, now time.Time) time.Time {
	if quiet == nil || bell != tocsin.TierRing {
		return time.Time{}
	}
	return oncall.Until(*quiet, p.Zone, i.Severity, now)
}
