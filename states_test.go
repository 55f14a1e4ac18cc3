package tocsin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// edges checks that exactly the listed changes are legal among all states.
func edges[S comparable](t *testing.T, all []S, legal map[S][]S, move func(from, to S) (S, error)) {
	t.Helper()
	for _, from := range all {
		for _, to := range all {
			got, err := move(from, to)
			want := false
			for _, l := range legal[from] {
				want = want || l == to
			}
			if want {
				require.NoError(t, err, "%v to %v", from, to)
				require.Equal(t, to, got)
			} else {
				require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err), "%v to %v", from, to)
				require.Equal(t, from, got, "a refused change leaves the state alone")
			}
		}
	}
}

func TestADeliveryIsNeverSentTwiceByAnyLegalPath(t *testing.T) {
	t.Parallel()
	all := []tocsin.DeliveryState{
		tocsin.DeliveryPending, tocsin.DeliverySending, tocsin.DeliverySent, tocsin.DeliveryFailed,
		tocsin.DeliveryUnknown, tocsin.DeliverySkipped, tocsin.DeliveryHeld, tocsin.DeliveryByHand,
	}
	edges(t, all, map[tocsin.DeliveryState][]tocsin.DeliveryState{
		tocsin.DeliveryPending: {tocsin.DeliverySending, tocsin.DeliverySkipped, tocsin.DeliveryHeld, tocsin.DeliveryByHand},
		tocsin.DeliverySending: {tocsin.DeliverySent, tocsin.DeliveryFailed, tocsin.DeliveryUnknown, tocsin.DeliveryPending},
		tocsin.DeliveryUnknown: {tocsin.DeliverySent, tocsin.DeliveryPending, tocsin.DeliveryHeld},
		tocsin.DeliveryHeld:    {tocsin.DeliveryPending, tocsin.DeliveryByHand, tocsin.DeliverySkipped},
		tocsin.DeliveryFailed:  {tocsin.DeliveryPending, tocsin.DeliveryByHand, tocsin.DeliverySkipped},
		tocsin.DeliverySent:    {tocsin.DeliveryFailed},
	}, func(from, to tocsin.DeliveryState) (tocsin.DeliveryState, error) {
		d := tocsin.Delivery{State: from}
		err := d.Move(to)
		return d.State, err
	})
	for _, s := range all {
		told := s == tocsin.DeliverySent || s == tocsin.DeliverySkipped || s == tocsin.DeliveryByHand
		require.Equal(t, told, s.Settled(), "%s", s)
	}
}

func TestAnUpdateIsSentOnlyAfterApproval(t *testing.T) {
	t.Parallel()
	all := []tocsin.UpdateState{
		tocsin.UpdateDraft, tocsin.UpdateApproved, tocsin.UpdateSending, tocsin.UpdateStopped, tocsin.UpdateSent, tocsin.UpdateDiscarded,
	}
	edges(t, all, map[tocsin.UpdateState][]tocsin.UpdateState{
		tocsin.UpdateDraft:    {tocsin.UpdateApproved, tocsin.UpdateDiscarded},
		tocsin.UpdateApproved: {tocsin.UpdateDraft, tocsin.UpdateSending},
		tocsin.UpdateSending:  {tocsin.UpdateStopped, tocsin.UpdateSent},
		tocsin.UpdateStopped:  {tocsin.UpdateSending, tocsin.UpdateSent},
	}, func(from, to tocsin.UpdateState) (tocsin.UpdateState, error) {
		u := tocsin.Update{State: from}
		err := u.Move(to)
		return u.State, err
	})
}

func TestAPageThatNobodyAnsweredCanStillBeAcknowledged(t *testing.T) {
	t.Parallel()
	all := []tocsin.PageState{tocsin.PageOpen, tocsin.PageAcked, tocsin.PageSnoozed, tocsin.PageExhausted, tocsin.PageClosed}
	edges(t, all, map[tocsin.PageState][]tocsin.PageState{
		tocsin.PageOpen:      {tocsin.PageAcked, tocsin.PageSnoozed, tocsin.PageExhausted, tocsin.PageClosed},
		tocsin.PageAcked:     {tocsin.PageOpen, tocsin.PageSnoozed, tocsin.PageClosed},
		tocsin.PageSnoozed:   {tocsin.PageOpen, tocsin.PageAcked, tocsin.PageSnoozed, tocsin.PageClosed},
		tocsin.PageExhausted: {tocsin.PageAcked, tocsin.PageSnoozed, tocsin.PageOpen, tocsin.PageClosed},
	}, func(from, to tocsin.PageState) (tocsin.PageState, error) {
		p := tocsin.Page{State: from}
		err := p.Move(to)
		return p.State, err
	})
}

func TestEachKindOfUpdateHasItsAudience(t *testing.T) {
	t.Parallel()
	want := map[tocsin.UpdateKind]tocsin.Audience{
		tocsin.UpdateAware:      {Reporters: true, Public: true},
		tocsin.UpdateScope:      {Public: true},
		tocsin.UpdateProgress:   {Public: true},
		tocsin.UpdateResolved:   {Reporters: true, Public: true},
		tocsin.UpdateCorrection: {ToldOnly: true},
	}
	require.Len(t, tocsin.UpdateKinds(), len(want))
	for _, k := range tocsin.UpdateKinds() {
		require.Equal(t, want[k], k.Audience(), "%s", k)
	}
}

func TestARoleMayDoWhatThoseBeforeItMay(t *testing.T) {
	t.Parallel()
	order := []tocsin.Role{tocsin.RoleViewer, tocsin.RoleSupport, tocsin.RoleResponder, tocsin.RoleAdmin}
	for i, have := range order {
		for j, need := range order {
			require.Equal(t, i >= j, have.Covers(need), "%s may what %s may", have, need)
		}
		require.False(t, tocsin.Role("intruder").Covers(have))
	}
	require.False(t, tocsin.RoleAdmin.Covers("a role that nobody has"), "a route that asks for an unknown role is shut")
}
