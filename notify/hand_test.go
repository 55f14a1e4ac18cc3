package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestAFailedDeliveryIsSentAgainWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = permanent
	require.NoError(t, h.deliver(line))
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	_, err := h.desk.Retry(t.Context(), "sue", line.ID)
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Equal(t, tocsin.DeliverySent, h.states(update)["ana"], "although the update as a whole was done")
	require.True(t, h.said("delivery", "ana, update"))
	_, err = h.desk.Retry(t.Context(), "sue", line.ID)
	h.code(err, tocsin.CodeConflict)
	_, err = h.desk.Retry(t.Context(), "sue", 99)
	h.code(err, tocsin.CodeNotFound)
}

func TestNoHandIsLaidOnWhatCanStillBeCalledBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@feed")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	h.channel("feed").Replier = h.mail // it can reply now
	h.restart()
	line := h.line(update, "ana").ID
	_, err := h.desk.Retry(t.Context(), "sue", line)
	h.code(err, tocsin.CodeConflict, "in its hold")
	_, err = h.desk.ByHand(t.Context(), "sue", line, "rang her")
	h.code(err, tocsin.CodeConflict, "in its hold")
	_, err = h.desk.Skip(t.Context(), "sue", line, "she knows")
	h.code(err, tocsin.CodeConflict, "in its hold")
	h.runFor(hold)
	_, err = h.desk.Retry(t.Context(), "sue", line)
	require.NoError(t, err)
	h.runFor(hold)
	require.Equal(t, tocsin.DeliverySent, h.states(update)["ana"])
}

func TestNobodyIsToldAgainWhatWasOvertaken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	h.mail.answer = permanent
	update := h.say(i, tocsin.UpdateAware, "We are down.")
	h.rule(i, tocsin.VerdictFlood, "")
	_, err := h.desk.Retry(t.Context(), "sue", h.line(update, "ana").ID)
	h.code(err, tocsin.CodeConflict, "flood")
}

func TestAPersonCanTellOrLeaveOutByHandWithAReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "mum@feed")
	h.channel("forum").Poster = nil
	h.restart()
	h.confirm(i)
	h.mail.answer = busy
	update := h.say(i, tocsin.UpdateAware, "We know.")

	_, err := h.desk.ByHand(t.Context(), "sue", h.line(update, "mum").ID, " ")
	h.code(err, tocsin.CodeInvalid)
	_, err = h.desk.Skip(t.Context(), "sue", h.line(update, "ben").ID, "")
	h.code(err, tocsin.CodeInvalid)

	line, err := h.desk.ByHand(t.Context(), "sue", h.line(update, "mum").ID, "called her")
	require.NoError(t, err)
	require.Equal(t, tocsin.DeliveryByHand, line.State)
	require.Equal(t, "called her", line.Reason)
	_, err = h.desk.Skip(t.Context(), "sue", h.line(update, "ben").ID, "asked to be left alone")
	require.NoError(t, err)
	_, err = h.desk.ByHand(t.Context(), "sue", h.line(update, "ana").ID, "met her")
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State, "the last line finishes the update")
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.runFor(time.Hour)
	require.Empty(t, h.mail.took)
	require.True(t, h.said("delivery", "left out: asked to be left alone"))
	_, err = h.desk.Skip(t.Context(), "sue", h.line(update, "ana").ID, "too late")
	h.code(err, tocsin.CodeConflict)
}

func TestNobodyIsToldAnOlderWordAfterANewerOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	h.mail.answer = permanent
	old := h.say(i, tocsin.UpdateAware, "We know.")
	h.works(i)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	fixed := h.draft(i, tocsin.UpdateResolved, "It is fixed.")
	h.approve(fixed)
	_, err := h.desk.Retry(t.Context(), "sue", h.line(old, "ana").ID)
	h.code(err, tocsin.CodeConflict, "or is about to")
	h.runFor(time.Minute)
	_, err = h.desk.Retry(t.Context(), "sue", h.line(old, "ana").ID)
	h.code(err, tocsin.CodeConflict, "ana has heard update", "Use by-hand or skip")
	h.set(fixed, "ben", func(d *tocsin.Delivery) { d.State = tocsin.DeliveryFailed })
	_, err = h.desk.Retry(t.Context(), "sue", h.line(old, "ben").ID)
	require.NoError(t, err, "the newer word did not arrive")
}

func TestAStoppedTextPassesByWhoHeardANewerOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	h.mail.answer = busy
	old := h.say(i, tocsin.UpdateAware, "We know.")
	_, err := h.desk.Stop(t.Context(), "sue", old, "wait")
	require.NoError(t, err)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.say(i, tocsin.UpdateAware, "We know more.")
	late := h.report(i, "late@mail")
	require.NotZero(t, late.Report.ID)
	_, err = h.desk.Resume(t.Context(), "sue", old)
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Empty(t, h.texts("ana-0", "We know."))
	require.Equal(t, tocsin.DeliverySkipped, h.states(old)["ana"])
	require.Contains(t, h.line(old, "ana").Reason, "has heard update")
	require.Equal(t, "late@mail", names(h.owed(i)))
	require.Equal(t, tocsin.UpdateSent, h.store.updates[old].State)
}
