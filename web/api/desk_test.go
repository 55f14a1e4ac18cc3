package api_test

import (
	"context"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// memory is the real store, as far as the tests fill it and the desk changes it.
type memory interface {
	api.Store
	CommitBatch(ctx context.Context, channel, was string, b tocsin.Batch) ([]int64, error)
	CommitTriage(ctx context.Context, t tocsin.Triaged) error
	ChangeIncident(ctx context.Context, id int64, change func(*tocsin.Incident) (tocsin.Effects, error)) (tocsin.Incident, error)
	Assign(ctx context.Context, report, incident int64, sure bool, actor string) error
	AddCheck(ctx context.Context, c tocsin.Check) (tocsin.Check, error)
	AddUpdate(ctx context.Context, u tocsin.Update, e tocsin.Effects) (tocsin.Update, error)
	ChangeUpdate(ctx context.Context, id int64, change func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error)
	Freeze(ctx context.Context, id, turn int64, ds []tocsin.Delivery, change func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error)
	ChangeDelivery(ctx context.Context, id int64, change func(*tocsin.Delivery) (tocsin.Effects, error)) (tocsin.Delivery, error)
	AddOverrides(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error)
	ChangeNotice(ctx context.Context, id int64, change func(*tocsin.Notice) (tocsin.Effects, error)) (tocsin.Notice, error)
	OpenPage(ctx context.Context, p tocsin.Page, notices []tocsin.Notice, e tocsin.Effects) (tocsin.Page, bool, error)
	ChangePage(ctx context.Context, id int64, change func(*tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error)) (tocsin.Page, error)
}

// desk decides as simply as the words of the house allow: what is legal there is
// allowed here. Policy is tested where it lives.
type desk struct {
	memory
	now func() time.Time

	mu       sync.Mutex
	approved []tocsin.Approval
	// onApprove, when set, runs in the midst of an approval.
	onApprove func(context.Context) error
}

func none[T any](change func(*T) error) func(*T) (tocsin.Effects, error) {
	return func(v *T) (tocsin.Effects, error) { return tocsin.Effects{}, change(v) }
}

func (d *desk) Verdict(ctx context.Context, r tocsin.Ruling) (tocsin.Incident, error) {
	return d.ChangeIncident(ctx, r.Incident, none(func(i *tocsin.Incident) error {
		return i.Judge(r.Verdict, r.Reason, r.DuplicateOf, d.now())
	}))
}

func (d *desk) Phase(ctx context.Context, _ string, id int64, p tocsin.Phase) (tocsin.Incident, error) {
	return d.ChangeIncident(ctx, id, none(func(i *tocsin.Incident) error { return i.MoveTo(p) }))
}

func (d *desk) Cause(ctx context.Context, _ string, id int64, c tocsin.Cause) (tocsin.Incident, error) {
	return d.ChangeIncident(ctx, id, none(func(i *tocsin.Incident) error { return i.Blame(c) }))
}

func (d *desk) Check(ctx context.Context, c tocsin.Check) (tocsin.Check, error) {
	c.At = d.now()
	return d.AddCheck(ctx, c)
}

func (d *desk) Attach(ctx context.Context, actor string, report, incident int64) error {
	return d.Assign(ctx, report, incident, true, actor)
}

func (d *desk) Detach(ctx context.Context, actor string, report int64) error {
	return d.Assign(ctx, report, 0, false, actor)
}

func (d *desk) Owed(ctx context.Context, incident int64) ([]tocsin.Recipient, error) {
	members, err := d.Members(ctx, incident)
	var owed []tocsin.Recipient
	for _, m := range members {
		owed = append(owed, tocsin.Recipient{Reporter: m.Report.Reporter, Channel: m.Report.Channel, Report: m.Report.ID})
	}
	return owed, err
}

func (d *desk) Close(ctx context.Context, _ string, id int64, waivers []tocsin.Waiver) (tocsin.Incident, error) {
	owed, err := d.Owed(ctx, id)
	if err != nil {
		return tocsin.Incident{}, err
	}
	if len(waivers) < len(owed) {
		return tocsin.Incident{}, tocsin.Errorf(tocsin.CodeConflict, "%d are owed an answer.", len(owed))
	}
	return d.ChangeIncident(ctx, id, none(func(i *tocsin.Incident) error { i.ClosedAt = d.now(); return nil }))
}

func (d *desk) Reopen(ctx context.Context, _ string, id int64, _ string) (tocsin.Incident, error) {
	return d.ChangeIncident(ctx, id, none(func(i *tocsin.Incident) error { i.ClosedAt = time.Time{}; return nil }))
}

func (d *desk) Draft(ctx context.Context, w tocsin.Draft) (tocsin.Update, error) {
	return d.AddUpdate(ctx, tocsin.Update{
		Incident: w.Incident, Kind: w.Kind, Text: w.Text, State: tocsin.UpdateDraft, Author: w.Actor,
		NextUpdateAt: w.NextUpdateAt, CreatedAt: d.now(), EditedAt: d.now(),
	}, tocsin.Effects{})
}

func (d *desk) Edit(ctx context.Context, actor string, id int64, text string, next time.Time) (tocsin.Update, error) {
	return d.ChangeUpdate(ctx, id, none(func(u *tocsin.Update) error {
		u.Text, u.NextUpdateAt, u.Author = text, next, actor
		return nil
	}))
}

func (d *desk) Preview(ctx context.Context, id int64) (tocsin.Preview, error) {
	u, err := d.Update(ctx, id)
	return tocsin.Preview{Update: u, Seen: seen(u), Told: []tocsin.Recipient{}}, err
}

func seen(u tocsin.Update) string { return strconv.Itoa(len(u.Text)) }

func (d *desk) Approve(ctx context.Context, a tocsin.Approval) (tocsin.Update, error) {
	d.mu.Lock()
	d.approved = append(d.approved, a)
	d.mu.Unlock()
	if d.onApprove != nil {
		if err := d.onApprove(ctx); err != nil {
			return tocsin.Update{}, err
		}
	}
	members, err := d.Members(ctx, 1)
	if err != nil {
		return tocsin.Update{}, err
	}
	var ds []tocsin.Delivery
	for _, m := range members {
		ds = append(ds, tocsin.Delivery{
			Update: a.Update, Incident: 1, Channel: m.Report.Channel, Report: m.Report.ID, Reporter: m.Report.Reporter,
			Key: "u" + strconv.FormatInt(a.Update, 10) + "." + m.Report.ExternalID, State: tocsin.DeliveryHeld,
		})
	}
	i, err := d.Incident(ctx, 1)
	if err != nil {
		return tocsin.Update{}, err
	}
	return d.Freeze(ctx, a.Update, i.Turn, ds, none(func(u *tocsin.Update) error {
		if a.Seen != seen(*u) {
			return tocsin.Errorf(tocsin.CodeConflict, "The text changed since you looked.")
		}
		u.Approver, u.ApprovedAt = a.Actor, d.now()
		return u.Move(tocsin.UpdateApproved)
	}))
}

func (d *desk) approvals() []tocsin.Approval {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.approved)
}

