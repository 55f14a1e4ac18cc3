package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestNothingGoesOutBeforeTheHoldIsOver(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	_, err := h.do(tocsin.BroadcastJob{Update: update})
	again, after := tocsin.Retry(err)
	require.True(t, again)
	require.Equal(t, hold, after, "a timer that fires early, by a clock that is ahead, waits")
	h.runFor(hold - time.Second)
	require.Empty(t, h.mail.took)
	h.runFor(2 * time.Second)
	require.Len(t, h.mail.took, 1)
	require.True(t, h.said("sending", "it goes out"))
}

func TestTheTimerOfAnApprovalThatWasCalledBackEndsSilently(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	old := tocsin.BroadcastJob{Update: update, SendAt: h.store.updates[update].SendAt}
	h.clock = h.clock.Add(hold / 2)
	_, err := h.desk.Cancel(t.Context(), "sue", update)
	require.NoError(t, err)
	h.approve(update)
	_, err = h.do(old)
	require.NoError(t, err)
	h.runFor(hold + time.Second)
	require.Len(t, h.mail.took, 1)
}

func TestACancelInTheMomentOfTheStartWins(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	h.clock = h.clock.Add(hold)
	h.store.at = func(point string) {
		if point == "before change of update" {
			u := h.store.updates[update]
			u.State = tocsin.UpdateDraft
			h.store.updates[update] = u
		}
	}
	_, err := h.do(tocsin.BroadcastJob{Update: update})
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateDraft, h.store.updates[update].State)
}

func TestEachReporterHearsItInTheirOwnThread(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "fay@forum")
	h.confirm(i)
	update := h.say(i, tocsin.UpdateAware, "We know and are on it.")
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
	for _, m := range h.store.members[i] {
		require.Equal(t, []string{"We know and are on it."}, h.texts(m.Report.Thread, "We know and are on it."))
		line := h.line(update, m.Report.Reporter.Handle)
		require.Equal(t, m.Report.Channel+":"+line.Key, line.ExternalID)
		require.Equal(t, "https://"+m.Report.Channel+".example/"+line.Key, line.URL)
		require.Equal(t, 1, line.Attempts)
	}
	require.Len(t, h.mail.took, 2)
	require.Len(t, h.forum.took, 2, "fay, and one public post")
}

func TestTheIncidentSaysWhatTheUpdateSays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	promise := start.Add(20 * time.Minute)
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateAware, Text: "We know.", NextUpdateAt: promise})
	require.NoError(t, err)
	h.approve(u.ID)
	require.True(t, h.store.incidents[i].NextUpdateAt.IsZero(), "not promised before it is said")
	h.runFor(time.Minute)
	require.Equal(t, promise, h.store.incidents[i].NextUpdateAt)

	h.works(i)
	fixed := h.say(i, tocsin.UpdateResolved, "It is fixed.")
	require.Equal(t, tocsin.PhaseResolved, h.store.incidents[i].Phase)
	require.True(t, h.store.incidents[i].NextUpdateAt.IsZero(), "the promise was kept")

	h.correct(i, fixed, "It is not fixed.")
	require.Equal(t, tocsin.PhaseInvestigating, h.store.incidents[i].Phase)
	require.True(t, h.said("phase", "The phase is investigating, as update"))
}

func TestACorrectionOfAnotherKindLeavesThePhaseAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	_, err := h.desk.Phase(t.Context(), "sue", i, tocsin.PhaseMonitoring)
	require.NoError(t, err)
	h.correct(i, h.say(i, tocsin.UpdateAware, "All is lost."), "It is not.")
	require.Equal(t, tocsin.PhaseMonitoring, h.store.incidents[i].Phase)
}

func TestABroadcastOfNothingIsAnError(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.do(tocsin.BroadcastJob{Update: 99})
	h.code(err, tocsin.CodeNotFound)
	_, err = h.do(tocsin.DeliverJob{Delivery: 99})
	h.code(err, tocsin.CodeNotFound)
}
