package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// previewUpdate shows what an approval would freeze. Its seen goes back with the
// approval.
func (a *API) previewUpdate(ctx context.Context, _ tocsin.Token, in *ByID) (tocsin.Preview, error) {
	return a.Desk.Preview(ctx, in.ID)
}

// approveUpdate insists on seen: an approver stands by the text and the recipients
// that they read, and by no later ones.
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

// cancelUpdate calls an update back during its hold; its recipients are worked out
// anew at the next approval.
func (a *API) cancelUpdate(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Desk.Cancel(ctx, by.User, in.ID)
}

// stopUpdate needs no body: whoever stops a broadcast has no time for reasons.
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

// resumeUpdate sends to those who have not heard it, and to nobody twice.
func (a *API) resumeUpdate(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Desk.Resume(ctx, by.User, in.ID)
}
