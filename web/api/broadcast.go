package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

func (a *API) previewUpdate(ctx context.Context, _ tocsin.Token, in *ByID) (tocsin.Preview, error) {
	return a.Desk.Preview(ctx, in.ID)
}

func (a *API) approveUpdate(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Seen   string `json:"seen" minLength:"1" maxLength:"100" doc:"Of the preview that the approver read: refused when text or recipients have changed since"`
		Bypass string `json:"bypass,omitempty" maxLength:"2000" doc:"Why its author approves alone; logged and shown"`
	}
},
) (tocsin.Update, error) {
	return a.Desk.Approve(ctx, tocsin.Approval{Actor: by.User, Update: in.ID, Seen: in.Body.Seen, Bypass: in.Body.Bypass})
}

func (a *API) cancelUpdate(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Desk.Cancel(ctx, by.User, in.ID)
}

func (a *API) stopUpdate(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body *struct {
		Reason string `json:"reason,omitempty" maxLength:"2000"`
	}
},
) (tocsin.Update, error) {
	var reason string
	if in.Body != nil {
		reason = in.Body.Reason
	}
	return a.Desk.Stop(ctx, by.User, in.ID, reason)
}

func (a *API) resumeUpdate(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Desk.Resume(ctx, by.User, in.ID)
}
