package api_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

const (
	ana     = `{"name":"ana","zone":"UTC","contacts":[{"name":"mail","channel":"help","to":"a"}]}`
	primary = `{"name":"primary","zone":"UTC","layers":[{"name":"base","people":["ana"],"start":"2031-01-01"}]}`
)

func TestPeopleChangeThemselvesAndAdminsAnybody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	put := must[tocsin.Person](h, call{role: admin}, http.StatusOK, "PUT", "/people/ana", ana)
	require.Equal(t, put, must[tocsin.Person](h, call{role: viewer}, http.StatusOK, "GET", "/people/ana", ""))
	p := h.problem(call{role: responder}, http.StatusForbidden, "PUT", "/people/ana", ana)
	require.Contains(t, p.Detail, "You may change yourself (the-responder)")
	must[tocsin.Person](h, call{role: responder}, http.StatusOK, "PUT", "/people/the-responder", `{"name":"the-responder","zone":"UTC","contacts":[]}`)
	require.Len(t, must[api.List[tocsin.Person]](h, call{role: viewer}, http.StatusOK, "GET", "/people", "").Items, 2)
	p = h.problem(call{role: admin}, http.StatusUnprocessableEntity, "PUT", "/people/ana", `{"name":"ana","zone":"Mars"}`)
	require.Contains(t, p.Detail, "no zone on Mars")
	h.problem(call{role: admin}, http.StatusUnprocessableEntity, "PUT", "/people/ben", ana)
}

