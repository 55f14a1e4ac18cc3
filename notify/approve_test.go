package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func approval(update int64) tocsin.Approval { return tocsin.Approval{Actor: "tom", Update: update} }

func TestAnotherPersonApproves(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	_, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "sue", Update: update})
	h.code(err, tocsin.CodeForbidden, "Another person")
	_, err = h.desk.Approve(t.Context(), tocsin.Approval{Update: update})
	h.code(err, tocsin.CodeUnauthorized)
	u, err := h.desk.Approve(t.Context(), approval(update))
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateApproved, u.State)
	require.Equal(t, "tom", u.Approver)
	require.Equal(t, start.Add(hold), u.SendAt)
	require.True(t, h.said("approved", "2 to be told, 0 held, 0 doubtful, 0 left out"))
	_, err = h.desk.Approve(t.Context(), approval(update))
	h.code(err, tocsin.CodeConflict, "only a draft")
}

func TestWhoEditsADraftCannotApproveIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	_, err := h.desk.Edit(t.Context(), "tom", update, "We know, sorry.", time.Time{})
	require.NoError(t, err)
	_, err = h.desk.Approve(t.Context(), approval(update))
	h.code(err, tocsin.CodeForbidden, "what sue, tom wrote")
	_, err = h.desk.Approve(t.Context(), tocsin.Approval{Actor: "sue", Update: update})
	h.code(err, tocsin.CodeForbidden, "what sue, tom wrote")
	_, err = h.desk.Edit(t.Context(), "uli", update, "We know, sorry.", time.Time{})
	h.code(err, tocsin.CodeInvalid, "changes nothing")
	_, err = h.desk.Approve(t.Context(), tocsin.Approval{Actor: "uli", Update: update})
	require.NoError(t, err)
}

func TestALonePersonGivesAReasonThatIsShown(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	u, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "sue", Update: update, Bypass: "alone on the night shift"})
	require.NoError(t, err)
	require.Equal(t, "alone on the night shift", u.Bypass)
	require.True(t, h.said("bypass", "alone on the night shift"))
}

func TestAPreApprovedTextNeedsOnePerson(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.options.PreApproved = []string{"We are aware and looking into it."}
	h.restart()
	i := h.incident("ana@mail")
	h.confirm(i)
	h.works(i)
	for kind, want := range map[tocsin.UpdateKind]tocsin.Code{tocsin.UpdateAware: "", tocsin.UpdateProgress: "", tocsin.UpdateResolved: tocsin.CodeForbidden} {
		update := h.draft(i, kind, " We are aware and looking into it.\n")
		u, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "sue", Update: update})
		require.Equal(t, want, tocsin.CodeOf(err), "%s", kind)
		require.Empty(t, u.Bypass)
	}
	require.False(t, h.said("bypass", ""))
}

func TestAnApprovalIsOfWhatTheApproverSaw(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*house, int64, int64){
		"one more person": func(h *house, i, _ int64) { h.report(i, "zoe@mail") },
		"another person instead": func(h *house, i, _ int64) {
			h.store.members[i] = nil
			h.report(i, "zoe@mail")
		},
		"another text": func(h *house, _, update int64) {
			_, err := h.desk.Edit(h.Context(), "sue", update, "We have no idea.", time.Time{})
			require.NoError(h, err)
		},
		"a channel that cannot reply any more": func(h *house, _, _ int64) {
			h.channel("mail").Replier = nil
			h.restart()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			i := h.incident("ana@mail")
			h.confirm(i)
			update := h.draft(i, tocsin.UpdateAware, "We know.")
			p, err := h.desk.Preview(t.Context(), update)
			require.NoError(t, err)
			again, err := h.desk.Preview(t.Context(), update)
			require.NoError(t, err)
			require.Equal(t, p.Seen, again.Seen)
			change(h, i, update)
			a := approval(update)
			a.Seen = p.Seen
			_, err = h.desk.Approve(t.Context(), a)
			h.code(err, tocsin.CodeConflict, "Look again")
			require.Empty(t, h.store.deliveries)
		})
	}
}

func TestAnApprovalOfWhatIsUnchangedPasses(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "?dot@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	p, err := h.desk.Preview(t.Context(), update)
	require.NoError(t, err)
	h.report(i, "?eve@mail is it me?")
	a := approval(update)
	a.Seen = p.Seen
	_, err = h.desk.Approve(t.Context(), a)
	require.NoError(t, err, "the doubtful are not told, so one more of them changes nothing")
}

func TestBeforeAVerdictOnlyTheHoldingTextGoesAndOnlyToThoseWhoWrote(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "fay@forum")
	for _, kind := range []tocsin.UpdateKind{tocsin.UpdateScope, tocsin.UpdateProgress, tocsin.UpdateResolved} {
		_, err := h.desk.Approve(t.Context(), approval(h.draft(i, kind, "It is our fault.")))
		h.code(err, tocsin.CodeConflict, "only suspected", "holding text")
	}
	update := h.say(i, tocsin.UpdateAware, "Thank you, we are looking.")
	require.Equal(t, map[string]tocsin.DeliveryState{"ana": tocsin.DeliverySent, "fay": tocsin.DeliverySent}, h.states(update))
	require.NotContains(t, h.forum.threads, "public", "nothing unverified is said in public")
}