func (d *desk) move(ctx context.Context, id int64, to tocsin.UpdateState) (tocsin.Update, error) {
	return d.ChangeUpdate(ctx, id, none(func(u *tocsin.Update) error { return u.Move(to) }))
}

func (d *desk) Discard(ctx context.Context, _ string, id int64) (tocsin.Update, error) {
	return d.move(ctx, id, tocsin.UpdateDiscarded)
}

func (d *desk) Cancel(ctx context.Context, _ string, id int64) (tocsin.Update, error) {
	return d.move(ctx, id, tocsin.UpdateDraft)
}

func (d *desk) Stop(ctx context.Context, _ string, id int64, _ string) (tocsin.Update, error) {
	return d.move(ctx, id, tocsin.UpdateStopped)
}

func (d *desk) Resume(ctx context.Context, _ string, id int64) (tocsin.Update, error) {
	return d.move(ctx, id, tocsin.UpdateSending)
}

func (d *desk) settle(ctx context.Context, id int64, to tocsin.DeliveryState, reason string) (tocsin.Delivery, error) {
	return d.ChangeDelivery(ctx, id, none(func(line *tocsin.Delivery) error {
		line.Reason = reason
		return line.Move(to)
	}))
}

func (d *desk) Retry(ctx context.Context, _ string, id int64) (tocsin.Delivery, error) {
	return d.settle(ctx, id, tocsin.DeliveryPending, "")
}

func (d *desk) ByHand(ctx context.Context, _ string, id int64, note string) (tocsin.Delivery, error) {
	return d.settle(ctx, id, tocsin.DeliveryByHand, note)
}

func (d *desk) Skip(ctx context.Context, _ string, id int64, reason string) (tocsin.Delivery, error) {
	return d.settle(ctx, id, tocsin.DeliverySkipped, reason)
}

