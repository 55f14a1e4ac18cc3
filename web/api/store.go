package api

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// Store is what the API reads, and the settings, tokens and calls that it keeps.
// What people decide goes through the Desk. A missing row is CodeNotFound.
type Store interface {
	incidentReader
	reportReader
	pageReader
	updateReader
	areaKeeper
	personKeeper
	scheduleKeeper
	tokenKeeper
	callKeeper
}

type incidentReader interface {
	Incident(ctx context.Context, id int64) (tocsin.Incident, error)
	Incidents(ctx context.Context, q tocsin.IncidentQuery) ([]tocsin.Incident, string, error)
	// Members are the reports of an incident, oldest first.
	Members(ctx context.Context, incident int64) ([]tocsin.Member, error)
	Checks(ctx context.Context, incident int64) ([]tocsin.Check, error)
	Timeline(ctx context.Context, incident int64) ([]tocsin.Event, error)
}

type reportReader interface {
	Report(ctx context.Context, id int64) (tocsin.Report, error)
	// Judgement gives CodeNotFound for a report that is not judged yet.
	Judgement(ctx context.Context, report int64) (tocsin.Place, error)
	RawReport(ctx context.Context, id int64) (string, tocsin.Markup, error)
	// FirstText gives "" for a report that was not edited.
	FirstText(ctx context.Context, id int64) (title, text string, err error)
	Reports(ctx context.Context, q tocsin.ReportQuery) ([]tocsin.Report, string, error)
	Rejections(ctx context.Context, cursor string, limit int) ([]tocsin.Rejection, string, error)
}

type pageReader interface {
	Page(ctx context.Context, id int64) (tocsin.Page, error)
	Pages(ctx context.Context, q tocsin.PageQuery) ([]tocsin.Page, string, error)
	Notices(ctx context.Context, page int64) ([]tocsin.Notice, error)
	Attempts(ctx context.Context, q tocsin.AttemptQuery) ([]tocsin.Attempt, string, error)
	Media(ctx context.Context) ([]tocsin.Medium, error)
}

type updateReader interface {
	Update(ctx context.Context, id int64) (tocsin.Update, error)
	Updates(ctx context.Context, incident int64) ([]tocsin.Update, error)
	Delivery(ctx context.Context, id int64) (tocsin.Delivery, error)
	Deliveries(ctx context.Context, q tocsin.DeliveryQuery) ([]tocsin.Delivery, string, error)
}

// areaKeeper keeps what people edit: areas, and the policies that they name.
type areaKeeper interface {
	Areas(ctx context.Context) ([]tocsin.Area, error)
	Area(ctx context.Context, name string) (tocsin.Area, error)
	PutArea(ctx context.Context, a tocsin.Area) error
	DeleteArea(ctx context.Context, name string) error
	policyKeeper
}

type policyKeeper interface {
	Policies(ctx context.Context) ([]tocsin.Policy, error)
	Policy(ctx context.Context, name string) (tocsin.Policy, error)
	PutPolicy(ctx context.Context, p tocsin.Policy) error
	DeletePolicy(ctx context.Context, name string) error
}

type personKeeper interface {
	People(ctx context.Context) ([]tocsin.Person, error)
	Person(ctx context.Context, name string) (tocsin.Person, error)
	PutPerson(ctx context.Context, p tocsin.Person) error
	DeletePerson(ctx context.Context, name string) error
}

type scheduleKeeper interface {
	Schedules(ctx context.Context) ([]tocsin.Schedule, error)
	Schedule(ctx context.Context, name string) (tocsin.Schedule, error)
	PutSchedule(ctx context.Context, s tocsin.Schedule) error
	DeleteSchedule(ctx context.Context, name string) error
	Overrides(ctx context.Context, schedule string, after time.Time) ([]tocsin.Override, error)
	DeleteOverride(ctx context.Context, id int64) error
}

type tokenKeeper interface {
	AddToken(ctx context.Context, t tocsin.Token, hash string) (tocsin.Token, error)
	// TokenByHash gives CodeNotFound for a token that is not known or has ended.
	TokenByHash(ctx context.Context, hash string) (tocsin.Token, error)
	Tokens(ctx context.Context) ([]tocsin.Token, error)
	DeleteToken(ctx context.Context, id int64) error
}

// callKeeper remembers the answers to calls that carried an Idempotency-Key.
type callKeeper interface {
	// BeginCall claims a key for a request. It gives done and the stored answer
	// when the same request was answered within 24 h; CodeConflict while it is
	// under way, and CodeInvalid when the key came with another request.
	BeginCall(ctx context.Context, actor, key, request string) (status int, response []byte, done bool, err error)
	// EndCall stores the answer. A status of 0 forgets the call instead, so that it
	// may be made again.
	EndCall(ctx context.Context, actor, key string, status int, response []byte) error
}
