package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// halfway is a wrong update that reached ana and the forum, and was stopped
// before it reached ben.
func halfway(h *house) (incident, wrong int64) {
	h.Helper()
	incident = h.incident("ana@mail", "ben@mail", "mum@feed")
	h.confirm(incident)
	tried := 0
	h.mail.answer = func(key string) (bool, error) {
		if tried++; tried == 1 {
			return true, nil
		}
		return busy(key)
	}
	wrong = h.say(incident, tocsin.UpdateAware, "All data is lost.")
	_, err := h.desk.Stop(h.Context(), "sue", wrong, "wrong")
	require.NoError(h, err)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	return incident, wrong
}

func TestWhoNeverGotTheWrongTextIsOwedTheRightOne(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i, wrong := halfway(h)
	h.correct(i, wrong, "No data is lost.")
	for _, who := range []string{"ben", "mum"} {
		line := h.line(wrong, who)
		require.Equal(t, tocsin.DeliverySkipped, line.State)
		require.Equal(t, "corrected before it was sent", line.Reason)
	}
	require.Equal(t, "ben@mail, mum@feed", names(h.owed(i)))
	p := h.preview(h.draft(i, tocsin.UpdateAware, "Sign-in is slow."))
	require.Equal(t, "ana@mail, ben@mail, public@forum", names(p.Told), "after a correction it is news to ana too")
	require.Equal(t, "mum@feed (channel cannot reply)", names(p.Held))
}

func TestWhoWaitsForAStoppedTextWasNotTold(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i, _ := halfway(h)
	p := h.preview(h.draft(i, tocsin.UpdateAware, "Sign-in is slow."))
	require.Equal(t, "ben@mail, public@forum", names(p.Told))
	require.Equal(t, "ana@mail (told already)", names(p.LeftOut))
}

func TestACorrectionThatWasCalledBackLeavesTheRestWaiting(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i, wrong := halfway(h)
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No.", Corrects: wrong})
	require.NoError(t, err)
	h.approve(u.ID)
	_, err = h.desk.Cancel(t.Context(), "sue", u.ID)
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Equal(t, tocsin.DeliveryPending, h.states(wrong)["ben"])
	_, err = h.desk.Resume(t.Context(), "sue", wrong)
	require.NoError(t, err, "it was not wrong after all")
	h.runFor(time.Minute)
	require.Equal(t, tocsin.DeliverySent, h.states(wrong)["ben"])
}

func TestAWrongTextThatIsTriedAgainByHandIsNotSentOnceItIsCorrected(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@forum")
	h.confirm(i)
	h.mail.answer = permanent
	wrong := h.say(i, tocsin.UpdateAware, "All data is lost.")
	h.mail.answer = busy
	_, err := h.desk.Retry(t.Context(), "sue", h.line(wrong, "ana").ID)
	require.NoError(t, err)
	h.runFor(time.Minute)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No.", Corrects: wrong})
	require.NoError(t, err)
	h.approve(u.ID)
	require.NoError(t, h.deliver(h.line(wrong, "ana")))
	require.Equal(t, tocsin.DeliveryPending, h.states(wrong)["ana"], "the correction may be called back yet")
	h.runFor(time.Minute)
	require.Equal(t, tocsin.DeliverySkipped, h.states(wrong)["ana"])
	require.Empty(t, h.mail.took)
}

func TestACallThatBrokeUnderACorrectedTextIsNotRepeated(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i, wrong := halfway(h)
	h.set(wrong, "ben", func(d *tocsin.Delivery) { d.State, d.Reason = tocsin.DeliveryUnknown, "The line broke." })
	h.correct(i, wrong, "No data is lost.")
	require.NoError(t, h.deliver(h.line(wrong, "ben")), "it did not arrive, as a look shows")
	require.Equal(t, tocsin.DeliverySkipped, h.states(wrong)["ben"])
	require.Len(t, h.texts("", "All data is lost."), 2)
}

func TestAnUpdateThatIsUnderWayIsNotApprovedAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@forum")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	a := approval(update)
	a.Seen = "an old look"
	_, err := h.desk.Approve(t.Context(), a)
	h.code(err, tocsin.CodeConflict, "is approved already")
	p := h.preview(update)
	require.Equal(t, "ana@mail, ben@forum, public@forum", names(p.Told), "its own lines are not told already")
	require.Empty(t, p.LeftOut)
	h.runFor(time.Minute)
	_, err = h.desk.Approve(t.Context(), a)
	h.code(err, tocsin.CodeConflict, "is sent already")
}
