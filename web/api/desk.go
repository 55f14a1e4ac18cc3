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

// Pager is told who has taken a page.
type Pager interface {
	Ack(ctx context.Context, actor string, page int64) (tocsin.Page, error)
	AckIncident(ctx context.Context, actor string, incident int64) ([]tocsin.Page, error)
}

// Intake stores what a channel received, cleaned.
type Intake interface {
	Accept(ctx context.Context, channel string, b tocsin.Batch) (added int, err error)
}
