package notify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// correct lets sue and tom correct an update, and sends it.
func (h *house) correct(incident, wrong int64, text string) int64 {
	h.Helper()
	u, err := h.desk.Draft(h.Context(), tocsin.Draft{Actor: "sue", Incident: incident, Kind: tocsin.UpdateCorrection, Text: text, Corrects: wrong})
	require.NoError(h, err)
	h.approve(u.ID)
	h.runFor(time.Minute)
	return u.ID
}

// texts lists the messages with a text that a thread got; "" is any thread.
func (h *house) texts(thread, text string) []string {
	var got []string
	for _, net := range []*network{h.mail, h.forum} {
		for key, t := range net.texts {
			if t == text && (thread == "" || net.threads[key] == thread || strings.HasPrefix(net.threads[key], strings.TrimRight(thread, "0123456789"))) {
				got = append(got, t)
			}
		}
	}
	slices.Sort(got)
	return got
}

func TestADraftIsRefusedForWhatNobodyShouldRead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	ok := tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateAware, Text: "We know.\n\nSorry."}
	_, err := h.desk.Draft(t.Context(), ok)
	require.NoError(t, err)
	for name, bad := range map[string]func(*tocsin.Draft){
		"empty":                   func(d *tocsin.Draft) { d.Text = " \n" },
		"not UTF-8":               func(d *tocsin.Draft) { d.Text = "caf\xe9" },
		"control characters":      func(d *tocsin.Draft) { d.Text = "ding \a" },
		"a header smuggled in":    func(d *tocsin.Draft) { d.Text = "hi\r\nBcc: all@example.org" },
		"a placeholder":           func(d *tocsin.Draft) { d.Text = "Dear {{first_name}}" },
		"too long":                func(d *tocsin.Draft) { d.Text = strings.Repeat("é", 10_001) },
		"no such kind":            func(d *tocsin.Draft) { d.Kind = "gossip" },
		"a correction of nothing": func(d *tocsin.Draft) { d.Kind = tocsin.UpdateCorrection },
		"corrects what is not":    func(d *tocsin.Draft) { d.Kind, d.Corrects = tocsin.UpdateCorrection, 99 },
		"corrects and is none":    func(d *tocsin.Draft) { d.Corrects = 1 },
		"a promise for the past":  func(d *tocsin.Draft) { d.NextUpdateAt = start.Add(-time.Minute) },
	} {
		d := ok
		bad(&d)
		_, err := h.desk.Draft(t.Context(), d)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), "%s: %v", name, err)
	}
	ok.Incident = 99
	_, err = h.desk.Draft(t.Context(), ok)
	h.code(err, tocsin.CodeNotFound)
}

func TestACorrectionIsOfTheSameIncident(t *testing.T) {
	t.Parallel()
	h := setup(t)
	other := h.draft(h.incident("ana@mail"), tocsin.UpdateAware, "We know.")
	_, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: h.incident(), Kind: tocsin.UpdateCorrection, Text: "No.", Corrects: other})
	h.code(err, tocsin.CodeInvalid, "has no update")
}

func TestOnlyADraftCanBeEditedOrDiscarded(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	require.True(t, h.said("draft", fmt.Sprintf("Drafted update %d: aware.", update)))
	promise := start.Add(time.Hour)
	u, err := h.desk.Edit(t.Context(), "sue", update, "We do know.", promise)
	require.NoError(t, err)
	require.Equal(t, "We do know.", u.Text)
	require.Equal(t, promise, u.NextUpdateAt)
	_, err = h.desk.Edit(t.Context(), "sue", update, "", promise)
	h.code(err, tocsin.CodeInvalid)
	h.approve(update)
	_, err = h.desk.Edit(t.Context(), "sue", update, "We knew.", time.Time{})
	h.code(err, tocsin.CodeConflict, "approved")
	_, err = h.desk.Discard(t.Context(), "sue", update)
	h.code(err, tocsin.CodeConflict)
	u, err = h.desk.Discard(t.Context(), "sue", h.draft(i, tocsin.UpdateScope, "Only sign-in."))
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateDiscarded, u.State)
}

