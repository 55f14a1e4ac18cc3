package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// ByID addresses one row.
type ByID struct {
	ID int64 `path:"id" minimum:"1"`
}

// IncidentShown is an incident with what a person must know beside it.
type IncidentShown struct {
	tocsin.Incident
	Owed int `json:"owed" doc:"Reporters who have no outcome yet"`
}

func (a *API) listIncidents(ctx context.Context, _ tocsin.Token, in *struct {
	Paging
	State string `query:"state" enum:"open,closed,all" default:"open" doc:"Which ones"`
},
) (List[tocsin.Incident], error) {
	q := tocsin.IncidentQuery{Before: in.Cursor, Limit: in.Limit}
	if in.State != "all" {
		open := in.State != "closed"
		q.Open = &open
	}
	return listed(a.Store.Incidents(ctx, q))
}

func (a *API) showIncident(ctx context.Context, _ tocsin.Token, in *ByID) (IncidentShown, error) {
	i, err := a.Store.Incident(ctx, in.ID)
	if err != nil {
		return IncidentShown{}, err
	}
	owed, err := a.Desk.Owed(ctx, in.ID)
	return IncidentShown{Incident: i, Owed: len(owed)}, err
}

// listOf addresses a list that hangs on one row.
type listOf struct {
	ByID
	Paging
}

func (a *API) listMembers(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Member], error) {
	if _, err := a.Store.Incident(ctx, in.ID); err != nil {
		return List[tocsin.Member]{}, err
	}
	rows, err := a.Store.Members(ctx, in.ID)
	if err != nil {
		return List[tocsin.Member]{}, err
	}
	return cut(rows, in.Paging, func(m tocsin.Member) string { return ordinal(m.Report.ID) })
}

func (a *API) listEvents(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Event], error) {
	if _, err := a.Store.Incident(ctx, in.ID); err != nil {
		return List[tocsin.Event]{}, err
	}
	rows, err := a.Store.Timeline(ctx, in.ID)
	if err != nil {
		return List[tocsin.Event]{}, err
	}
	return cut(rows, in.Paging, func(e tocsin.Event) string { return ordinal(e.ID) })
}

func (a *API) putVerdict(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Verdict     tocsin.Verdict `json:"verdict" enum:"confirmed,flood,not_incident,duplicate"`
		Reason      string         `json:"reason,omitempty" maxLength:"2000" doc:"Needed for not_incident"`
		DuplicateOf int64          `json:"duplicate_of,omitempty" doc:"The other incident, of a duplicate"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Verdict(ctx, tocsin.Ruling{
		Actor: by.User, Incident: in.ID, Verdict: in.Body.Verdict, Reason: in.Body.Reason, DuplicateOf: in.Body.DuplicateOf,
	})
}

func (a *API) putPhase(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Phase tocsin.Phase `json:"phase" enum:"investigating,identified,monitoring,resolved"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Phase(ctx, by.User, in.ID, in.Body.Phase)
}

func (a *API) putCause(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Cause tocsin.Cause `json:"cause" enum:"unknown,ours,provider,malicious"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Cause(ctx, by.User, in.ID, in.Body.Cause)
}

func (a *API) listOwed(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Recipient], error) {
	owed, err := a.Desk.Owed(ctx, in.ID)
	if err != nil {
		return List[tocsin.Recipient]{}, err
	}
	return cut(owed, in.Paging, func(r tocsin.Recipient) string { return ordinal(r.Report) })
}

func (a *API) closeIncident(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body *struct {
		Waivers []tocsin.Waiver `json:"waivers,omitempty" maxItems:"10000" doc:"Reporters who get no answer, each with the reason"`
	}
},
) (tocsin.Incident, error) {
	if in.Body == nil {
		return a.Desk.Close(ctx, by.User, in.ID, nil)
	}
	return a.Desk.Close(ctx, by.User, in.ID, in.Body.Waivers)
}

func (a *API) reopenIncident(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Reopen(ctx, by.User, in.ID, in.Body.Reason)
}
