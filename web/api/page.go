package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// PageShown is a page with the notices that it sent.
type PageShown struct {
	tocsin.Page
	Notices []tocsin.Notice `json:"notices" nullable:"false"`
}

// listPages gives whispers and rings.
func (a *API) listPages(ctx context.Context, _ tocsin.Token, in *struct {
	Paging
	Incident int64            `query:"incident"`
	State    tocsin.PageState `query:"state" enum:"open,acked,snoozed,exhausted,closed"`
},
) (List[tocsin.Page], error) {
	return listed(a.Store.Pages(ctx, tocsin.PageQuery{Incident: in.Incident, State: in.State, Before: in.Cursor, Limit: in.Limit}))
}

// showPage gives a page with each notice of it: who was called, by what, and how it ended.
func (a *API) showPage(ctx context.Context, _ tocsin.Token, in *ByID) (PageShown, error) {
	p, err := a.Store.Page(ctx, in.ID)
	if err != nil {
		return PageShown{}, err
	}
	notices, err := a.Store.Notices(ctx, in.ID)
	if notices == nil {
		notices = []tocsin.Notice{}
	}
	return PageShown{Page: p, Notices: notices}, err
}

// ackPage takes one page, and ackIncident all pages of an incident: whoever is
// woken knows the number of the incident.
func (a *API) ackPage(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Page, error) {
	return a.Pager.Ack(ctx, by.User, in.ID)
}

func (a *API) ackIncident(ctx context.Context, by tocsin.Token, in *ByID) (List[tocsin.Page], error) {
	pages, err := a.Pager.AckIncident(ctx, by.User, in.ID)
	return listed(pages, "", err)
}