func TestAnApprovedUpdateCanBeCalledBackUntilItsHoldEnds(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	_, err := h.desk.Stop(t.Context(), "sue", update, "wait")
	h.code(err, tocsin.CodeConflict, "Use cancel: it has not begun.")
	h.runFor(hold - time.Second)
	u, err := h.desk.Cancel(t.Context(), "sue", update)
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateDraft, u.State)
	require.Empty(t, u.Approver)
	require.Empty(t, h.store.deliveries)
	h.runFor(time.Hour)
	require.Empty(t, h.mail.took)

	h.approve(update)
	h.runFor(hold + time.Second)
	require.Len(t, h.mail.took, 1)
	_, err = h.desk.Cancel(t.Context(), "sue", update)
	h.code(err, tocsin.CodeConflict, "only in its hold")
}

func TestAnUpdateApprovedAgainWaitsItsWholeNewHold(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.confirm(i)
	update := h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	h.runFor(hold / 2)
	_, err := h.desk.Cancel(t.Context(), "sue", update)
	require.NoError(t, err)
	h.approve(update)
	h.runFor(hold - time.Second)
	require.Empty(t, h.mail.took, "the first approval's timer has fired meanwhile")
	h.runFor(2 * time.Second)
	require.Len(t, h.mail.took, 1)
}

func TestAStoppedUpdateGoesOnWithThoseWhoHaveNotHeardIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail", "fay@forum")
	h.confirm(i)
	h.mail.answer = busy
	update := h.say(i, tocsin.UpdateAware, "We know.")
	_, err := h.desk.Cancel(t.Context(), "sue", update)
	h.code(err, tocsin.CodeConflict, "Use stop.")
	u, err := h.desk.Stop(t.Context(), "sue", update, "wait for legal")
	require.NoError(t, err)
	require.Equal(t, tocsin.UpdateStopped, u.State)
	require.True(t, h.said("stop", "wait for legal"))
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.runFor(24 * time.Hour)
	require.Empty(t, h.mail.took)
	require.Equal(t, tocsin.DeliveryPending, h.states(update)["ana"])
	_, err = h.desk.Resume(t.Context(), "sue", update)
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Len(t, h.mail.took, 2)
	require.Len(t, h.forum.took, 2, "fay and the public heard it before, and once")
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
	_, err = h.desk.Resume(t.Context(), "sue", update)
	h.code(err, tocsin.CodeConflict, "not stopped")
	_, err = h.desk.Stop(t.Context(), "sue", update, "")
	h.code(err, tocsin.CodeConflict)
}

func TestACorrectedUpdateGoesToNobodyElse(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail", "ben@mail")
	h.confirm(i)
	tried := 0
	h.mail.answer = func(key string) (bool, error) {
		if tried++; tried == 1 {
			return true, nil
		}
		return busy(key)
	}
	wrong := h.say(i, tocsin.UpdateAware, "All data is lost.")
	_, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No.", Corrects: wrong})
	require.NoError(t, err)
	_, err = h.desk.Approve(t.Context(), approval(h.lastUpdate()))
	h.code(err, tocsin.CodeConflict, "Stop it before you correct it")
	_, err = h.desk.Stop(t.Context(), "sue", wrong, "wrong")
	require.NoError(t, err)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	h.correct(i, wrong, "No data is lost.")
	_, err = h.desk.Resume(t.Context(), "sue", wrong)
	h.code(err, tocsin.CodeConflict, "was corrected by update")
	h.runFor(24 * time.Hour)
	require.Len(t, h.texts("", "All data is lost."), 2, "one person and the public")
	require.Len(t, h.texts("", "No data is lost."), 2, "exactly those, and ben hears neither")
	_, err = h.desk.Approve(t.Context(), approval(func() int64 {
		u, err := h.desk.Draft(t.Context(), tocsin.Draft{Actor: "sue", Incident: i, Kind: tocsin.UpdateCorrection, Text: "No!", Corrects: wrong})
		require.NoError(t, err)
		return u.ID
	}()))
	h.code(err, tocsin.CodeConflict, "was corrected")
}
