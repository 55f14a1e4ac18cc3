package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// membership addresses one report as one incident's.
type membership struct {
	ByID
	Report int64 `path:"report" minimum:"1"`
}

// attach is a person's word that a report belongs to the incident; triage never
// overwrites it.
func (a *API) attach(ctx context.Context, by tocsin.Token, in *membership) (tocsin.Report, error) {
	if err := a.Desk.Attach(ctx, by.User, in.Report, in.ID); err != nil {
		return tocsin.Report{}, err
	}
	return a.Store.Report(ctx, in.Report)
}

// detach is a person's word that a report belongs to no incident.
func (a *API) detach(ctx context.Context, by tocsin.Token, in *membership) error {
	return a.Desk.Detach(ctx, by.User, in.Report)
}