func (d *desk) Ack(ctx context.Context, actor string, page int64) (tocsin.Page, error) {
	return d.ChangePage(ctx, page, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		p.By, p.AckedAt = actor, d.now()
		return nil, tocsin.Effects{}, p.Move(tocsin.PageAcked)
	})
}

func (d *desk) AckIncident(ctx context.Context, actor string, incident int64) ([]tocsin.Page, error) {
	pages, _, err := d.Pages(ctx, tocsin.PageQuery{Incident: incident, State: tocsin.PageOpen})
	if err != nil {
		return nil, err
	}
	for i, p := range pages {
		if pages[i], err = d.Ack(ctx, actor, p.ID); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

func (d *desk) onPage(ctx context.Context, id int64, change func(*tocsin.Page) error) (tocsin.Page, error) {
	return d.ChangePage(ctx, id, func(p *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		return nil, tocsin.Effects{}, change(p)
	})
}

func (d *desk) Snooze(ctx context.Context, actor string, page int64, span time.Duration) (tocsin.Page, error) {
	return d.onPage(ctx, page, func(p *tocsin.Page) error {
		p.By, p.NextAt = actor, d.now().Add(span)
		return p.Move(tocsin.PageSnoozed)
	})
}

func (d *desk) NotUs(ctx context.Context, _ string, page int64, policy, _ string) (tocsin.Page, error) {
	return d.onPage(ctx, page, func(p *tocsin.Page) error { p.Policy = policy; return nil })
}

func (d *desk) EscalateNow(ctx context.Context, _ string, page int64) (tocsin.Page, error) {
	return d.onPage(ctx, page, func(p *tocsin.Page) error { p.Step++; return nil })
}

func (d *desk) CallEveryone(ctx context.Context, _ string, page int64) (tocsin.Page, error) {
	return d.onPage(ctx, page, func(p *tocsin.Page) error { p.By = ""; return nil })
}

// rotas has one person on call in every schedule, always.
type rotas struct{ memory }

func (r rotas) shift(name string, from, to time.Time) tocsin.Shift {
	return tocsin.Shift{Schedule: name, Person: "ana", From: from, To: to}
}

func (r rotas) OnCall(ctx context.Context, at time.Time) ([]tocsin.Shift, error) {
	schedules, err := r.Schedules(ctx)
	var all []tocsin.Shift
	for _, s := range schedules {
		all = append(all, r.shift(s.Name, at, at))
	}
	return all, err
}

func (r rotas) Shifts(ctx context.Context, schedule string, from, to time.Time) ([]tocsin.Shift, error) {
	_, err := r.Schedule(ctx, schedule)
	return []tocsin.Shift{r.shift(schedule, from, to)}, err
}

func (r rotas) Outlook(ctx context.Context, schedule string, from, to time.Time) (tocsin.Outlook, error) {
	_, err := r.Schedule(ctx, schedule)
	return tocsin.Outlook{Schedule: schedule, From: from, To: to}, err
}

func (r rotas) Override(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error) {
	for _, o := range all {
		if _, err := r.Schedule(ctx, o.Schedule); err != nil {
			return nil, err
		}
	}
	return r.AddOverrides(ctx, all)
}

func (r rotas) Swap(ctx context.Context, actor, schedule string, first, second time.Time, reason string) ([]tocsin.Override, error) {
	return r.Override(ctx, []tocsin.Override{{Schedule: schedule, Person: "ana", From: first, To: second, By: actor, Reason: reason}})
}

func (rotas) CheckSchedule(_ context.Context, s tocsin.Schedule) error { return refuseMars(s.Zone) }
func (rotas) CheckPerson(p tocsin.Person) error                        { return refuseMars(p.Zone) }

func (rotas) CheckPolicy(_ context.Context, p tocsin.Policy) error {
	if p.Quiet != nil {
		return refuseMars("Mars")
	}
	return nil
}

func refuseMars(zone string) error {
	if zone == "Mars" {
		return tocsin.Errorf(tocsin.CodeInvalid, "There is no zone on Mars.")
	}
	return nil
}

func (rotas) Feed(kind, name string) string { return "https://tocsin.test/" + kind + "/" + name }

// Accept stores what a channel received, as ingest does after cleaning it.
func (d *desk) Accept(ctx context.Context, channel string, b tocsin.Batch) (int, error) {
	added, err := d.CommitBatch(ctx, channel, "", b)
	return len(added), err
}
