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

// listIncidents shows the open ones unless asked for others: they are what people
// work on.
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

// showIncident gives what a list gives and, at the cost of reading its reports,
// how many people are owed an answer.
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

// listMembers gives the evidence: each report with how surely it belongs and who
// says so.
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

// listEvents gives the timeline.
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

// putVerdict is a PUT because saying it twice changes nothing more: the second
// time is refused as no legal change.
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

// putPhase moves the public state; see tocsin.Incident.MoveTo for what is legal.
func (a *API) putPhase(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Phase tocsin.Phase `json:"phase" enum:"investigating,identified,monitoring,resolved"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Phase(ctx, by.User, in.ID, in.Body.Phase)
}

// putCause names why it happened, of a confirmed incident only.
func (a *API) putCause(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Cause tocsin.Cause `json:"cause" enum:"unknown,ours,provider,malicious"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Cause(ctx, by.User, in.ID, in.Body.Cause)
}

// listOwed names those who wrote and have no outcome yet. Nobody is forgotten when
// it is empty.
func (a *API) listOwed(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Recipient], error) {
	owed, err := a.Desk.Owed(ctx, in.ID)
	if err != nil {
		return List[tocsin.Recipient]{}, err
	}
	return cut(owed, in.Paging, func(r tocsin.Recipient) string { return ordinal(r.Report) })
}

// closeIncident takes the names of those who get no answer, so that leaving
// somebody out is a decision and not an oversight.
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

// reopenIncident undoes a close; the reason goes to the timeline.
func (a *API) reopenIncident(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000"`
	}
},
) (tocsin.Incident, error) {
	return a.Desk.Reopen(ctx, by.User, in.ID, in.Body.Reason)
}
