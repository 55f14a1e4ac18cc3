package api

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// snoozePage takes a page for a while.
func (a *API) snoozePage(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		For tocsin.Duration `json:"for" doc:"1m to 24h; it ends early when there are twice as many people"`
	}
},
) (tocsin.Page, error) {
	return a.Pager.Snooze(ctx, by.User, in.ID, time.Duration(in.Body.For))
}

// notUs hands a page to another team.
func (a *API) notUs(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Policy string `json:"policy" minLength:"1" doc:"By which the page goes on"`
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
},
) (tocsin.Page, error) {
	return a.Pager.NotUs(ctx, by.User, in.ID, in.Body.Policy, in.Body.Reason)
}

// escalatePage begins the next step at once.
func (a *API) escalatePage(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Page, error) {
	return a.Pager.EscalateNow(ctx, by.User, in.ID)
}

// callEveryone calls the cavalry.
func (a *API) callEveryone(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Page, error) {
	return a.Pager.CallEveryone(ctx, by.User, in.ID)
}

// listAttempts gives each call that was made for a page, with its answer.
func (a *API) listAttempts(ctx context.Context, _ tocsin.Token, in *struct {
	ByID
	Paging
},
) (List[tocsin.Attempt], error) {
	if _, err := a.Store.Page(ctx, in.ID); err != nil {
		return List[tocsin.Attempt]{}, err
	}
	return listed(a.Store.Attempts(ctx, tocsin.AttemptQuery{Page: in.ID, After: in.Cursor, Limit: in.Limit}))
}
