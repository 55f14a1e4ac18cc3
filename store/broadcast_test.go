package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

const deliverMail = "deliver-mail"

func start(t *testing.T, s *store.Store, u tocsin.Update) int {
	t.Helper()
	n, err := s.Start(t.Context(), u.ID, turn(t, s, u.Incident), moveTo(tocsin.UpdateSending))
	require.NoError(t, err)
	return n
}

func TestApprovalFreezesTheRecipients(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 2)
		u := draft(t, s, ids...)
		to := []tocsin.Delivery{
			{Channel: "mail", Report: ids[0], Key: "a"},
			{Channel: "mail", Report: ids[1], Key: "b", State: tocsin.DeliverySkipped, Reason: "opted out"},
			{Channel: "blog", Key: "c"},
		}
		u, err := s.Freeze(t.Context(), u.ID, turn(t, s, u.Incident), to, moveTo(tocsin.UpdateApproved))
		require.NoError(t, err)
		require.Equal(t, tocsin.UpdateApproved, u.State)
		all, _, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{Update: u.ID})
		require.NoError(t, err)
		require.Equal(t, tocsin.Delivery{
			ID: all[0].ID, Update: u.ID, Incident: u.Incident, Channel: "mail", Report: ids[0], Reporter: report(1).Reporter,
			Key: "a", State: tocsin.DeliveryPending, CreatedAt: noon, UpdatedAt: noon,
		}, all[0])
		require.Equal(t, "opted out", all[1].Reason)
		require.Zero(t, all[2].Reporter)
		require.Zero(t, waiting(t, s, deliverMail), "nothing moves before the hold is over")
	}, stopped)
}

func TestNoTwoDecisionsAreTakenOnTheSameGround(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		ground := turn(t, s, u.Incident)
		see(t, s, sighting("k", tocsin.TierRing))
		require.Equal(t, ground, turn(t, s, u.Incident), "that it grows decides nothing")
		other, err := s.AddUpdate(t.Context(), tocsin.Update{Incident: u.Incident, Kind: tocsin.UpdateAware, Text: "We know.", Author: "ben"}, tocsin.Effects{})
		require.NoError(t, err)
		ground = turn(t, s, u.Incident)

		_, err = s.Freeze(t.Context(), u.ID, ground, []tocsin.Delivery{{Channel: "mail", Report: ids[0], Key: "a"}}, moveTo(tocsin.UpdateApproved))
		require.NoError(t, err)
		_, err = s.Freeze(t.Context(), other.ID, ground, []tocsin.Delivery{{Channel: "mail", Report: ids[0], Key: "b"}}, moveTo(tocsin.UpdateApproved))
		requireCode(t, tocsin.CodeConflict, err)
		ground = turn(t, s, u.Incident)
		_, err = s.ChangeIncident(t.Context(), u.Incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
			return tocsin.Effects{}, i.Judge(tocsin.VerdictFlood, "", 0, noon)
		})
		require.NoError(t, err)
		_, err = s.Start(t.Context(), u.ID, ground, moveTo(tocsin.UpdateSending))
		requireCode(t, tocsin.CodeConflict, err)
		all, _, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{Incident: u.Incident})
		require.NoError(t, err)
		require.Len(t, all, 1)
	})
}

func TestApprovalIsRefusedWhole(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		twice := tocsin.Delivery{Channel: "mail", Report: ids[0], Key: "a"}
		_, err := s.Freeze(t.Context(), u.ID, turn(t, s, u.Incident), []tocsin.Delivery{twice, twice}, moveTo(tocsin.UpdateApproved))
		require.Error(t, err)
		_, err = s.Freeze(t.Context(), u.ID, turn(t, s, u.Incident), []tocsin.Delivery{{Channel: "mail", Report: 999, Key: "x"}}, moveTo(tocsin.UpdateApproved))
		requireCode(t, tocsin.CodeNotFound, err)
		_, err = s.Freeze(t.Context(), u.ID, turn(t, s, u.Incident), []tocsin.Delivery{twice}, moveTo(tocsin.UpdateSent))
		requireCode(t, tocsin.CodeConflict, err)

		u, err = s.Update(t.Context(), u.ID)
		require.NoError(t, err)
		require.Equal(t, tocsin.UpdateDraft, u.State)
		all, _, err := s.Deliveries(t.Context(), tocsin.DeliveryQuery{})
		require.NoError(t, err)
		require.Empty(t, all)
	})
}

func TestCancelInTheHoldForgetsTheRecipients(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 2)
		u := draft(t, s, ids...)
		first := freeze(t, s, u, ids...)
		_, err := s.Unfreeze(t.Context(), u.ID, moveTo(tocsin.UpdateDraft))
		require.NoError(t, err)
		second := freeze(t, s, u, ids...)
		require.NotEqual(t, first[0].ID, second[0].ID, "a number is never given twice: a late job of the first finds nothing")
		require.Equal(t, 2, start(t, s, u))
		_, err = s.Unfreeze(t.Context(), u.ID, moveTo(tocsin.UpdateDraft))
		requireCode(t, tocsin.CodeConflict, err)
	})
}