func TestWhoIsCountedOnIsNotDeleted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: admin}
	must[tocsin.Person](h, by, http.StatusOK, "PUT", "/people/ana", ana)
	must[tocsin.Schedule](h, by, http.StatusOK, "PUT", "/schedules/primary", primary)
	must[tocsin.Policy](h, by, http.StatusOK, "PUT", "/policies/p", `{"name":"p","whisper":[{"schedule":"primary"}],"steps":[{"name":"one","targets":[{"person":"ana"}],"wait":"5m"}]}`)
	p := h.problem(by, http.StatusConflict, "DELETE", "/people/ana", "")
	require.Contains(t, p.Detail, `The schedule "primary" has ana in a rotation`)
	p = h.problem(by, http.StatusConflict, "DELETE", "/schedules/primary", "")
	require.Contains(t, p.Detail, `The policy "p" calls primary`)
	must[tocsin.Policy](h, by, http.StatusOK, "PUT", "/policies/p", `{"name":"p","steps":[{"name":"one","targets":[{"person":"ana"}],"wait":"5m"}]}`)
	resp, _ := h.do(by, "DELETE", "/schedules/primary", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	p = h.problem(by, http.StatusConflict, "DELETE", "/people/ana", "")
	require.Contains(t, p.Detail, `The policy "p" calls ana`)
	resp, _ = h.do(by, "DELETE", "/policies/p", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	resp, _ = h.do(by, "DELETE", "/people/ana", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	h.problem(by, http.StatusUnprocessableEntity, "PUT", "/policies/p", `{"name":"p","quiet":{"severity":3,"hours":[]}}`)
	h.problem(by, http.StatusUnprocessableEntity, "PUT", "/schedules/x", `{"name":"x","zone":"Mars","layers":[]}`)
}

func TestWhoIsOnCallIsAskedOfAnyMoment(t *testing.T) {
	t.Parallel()
	h := setup(t)
	must[tocsin.Schedule](h, call{role: admin}, http.StatusOK, "PUT", "/schedules/primary", primary)
	by := call{role: viewer}
	require.Equal(t, noon, must[api.List[tocsin.Shift]](h, by, http.StatusOK, "GET", "/oncall", "").Items[0].From)
	then := must[api.List[tocsin.Shift]](h, by, http.StatusOK, "GET", "/oncall?at=2032-01-01T00:00:00Z", "").Items
	require.Equal(t, 2032, then[0].From.Year())
	h.problem(by, http.StatusUnprocessableEntity, "GET", "/oncall?at=tomorrow", "")
	shifts := must[api.List[tocsin.Shift]](h, by, http.StatusOK, "GET", "/schedules/primary/shifts?from=2031-06-01T00:00:00Z", "").Items
	require.Equal(t, 28*24*time.Hour, shifts[0].To.Sub(shifts[0].From))
	require.Equal(t, noon, must[tocsin.Outlook](h, by, http.StatusOK, "GET", "/schedules/primary/outlook", "").From)
	require.Equal(t, "https://tocsin.test/schedules/primary", must[api.Feed](h, by, http.StatusOK, "GET", "/schedules/primary/feed", "").URL)
	h.problem(by, http.StatusNotFound, "GET", "/people/ana/feed", "")
}

func TestOverridesAreMadeAndTakenBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	must[tocsin.Schedule](h, call{role: admin}, http.StatusOK, "PUT", "/schedules/primary", primary)
	by := call{role: responder}
	o := must[tocsin.Override](h, by, http.StatusOK, "POST", "/schedules/primary/overrides", `{"person":"ana","to":"2031-05-14T15:00:00Z","reason":"dentist"}`)
	require.Equal(t, []any{"the-responder", noon, "dentist"}, []any{o.By, o.From, o.Reason})
	swapped := must[api.List[tocsin.Override]](h, by, http.StatusOK, "POST", "/schedules/primary/swap", `{"first":"2031-05-20T00:00:00Z","second":"2031-05-27T00:00:00Z"}`)
	require.Len(t, swapped.Items, 1)
	require.Len(t, must[api.List[tocsin.Override]](h, by, http.StatusOK, "GET", "/schedules/primary/overrides", "").Items, 2)
	resp, _ := h.do(by, "DELETE", fmt.Sprintf("/overrides/%d", o.ID), "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Len(t, must[api.List[tocsin.Override]](h, by, http.StatusOK, "GET", "/schedules/primary/overrides", "").Items, 1)
}

func TestAPageIsSnoozedHandedOverEscalatedAndMadeToCallEveryone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: responder}
	p := must[tocsin.Page](h, by, http.StatusOK, "POST", "/pages/1/snooze", `{"for":"30m"}`)
	require.Equal(t, []any{tocsin.PageSnoozed, noon.Add(30 * time.Minute)}, []any{p.State, p.NextAt})
	require.Len(t, must[api.List[tocsin.Page]](h, by, http.StatusOK, "GET", "/pages?state=snoozed", "").Items, 1)
	h.problem(by, http.StatusUnprocessableEntity, "POST", "/pages/1/snooze", `{"for":"soon"}`)
	h.problem(by, http.StatusBadRequest, "POST", "/pages/1/escalate", "")
	keyed := func(key string) call { return call{role: responder, key: key} }
	require.Equal(t, 1, must[tocsin.Page](h, keyed("a"), http.StatusOK, "POST", "/pages/1/escalate", "").Step)
	require.Equal(t, 1, must[tocsin.Page](h, keyed("a"), http.StatusOK, "POST", "/pages/1/escalate", "").Step, "the repeat calls nobody")
	require.Equal(t, "billing", must[tocsin.Page](h, keyed("b"), http.StatusOK, "POST", "/pages/1/not-us", `{"policy":"billing"}`).Policy)
	must[tocsin.Page](h, keyed("c"), http.StatusOK, "POST", "/pages/1/everyone", "")
}

func TestEachAttemptAndEachMediumCanBeSeen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: viewer}
	_, err := h.memory.ChangeNotice(t.Context(), 1, func(n *tocsin.Notice) (tocsin.Effects, error) {
		n.State, n.Reason, n.DueAt = tocsin.DeliveryUnknown, "Too many messages.", noon.Add(12*time.Minute)
		return tocsin.Effects{Attempts: []tocsin.Attempt{{Notice: 1, At: noon, State: n.State, Answer: n.Reason}}}, nil
	})
	require.NoError(t, err)
	tried := must[api.List[tocsin.Attempt]](h, by, http.StatusOK, "GET", "/pages/1/attempts", "").Items
	require.Len(t, tried, 1)
	require.Equal(t, "Too many messages.", tried[0].Answer)
	media := must[api.List[tocsin.Medium]](h, by, http.StatusOK, "GET", "/media", "").Items
	require.Equal(t, []tocsin.Medium{{
		Channel: "help", Waiting: 1, NextAt: noon.Add(12 * time.Minute), Error: "Too many messages.",
		Allowances: meter{}.Allowances(),
	}}, media)
}
