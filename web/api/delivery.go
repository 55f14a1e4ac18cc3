package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// listDeliveries gives the ledger, or a part of it.
func (a *API) listDeliveries(ctx context.Context, _ tocsin.Token, in *struct {
	Paging
	Incident int64                `query:"incident"`
	Update   int64                `query:"update"`
	State    tocsin.DeliveryState `query:"state" enum:"pending,sending,sent,failed,unknown,skipped,held,by_hand"`
},
) (List[tocsin.Delivery], error) {
	return listed(a.Store.Deliveries(ctx, tocsin.DeliveryQuery{
		Incident: in.Incident, Update: in.Update, State: in.State, After: in.Cursor, Limit: in.Limit,
	}))
}

// showDelivery gives one line of the ledger.
func (a *API) showDelivery(ctx context.Context, _ tocsin.Token, in *ByID) (tocsin.Delivery, error) {
	return a.Store.Delivery(ctx, in.ID)
}

// retryDelivery is for what failed or is held, after a person has looked that it
// did not arrive.
func (a *API) retryDelivery(ctx context.Context, by tocsin.Token, in *ByID) (tocsin.Delivery, error) {
	return a.Desk.Retry(ctx, by.User, in.ID)
}

// deliverByHand settles a line because a person told them by other means.
func (a *API) deliverByHand(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Note string `json:"note" minLength:"1" maxLength:"2000" doc:"How they were told"`
	}
},
) (tocsin.Delivery, error) {
	return a.Desk.ByHand(ctx, by.User, in.ID, in.Body.Note)
}

// skipDelivery settles a line because they are not to be told.
func (a *API) skipDelivery(ctx context.Context, by tocsin.Token, in *struct {
	ByID
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"2000" doc:"Why they are left out"`
	}
},
) (tocsin.Delivery, error) {
	return a.Desk.Skip(ctx, by.User, in.ID, in.Body.Reason)
}
