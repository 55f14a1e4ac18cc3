package notify

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// Store is what the package needs remembered. Each Change loads the row, lets the
// function change it, and stores it with its effects, in one transaction; when
// the function fails nothing is stored. The function may be run again, and must
// not call the store.
type Store interface {
	incidentStore
	memberStore
	areaStore
	pageStore
	rosterStore
	updateStore
	deliveryStore
	outbox
}

type incidentStore interface {
	Incident(ctx context.Context, id int64) (tocsin.Incident, error)
	ChangeIncident(ctx context.Context, id int64, change func(*tocsin.Incident) (tocsin.Effects, error)) (tocsin.Incident, error)
	Checks(ctx context.Context, incident int64) ([]tocsin.Check, error)
	AddCheck(ctx context.Context, c tocsin.Check) (tocsin.Check, error)
	Timeline(ctx context.Context, incident int64) ([]tocsin.Event, error)
	Incidents(ctx context.Context, q tocsin.IncidentQuery) ([]tocsin.Incident, string, error)
}

type memberStore interface {
	// Members are the reports of an incident and of its duplicates, oldest first.
	Members(ctx context.Context, incident int64) ([]tocsin.Member, error)
	Assign(ctx context.Context, report, incident int64, sure bool, actor string) error
	Report(ctx context.Context, id int64) (tocsin.Report, error)
}

type areaStore interface {
	Area(ctx context.Context, name string) (tocsin.Area, error)
	Policy(ctx context.Context, name string) (tocsin.Policy, error)
	Policies(ctx context.Context) ([]tocsin.Policy, error)
}

// rosterStore knows who can be called.
type rosterStore interface {
	People(ctx context.Context) ([]tocsin.Person, error)
	Schedules(ctx context.Context) ([]tocsin.Schedule, error)
	Schedule(ctx context.Context, name string) (tocsin.Schedule, error)
	// Overrides are those of a schedule ("": of all) that end after a moment, as they were made.
	Overrides(ctx context.Context, schedule string, after time.Time) ([]tocsin.Override, error)
	// AddOverrides adds all or none.
	AddOverrides(ctx context.Context, all []tocsin.Override) ([]tocsin.Override, error)
}

type pageStore interface {
	// OpenPage stores the page with its notices and a job for each, unless the
	// incident has a page of that tier: then it gives that one, and false.
	OpenPage(ctx context.Context, p tocsin.Page, notices []tocsin.Notice, e tocsin.Effects) (tocsin.Page, bool, error)
	Page(ctx context.Context, id int64) (tocsin.Page, error)
	Pages(ctx context.Context, q tocsin.PageQuery) ([]tocsin.Page, string, error)
	ChangePage(ctx context.Context, id int64, change func(*tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error)) (tocsin.Page, error)
	Notice(ctx context.Context, id int64) (tocsin.Notice, error)
	Notices(ctx context.Context, page int64) ([]tocsin.Notice, error)
	ChangeNotice(ctx context.Context, id int64, change func(*tocsin.Notice) (tocsin.Effects, error)) (tocsin.Notice, error)
}

type updateStore interface {
	AddUpdate(ctx context.Context, u tocsin.Update, e tocsin.Effects) (tocsin.Update, error)
	Update(ctx context.Context, id int64) (tocsin.Update, error)
	Updates(ctx context.Context, incident int64) ([]tocsin.Update, error)
	ChangeUpdate(ctx context.Context, id int64, change func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error)
	// Freeze stores an approval together with the deliveries that it causes.
	Freeze(ctx context.Context, id, turn int64, ds []tocsin.Delivery, change func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error)
	// Unfreeze takes an approval back and deletes its deliveries.
	Unfreeze(ctx context.Context, id int64, change func(*tocsin.Update) (tocsin.Effects, error)) (tocsin.Update, error)
}

type deliveryStore interface {
	Delivery(ctx context.Context, id int64) (tocsin.Delivery, error)
	Deliveries(ctx context.Context, q tocsin.DeliveryQuery) ([]tocsin.Delivery, string, error)
	ChangeDelivery(ctx context.Context, id int64, change func(*tocsin.Delivery) (tocsin.Effects, error)) (tocsin.Delivery, error)
	// Tally counts an update's deliveries on one channel by their states.
	Tally(ctx context.Context, update int64, channel string) (map[tocsin.DeliveryState]int, error)
}

type outbox interface {
	// Start stores the change of an update and enqueues a job for each of its
	// pending deliveries.
	Start(ctx context.Context, id, turn int64, change func(*tocsin.Update) (tocsin.Effects, error)) (int, error)
	// Finish makes an update that is sending sent when nothing of it is pending,
	// sending or unknown any more, and tells whether it did.
	Finish(ctx context.Context, update int64) (bool, error)
	// Requeue enqueues jobs for deliveries that wait since before and have none.
	Requeue(ctx context.Context, before time.Time) (int, error)
}
