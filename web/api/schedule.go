package api

import (
	"context"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// listSchedules gives schedules by name.
func (a *API) listSchedules(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Schedule], error) {
	rows, err := a.Store.Schedules(ctx)
	if err != nil {
		return List[tocsin.Schedule]{}, err
	}
	return cut(rows, *in, func(s tocsin.Schedule) string { return s.Name })
}

// showSchedule gives one schedule.
func (a *API) showSchedule(ctx context.Context, _ tocsin.Token, in *ByName) (tocsin.Schedule, error) {
	return a.Store.Schedule(ctx, in.Name)
}

// putSchedule replaces the whole schedule; its overrides stay.
func (a *API) putSchedule(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body tocsin.Schedule
},
) (tocsin.Schedule, error) {
	if err := in.agree(in.Body.Name); err != nil {
		return tocsin.Schedule{}, err
	}
	if err := a.Rotas.CheckSchedule(ctx, in.Body); err != nil {
		return tocsin.Schedule{}, err
	}
	return in.Body, a.changed(ctx, by, "put schedule", in.Name, a.Store.PutSchedule(ctx, in.Body))
}

// deleteSchedule refuses while a policy calls it.
func (a *API) deleteSchedule(ctx context.Context, by tocsin.Token, in *ByName) error {
	if err := a.unused(ctx, func(t tocsin.Target) bool { return t.Schedule == in.Name }, in.Name); err != nil {
		return err
	}
	return a.changed(ctx, by, "delete schedule", in.Name, a.Store.DeleteSchedule(ctx, in.Name))
}

// Span is a stretch of time that is asked about.
type Span struct {
	From time.Time `query:"from" doc:"Now, if left out"`
	To   time.Time `query:"to" doc:"Four weeks after from, if left out"`
}

// whole fills in what was left out.
func (s Span) whole(now time.Time) (from, to time.Time) {
	from, to = s.From, s.To
	if from.IsZero() {
		from = now
	}
	if to.IsZero() {
		to = from.Add(28 * 24 * time.Hour)
	}
	return from, to
}

// onCall gives who is on call in each schedule.
func (a *API) onCall(ctx context.Context, _ tocsin.Token, in *struct {
	At time.Time `query:"at" doc:"Now, if left out"`
},
) (List[tocsin.Shift], error) {
	if in.At.IsZero() {
		in.At = a.Now()
	}
	shifts, err := a.Rotas.OnCall(ctx, in.At)
	return listed(shifts, "", err)
}

// listShifts gives who is on call in a schedule over a span, its gaps too.
func (a *API) listShifts(ctx context.Context, _ tocsin.Token, in *struct {
	ByName
	Span
},
) (List[tocsin.Shift], error) {
	from, to := in.whole(a.Now())
	shifts, err := a.Rotas.Shifts(ctx, in.Name, from, to)
	return listed(shifts, "", err)
}

// showOutlook gives what is wrong with a schedule over a span.
func (a *API) showOutlook(ctx context.Context, _ tocsin.Token, in *struct {
	ByName
	Span
},
) (tocsin.Outlook, error) {
	from, to := in.whole(a.Now())
	return a.Rotas.Outlook(ctx, in.Name, from, to)
}

// Feed is the address of a calendar.
type Feed struct {
	URL string `json:"url" doc:"For calendar programs; whoever knows it can read it"`
}

func (a *API) scheduleFeed(ctx context.Context, _ tocsin.Token, in *ByName) (Feed, error) {
	_, err := a.Store.Schedule(ctx, in.Name)
	return Feed{a.Rotas.Feed("schedules", in.Name)}, err
}

func (a *API) personFeed(ctx context.Context, _ tocsin.Token, in *ByName) (Feed, error) {
	_, err := a.Store.Person(ctx, in.Name)
	return Feed{a.Rotas.Feed("people", in.Name)}, err
}

// listOverrides gives the overrides of a schedule that have not ended.
func (a *API) listOverrides(ctx context.Context, _ tocsin.Token, in *struct {
	ByName
	Paging
},
) (List[tocsin.Override], error) {
	if _, err := a.Store.Schedule(ctx, in.Name); err != nil {
		return List[tocsin.Override]{}, err
	}
	rows, err := a.Store.Overrides(ctx, in.Name, a.Now())
	if err != nil {
		return List[tocsin.Override]{}, err
	}
	return cut(rows, in.Paging, func(o tocsin.Override) string { return ordinal(o.ID) })
}

// addOverride puts somebody on call for a while.
func (a *API) addOverride(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body struct {
		Person  string    `json:"person" minLength:"1"`
		Instead string    `json:"instead,omitempty" doc:"Only while this person would be on call"`
		From    time.Time `json:"from,omitzero" doc:"Now, if left out"`
		To      time.Time `json:"to"`
		Reason  string    `json:"reason,omitempty" maxLength:"500"`
	}
},
) (tocsin.Override, error) {
	o := tocsin.Override{
		Schedule: in.Name, Person: in.Body.Person, Instead: in.Body.Instead, From: in.Body.From, To: in.Body.To, Reason: in.Body.Reason, By: by.User,
	}
	if o.From.IsZero() {
		o.From = a.Now()
	}
	made, err := a.Rotas.Override(ctx, []tocsin.Override{o})
	if err != nil {
		return o, err
	}
	return made[0], a.changed(ctx, by, "override", in.Name, nil)
}

// swap exchanges two shifts.
func (a *API) swap(ctx context.Context, by tocsin.Token, in *struct {
	ByName
	Body struct {
		First  time.Time `json:"first" doc:"A moment in one of the shifts"`
		Second time.Time `json:"second" doc:"A moment in the other"`
		Reason string    `json:"reason,omitempty" maxLength:"500"`
	}
},
) (List[tocsin.Override], error) {
	made, err := a.Rotas.Swap(ctx, by.User, in.Name, in.Body.First, in.Body.Second, in.Body.Reason)
	return listed(made, "", a.changed(ctx, by, "swap", in.Name, err))
}

// deleteOverride takes an override back.
func (a *API) deleteOverride(ctx context.Context, by tocsin.Token, in *ByID) error {
	return a.changed(ctx, by, "delete override", strconv.FormatInt(in.ID, 10), a.Store.DeleteOverride(ctx, in.ID))
}