func TestWhatTurnedOutToBeNothingMayOnlyBeCorrected(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	wrong := h.say(i, tocsin.UpdateAware, "We are down.")
	h.rule(i, tocsin.VerdictNotIncident, "a test of ours")
	_, err := h.desk.Approve(t.Context(), approval(h.draft(i, tocsin.UpdateAware, "We are down again.")))
	h.code(err, tocsin.CodeConflict, "not an incident", "only a correction")
	h.correct(i, wrong, "We were wrong.")
	require.Equal(t, []string{"We were wrong."}, h.texts("ana-2", "We were wrong."))
}

func TestNothingIsSaidAboutAClosedIncident(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("ana@mail")
	h.confirm(id)
	update := h.draft(id, tocsin.UpdateAware, "We know.")
	i := h.store.incidents[id]
	i.ClosedAt = h.clock
	h.store.incidents[id] = i
	_, err := h.desk.Approve(t.Context(), approval(update))
	h.code(err, tocsin.CodeConflict, "Reopen")
	_, err = h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: id, Kind: tocsin.UpdateAware, Text: "x"})
	h.code(err, tocsin.CodeConflict, "Reopen")
}

func TestAnEditInTheMomentOfApprovalWins(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	for _, edit := range []func(*tocsin.Update){
		func(u *tocsin.Update) { u.Text = "We know nothing." },
		func(u *tocsin.Update) { u.EditedAt = u.EditedAt.Add(time.Second) },
	} {
		h.store.at = func(point string) {
			if point == "before change of update" {
				u := h.store.updates[update]
				edit(&u)
				h.store.updates[update] = u
			}
		}
		_, err := h.desk.Approve(t.Context(), approval(update))
		h.code(err, tocsin.CodeConflict, "edited just now")
		require.Empty(t, h.store.deliveries)
	}
}

func TestReportersOfWhatWasNoIncidentHearWhatItWas(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "fay@forum")
	h.rule(i, tocsin.VerdictNotIncident, "a newsletter")
	_, err := h.desk.Approve(t.Context(), approval(h.draft(i, tocsin.UpdateProgress, "Nothing is broken.")))
	h.code(err, tocsin.CodeConflict, "only a correction", "kind scope")
	update := h.say(i, tocsin.UpdateScope, "That was our newsletter; nothing is broken.")
	require.Equal(t, map[string]tocsin.DeliveryState{"ana": tocsin.DeliverySent, "fay": tocsin.DeliverySent}, h.states(update), "and never the public")
	require.NoError(t, h.close(i))
}

func TestATextOfAnEarlierVerdictDoesNotGoOnAsWhatItWas(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.forum.answer = busy
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.say(i, tocsin.UpdateScope, "Nobody can sign in.")
	h.rule(i, tocsin.VerdictNotIncident, "a newsletter")
	_, err := h.desk.Resume(t.Context(), "sue", update)
	h.code(err, tocsin.CodeConflict, "under another verdict")
}

func TestAnUpdateForNobodyIsRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.channel("forum").Poster = nil
	h.restart()
	i := h.incident("?dot@mail")
	h.confirm(i)
	for kind, why := range map[tocsin.UpdateKind]string{
		tocsin.UpdateScope: "Nobody would hear it: scope goes to the public only, and no channel posts in public.",
		tocsin.UpdateAware: "Nobody would hear it: no reporter is both sure and untold (1 doubtful, 0 left out).",
	} {
		update := h.draft(i, kind, "Only sign-in.")
		require.Equal(t, []string{why}, h.preview(update).Warnings)
		_, err := h.desk.Approve(t.Context(), approval(update))
		h.code(err, tocsin.CodeConflict, why)
	}
}

func TestACorrectionOfWhatReachedNobodyIsRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.channel("forum").Poster = nil
	h.restart()
	i := h.incident("ana@mail")
	h.confirm(i)
	h.mail.answer = permanent
	wrong := h.say(i, tocsin.UpdateAware, "All data is lost.")
	u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No.", Corrects: wrong})
	require.NoError(t, err)
	_, err = h.desk.Approve(t.Context(), approval(u.ID))
	h.code(err, tocsin.CodeConflict, "Nobody would hear it: nobody got update")
}

func TestOnePersonIsNotTwoBySpellingTheirNameAnotherWay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	for _, actor := range []string{"Sue", " sue", "SUE "} {
		_, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: actor, Update: update})
		h.code(err, tocsin.CodeForbidden, "Another person")
	}
	u, err := h.desk.Approve(t.Context(), tocsin.Approval{Actor: "Sue", Update: update, Bypass: "alone"})
	require.NoError(t, err)
	require.Equal(t, "alone", u.Bypass)
}
