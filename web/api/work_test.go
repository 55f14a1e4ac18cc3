package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// TestAnIncidentIsVettedAnnouncedAndSettled walks the way of support's work.
func TestAnIncidentIsVettedAnnouncedAndSettled(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: support}
	shown := must[api.IncidentShown](h, by, http.StatusOK, "GET", "/incidents/1", "")
	require.Equal(t, 3, shown.Owed)

	check := must[tocsin.Check](h, by, http.StatusOK, "POST", "/incidents/1/checks", `{"item":"sign in","outcome":"broken","note":"in Safari"}`)
	require.Equal(t, "the-support", check.By)
	checks := must[api.List[tocsin.Check]](h, by, http.StatusOK, "GET", "/incidents/1/checks", "")
	require.Equal(t, []tocsin.Check{check}, checks.Items)

	i := must[tocsin.Incident](h, by, http.StatusOK, "PUT", "/incidents/1/verdict", `{"verdict":"confirmed"}`)
	require.Equal(t, tocsin.VerdictConfirmed, i.Verdict)
	i = must[tocsin.Incident](h, by, http.StatusOK, "PUT", "/incidents/1/phase", `{"phase":"identified"}`)
	require.Equal(t, tocsin.PhaseIdentified, i.Phase)
	i = must[tocsin.Incident](h, by, http.StatusOK, "PUT", "/incidents/1/cause", `{"cause":"provider"}`)
	require.Equal(t, tocsin.CauseProvider, i.Cause)

	u := h.draft()
	require.Equal(t, "the-support", u.Author)
	u = must[tocsin.Update](h, by, http.StatusOK, "PATCH", fmt.Sprintf("/updates/%d", u.ID), `{"text":"We know of it."}`)
	require.Equal(t, "We know of it.", u.Text)
	require.Equal(t, tocsin.UpdateAware, u.Kind)
	v := must[tocsin.Preview](h, by, http.StatusOK, "GET", fmt.Sprintf("/updates/%d/preview", u.ID), "")
	must[tocsin.Update](h, call{role: responder, key: "a"}, http.StatusOK, "POST", approvePath(u), fmt.Sprintf(`{"seen":%q}`, v.Seen))
	u = must[tocsin.Update](h, by, http.StatusOK, "GET", fmt.Sprintf("/updates/%d", u.ID), "")
	require.Equal(t, "the-responder", u.Approver)

	lines := walk[tocsin.Delivery](h, "/deliveries", 2)
	require.Len(t, lines, 3)
	must[tocsin.Delivery](h, call{role: support, key: "r"}, http.StatusOK, "POST", fmt.Sprintf("/deliveries/%d/retry", lines[0].ID), "")
	must[tocsin.Delivery](h, by, http.StatusOK, "POST", fmt.Sprintf("/deliveries/%d/by-hand", lines[1].ID), `{"note":"called them"}`)
	must[tocsin.Delivery](h, by, http.StatusOK, "POST", fmt.Sprintf("/deliveries/%d/skip", lines[2].ID), `{"reason":"asked not to"}`)
	skipped := must[api.List[tocsin.Delivery]](h, by, http.StatusOK, "GET", fmt.Sprintf("/deliveries?incident=1&update=%d&state=skipped", u.ID), "")
	require.Len(t, skipped.Items, 1)
	require.Equal(t, "asked not to", skipped.Items[0].Reason)
	one := must[tocsin.Delivery](h, by, http.StatusOK, "GET", fmt.Sprintf("/deliveries/%d", lines[1].ID), "")
	require.Equal(t, tocsin.DeliveryByHand, one.State)
}

func TestAnUpdateIsCalledBackStoppedAndThrownAway(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: support, key: "k"}
	act := func(u tocsin.Update, verb string, status int) tocsin.Update {
		by.key += "+"
		return must[tocsin.Update](h, by, status, "POST", fmt.Sprintf("/updates/%d/%s", u.ID, verb), map[bool]string{true: approval}[verb == "approve"])
	}
	u := h.draft()
	act(u, "approve", http.StatusOK)
	require.Equal(t, tocsin.UpdateDraft, act(u, "cancel", http.StatusOK).State)
	require.Equal(t, tocsin.UpdateDiscarded, act(u, "discard", http.StatusOK).State)
	act(u, "stop", http.StatusConflict)
	act(u, "resume", http.StatusConflict)
}

func TestAPersonMovesReports(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.do(call{role: support}, "DELETE", "/incidents/1/reports/2", "")
	require.Len(t, walk[tocsin.Member](h, "/incidents/1/reports", 50), 2)
	r := must[tocsin.Report](h, call{role: support}, http.StatusOK, "PUT", "/incidents/1/reports/2", "")
	require.EqualValues(t, 2, r.ID)
	members := walk[tocsin.Member](h, "/incidents/1/reports", 50)
	require.Len(t, members, 3)
	require.Equal(t, "the-support", members[1].Judge)
}

func TestAPageIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := must[api.PageShown](h, call{role: viewer}, http.StatusOK, "GET", "/pages/1", "")
	require.Equal(t, tocsin.PageOpen, p.State)
	require.Len(t, p.Notices, 1)
	taken := must[api.List[tocsin.Page]](h, call{role: responder}, http.StatusOK, "POST", "/incidents/1/ack", "")
	require.Len(t, taken.Items, 1)
	require.Equal(t, "the-responder", taken.Items[0].By)
	h.problem(call{role: admin}, http.StatusConflict, "POST", "/pages/1/ack", "")
}

func TestARawReportIsForSupportOnly(t *testing.T) {
	t.Parallel()
	h := setup(t)
	raw := must[api.Raw](h, call{role: support}, http.StatusOK, "GET", "/reports/1/raw", "")
	require.Equal(t, api.Raw{Text: "<p>I cannot sign in</p>", Markup: tocsin.MarkupHTML}, raw)
	_, err := h.memory.CommitBatch(t.Context(), "mail", "", tocsin.Batch{Edits: []tocsin.Report{{ExternalID: "r0", Text: "It works again", Raw: "It works again"}}, Deleted: []string{"r1"}})
	require.NoError(t, err)
	raw = must[api.Raw](h, call{role: support}, http.StatusOK, "GET", "/reports/1/raw", "")
	require.Equal(t, api.Raw{Text: "It works again", First: "I cannot sign in"}, raw)
	gone := must[api.ReportShown](h, call{role: viewer}, http.StatusOK, "GET", "/reports/2", "")
	require.Empty(t, gone.Text)
	require.False(t, gone.DeletedAt.IsZero())
	h.problem(call{role: support}, http.StatusNotFound, "GET", "/reports/2/raw", "")
	_, text := h.do(call{role: viewer}, "GET", "/reports/1", "")
	require.NotContains(t, text, "<p>")
}

func TestAReportIsShownWithWhatIsThoughtOfIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	shown := must[api.ReportShown](h, call{role: viewer}, http.StatusOK, "GET", "/reports/1", "")
	require.Equal(t, &tocsin.Place{Incident: 1, Cluster: "c", Sure: true, Judge: tocsin.ActorSelf}, shown.Judgement)
	must[api.Taken](h, call{bearer: "signed"}, http.StatusAccepted, "POST", "/intake/help", `{}`)
	shown = must[api.ReportShown](h, call{role: viewer}, http.StatusOK, "GET", "/reports/4", "")
	require.Nil(t, shown.Judgement, "triage has not come to it yet")
	h.problem(call{role: viewer}, http.StatusNotFound, "GET", "/reports/5", "")
}
