package notify_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
)

// hasty is a store in which somebody else decides something between the look and
// the act.
type hasty struct {
	notify.Store
	between func()
}

func (h *hasty) Members(ctx context.Context, incident int64) ([]tocsin.Member, error) {
	members, err := h.Store.Members(ctx, incident)
	h.once()
	return members, err
}

func (h *hasty) Incident(ctx context.Context, id int64) (tocsin.Incident, error) {
	i, err := h.Store.Incident(ctx, id)
	h.once()
	return i, err
}

func (h *hasty) once() {
	if f := h.between; f != nil {
		h.between = nil
		f()
	}
}

func TestTwoApprovalsInTheSameInstantDoNotBothReachAPerson(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	first, second := h.draft(i, tocsin.UpdateAware, "We know."), h.draft(i, tocsin.UpdateAware, "We know of it.")
	o := h.options
	o.Store = &hasty{Store: h.store, between: func() {
		_, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "bob", Update: first})
		require.NoError(t, err)
	}}
	_, err := notify.NewDesk(o).Approve(t.Context(), tocsin.Approval{Actor: "bob", Update: second})
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err))
	require.Equal(t, tocsin.UpdateDraft, h.store.updates[second].State)
}

func TestAVerdictBetweenTheLookAndTheStartHoldsTheBroadcast(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	u := h.draft(i, tocsin.UpdateAware, "We know.")
	_, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "bob", Update: u})
	require.NoError(t, err)
	h.clock = h.clock.Add(h.options.Hold)
	o := h.options
	o.Store = &hasty{Store: h.store, between: func() { h.rule(i, tocsin.VerdictFlood, "") }}
	_ = notify.NewBroadcaster(o).Broadcast(t.Context(), tocsin.BroadcastJob{Update: u}) // it may ask to come again
	h.runFor(h.options.Hold * 3)
	require.NotEqual(t, tocsin.UpdateSending, h.store.updates[u].State)
	require.NotEqual(t, tocsin.UpdateSent, h.store.updates[u].State)
}