func TestStartAndRequeueNeverDoubleAJob(t *testing.T) {
	t.Parallel()
	c := newClock()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		n, err := s.Requeue(t.Context(), noon.Add(time.Hour))
		require.NoError(t, err)
		require.Zero(t, n, "an update in its hold is not under way")
		require.Equal(t, 3, start(t, s, u))
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliverySent)

		n, err = s.Requeue(t.Context(), noon.Add(time.Hour))
		require.NoError(t, err)
		require.Zero(t, n, "each has its job still")
		_, err = s.Exec(t.Context(), `DELETE FROM river_job`) // jobs that were given up, say
		require.NoError(t, err)
		n, err = s.Requeue(t.Context(), noon.Add(-time.Hour))
		require.NoError(t, err)
		require.Zero(t, n, "touched a moment ago")
		for _, want := range []int{2, 0} {
			n, err = s.Requeue(t.Context(), noon.Add(time.Hour))
			require.NoError(t, err)
			require.Equal(t, want, n)
		}
		require.Equal(t, 2, waiting(t, s, deliverMail))
	}, func(o *store.Options) { o.Now = c.now })
}

func TestWhatSomebodyTriesAgainByHandIsNotForgotten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 1)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		start(t, s, u)
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliveryFailed)
		done, err := s.Finish(t.Context(), u.ID)
		require.NoError(t, err)
		require.True(t, done)
		deliver(t, s, all[0].ID, tocsin.DeliveryPending)
		_, err = s.Exec(t.Context(), `DELETE FROM river_job`)
		require.NoError(t, err)
		n, err := s.Requeue(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, 1, n)
	})
}

func TestAStoppedBroadcastGoesOnWithWhatIsLeft(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		start(t, s, u)
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliverySent)
		deliver(t, s, all[1].ID, tocsin.DeliverySending, tocsin.DeliveryUnknown)
		_, err := s.ChangeUpdate(t.Context(), u.ID, moveTo(tocsin.UpdateStopped))
		require.NoError(t, err)
		_, err = s.Exec(t.Context(), `DELETE FROM river_job`)
		require.NoError(t, err)
		n, err := s.Requeue(t.Context(), time.Now().Add(time.Hour))
		require.NoError(t, err)
		require.Zero(t, n, "what is stopped stays so")
		require.Equal(t, 2, start(t, s, u))
	})
}

func TestABroadcastIsFinishedWhenNothingIsLeftToDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ids := arrive(t, s, 3)
		u := draft(t, s, ids...)
		all := freeze(t, s, u, ids...)
		finish := func(want bool) {
			t.Helper()
			done, err := s.Finish(t.Context(), u.ID)
			require.NoError(t, err)
			require.Equal(t, want, done)
		}
		finish(false)
		start(t, s, u)
		deliver(t, s, all[0].ID, tocsin.DeliverySending, tocsin.DeliverySent)
		deliver(t, s, all[1].ID, tocsin.DeliverySending, tocsin.DeliveryFailed)
		finish(false)
		deliver(t, s, all[2].ID, tocsin.DeliveryHeld)
		finish(true)
		finish(false)

		u, err := s.Update(t.Context(), u.ID)
		require.NoError(t, err)
		require.Equal(t, []any{tocsin.UpdateSent, noon}, []any{u.State, u.DoneAt})
		events, err := s.Timeline(t.Context(), u.Incident)
		require.NoError(t, err)
		require.Equal(t, "The aware update went out: 1 sent, 1 failed, 0 skipped, 1 held, 0 by hand.", events[1].Text)
		_, err = s.Finish(t.Context(), 999)
		requireCode(t, tocsin.CodeNotFound, err)
	}, stopped)
}

func TestAnUpdateKeepsAllThatIsSaidOfIt(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		u := draft(t, s)
		want := tocsin.Update{
			Incident: u.Incident, Kind: tocsin.UpdateCorrection, Text: "T", State: tocsin.UpdateStopped, Author: "a", Approver: "b", Bypass: "night",
			Corrects: u.ID, NextUpdateAt: noon, CreatedAt: noon, EditedAt: noon, ApprovedAt: noon, SendAt: noon, DoneAt: noon,
		}
		want, err := s.AddUpdate(t.Context(), want, tocsin.Effects{Events: []tocsin.Event{{Kind: "draft"}}})
		require.NoError(t, err)
		all, err := s.Updates(t.Context(), u.Incident)
		require.NoError(t, err)
		require.Equal(t, []tocsin.Update{u, want}, all)

		want.Text, want.Approver, want.DoneAt = "T2", "c", noon.Add(time.Hour)
		got, err := s.ChangeUpdate(t.Context(), want.ID, func(u *tocsin.Update) (tocsin.Effects, error) {
			*u = want
			return tocsin.Effects{}, nil
		})
		require.NoError(t, err)
		require.Equal(t, want, got)
		_, err = s.AddUpdate(t.Context(), tocsin.Update{Incident: 999}, tocsin.Effects{})
		requireCode(t, tocsin.CodeNotFound, err)
	}, stopped)
}
