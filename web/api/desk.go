package api

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// Desk takes the decisions of people. Each call names who decides; each gives the
// row as it is afterwards, CodeNotFound for a missing one, CodeConflict when its
// state does not allow the change, and CodeInvalid for input that must be mended.
type Desk interface {
	incidentDesk
	memberDesk
	updateDesk
	broadcastDesk
	ledgerDesk
}

type incidentDesk interface {
	Verdict(ctx context.Context, r tocsin.Ruling) (tocsin.Incident, error)
	Phase(ctx context.Context, actor string, incident int64, p tocsin.Phase) (tocsin.Incident, error)
	Cause(ctx context.Context, actor string, incident int64, c tocsin.Cause) (tocsin.Incident, error)
	// Check records what trying an item showed, and who tried it.
	Check(ctx context.Context, c tocsin.Check) (tocsin.Check, error)
	// Owed lists the reporters who have no outcome yet.
	Owed(ctx context.Context, incident int64) ([]tocsin.Recipient, error)
	Close(ctx context.Context, actor string, incident int64, waivers []tocsin.Waiver) (tocsin.Incident, error)
	Reopen(ctx context.Context, actor string, incident int64, reason string) (tocsin.Incident, error)
}

// memberDesk says which reports are an incident's, above what triage thinks.
type memberDesk interface {
	Attach(ctx context.Context, actor string, report, incident int64) error
	Detach(ctx context.Context, actor string, report int64) error
}

type updateDesk interface {
	Draft(ctx context.Context, d tocsin.Draft) (tocsin.Update, error)
	Edit(ctx context.Context, actor string, update int64, text string, next time.Time) (tocsin.Update, error)
	Discard(ctx context.Context, actor string, update int64) (tocsin.Update, error)
}

type broadcastDesk interface {
	Preview(ctx context.Context, update int64) (tocsin.Preview, error)
	// Approve freezes the recipients and begins the hold.
	Approve(ctx context.Context, a tocsin.Approval) (tocsin.Update, error)
	Cancel(ctx context.Context, actor string, update int64) (tocsin.Update, error)
	Stop(ctx context.Context, actor string, update int64, reason string) (tocsin.Update, error)
	Resume(ctx context.Context, actor string, update int64) (tocsin.Update, error)
}

type ledgerDesk interface {
	Retry(ctx context.Context, actor string, delivery int64) (tocsin.Delivery, error)
	ByHand(ctx context.Context, actor string, delivery int64, note string) (tocsin.Delivery, error)
	Skip(ctx context.Context, actor string, delivery int64, reason string) (tocsin.Delivery, error)
}

// Pager is told what people do about a page.
type Pager interface {
	Ack(ctx context.Context, actor string, page int64) (tocsin.Page, error)
	AckIncident(ctx context.Context, actor string, incident int64) ([]tocsin.Page, error)
	Snooze(ctx context.Context, actor string, page int64, span time.Duration) (tocsin.Page, error)
	NotUs(ctx context.Context, actor string, page int64, policy, reason string) (tocsin.Page, error)
	EscalateNow(ctx context.Context, actor string, page int64) (tocsin.Page, error)
	CallEveryone(ctx context.Context, actor string, page int64) (tocsin.Page, error)
}

// Rotas knows who is on call, and what can be a person, a schedule or a policy.
type Rotas interface {
	OnCall(ctx context.Context, at time.Time) ([]tocsin.Shift, error)
	Shifts(ctx context.Context, schedule string, from, to time.Time) ([]tocsin.Shift, error)
	Outlook(ctx context.Context, schedule string, from, to time.Time) (tocsin.Outlook, error)
	Override(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error)
	Swap(ctx context.Context, actor, schedule string, first, second time.Time, reason string) ([]tocsin.Override, error)
	CheckSchedule(ctx context.Context, s tocsin.Schedule) error
	CheckPerson(p tocsin.Person) error
	CheckPolicy(ctx context.Context, p tocsin.Policy) error
	// Feed gives the address of the calendar of one of the schedules or people.
	Feed(kind, name string) string
}

// Intake stores what a channel received, cleaned.
type Intake interface {
	Accept(ctx context.Context, channel string, b tocsin.Batch) (added int, err error)
}
