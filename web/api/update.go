package api

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// listUpdates gives drafts and discarded ones too: they are part of what happened.
func (a *API) listUpdates(ctx context.Context, _ tocsin.Token, in *listOf) (List[tocsin.Update], error) {
	if _, err := a.Store.Incident(ctx, in.ID); err != nil {
		return List[tocsin.Update]{}, err
	}
	rows, err := a.Store.Updates(ctx, in.ID)
	if err != nil {
		return List[tocsin.Update]{}, err
	}
	return cut(rows, in.Paging, func(u tocsin.Update) string { return ordinal(u.ID) })
}

// showUpdate gives one update with its text.
func (a *API) showUpdate(ctx context.Context, _ tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Store.Update(ctx, in.ID)
}

// draftUpdate stores a proposed text. Nothing of it is sent before another person
// approves it.
func (a *API) draftUpdate(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Kind         tocsin.UpdateKind `json:"kind" enum:"aware,scope,progress,resolved,correction"`
		Text         string            `json:"text" minLength:"1" maxLength:"20000"`
		Corrects     int64             `json:"corrects,omitempty" doc:"The update that was wrong, of a correction"`
		NextUpdateAt time.Time         `json:"next_update_at,omitzero" doc:"When the next word is promised"`
	}
},
) (tocsin.Update, error) {
	return a.Desk.Draft(ctx, tocsin.Draft{
		Actor: by.User, Incident: in.ID, Kind: in.Body.Kind, Text: in.Body.Text, Corrects: in.Body.Corrects,
		NextUpdateAt: in.Body.NextUpdateAt,
	})
}

// editUpdate changes what is given and leaves the rest. Whoever edits becomes the
// author, so that nobody approves their own words.
func (a *API) editUpdate(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Text         *string    `json:"text,omitempty" minLength:"1" maxLength:"20000" doc:"Absent: as it was"`
		NextUpdateAt *time.Time `json:"next_update_at,omitempty" doc:"Absent: as it was"`
	}
},
) (tocsin.Update, error) {
	u, err := a.Store.Update(ctx, in.ID)
	if err != nil {
		return u, err
	}
	if in.Body.Text != nil {
		u.Text = *in.Body.Text
	}
	if in.Body.NextUpdateAt != nil {
		u.NextUpdateAt = *in.Body.NextUpdateAt
	}
	return a.Desk.Edit(ctx, by.User, in.ID, u.Text, u.NextUpdateAt)
}

// discardUpdate keeps the draft, but it can be neither edited nor sent.
func (a *API) discardUpdate(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Update, error) {
	return a.Desk.Discard(ctx, by.User, in.ID)
}
