package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// listChecks gives what was tried of the checklist, every time it was.
func (a *API) listChecks(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Check], error) {
	if _, err := a.Store.Incident(ctx, in.ID); err != nil {
		return List[tocsin.Check]{}, err
	}
	rows, err := a.Store.Checks(ctx, in.ID)
	if err != nil {
		return List[tocsin.Check]{}, err
	}
	return cut(rows, in.Paging, func(c tocsin.Check) string { return ordinal(c.ID) })
}

// addCheck records one try. The note is internal: no way leads from it to an update.
func (a *API) addCheck(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Item    string         `json:"item" minLength:"1" maxLength:"500" doc:"The item of the area's checklist"`
		Outcome tocsin.Outcome `json:"outcome" enum:"works,broken,unclear"`
		Note    string         `json:"note,omitempty" maxLength:"2000" doc:"Where and how; never sent to anybody"`
	}
},
) (tocsin.Check, error) {
	return a.Desk.Check(ctx, tocsin.Check{
		Incident: in.ID, Item: in.Body.Item, Outcome: in.Body.Outcome, Note: in.Body.Note, By: by.User,
	})
}
