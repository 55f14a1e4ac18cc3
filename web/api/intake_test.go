package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

func TestSignedReportsAreTakenWithoutAToken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	signed := call{bearer: "signed"} // what stands for a signature in these tests
	refused := []api.Refused{{ExternalID: "half", Reason: tocsin.ReasonEmpty, Detail: "report 2: it has no text"}}
	require.Equal(t, api.Taken{Added: 1, Rejected: refused}, must[api.Taken](h, signed, http.StatusAccepted, "POST", "/intake/help", `{}`))
	require.Equal(t, api.Taken{Rejected: refused}, must[api.Taken](h, signed, http.StatusAccepted, "POST", "/intake/help", `{}`), "a repeat adds nothing")
	require.Len(t, walk[tocsin.Report](h, "/reports", 50), 4)
}

func TestIntakeRefusesByName(t *testing.T) {
	t.Parallel()
	h := setup(t)
	signed := call{bearer: "signed"}
	h.problem(call{}, http.StatusUnauthorized, "POST", "/intake/help", `{}`)
	h.problem(call{role: admin}, http.StatusUnauthorized, "POST", "/intake/help", `{}`)
	h.problem(signed, http.StatusUnprocessableEntity, "POST", "/intake/help", `half`)
	h.problem(signed, http.StatusRequestEntityTooLarge, "POST", "/intake/help", "{"+strings.Repeat("x", 5<<20))
	require.Equal(t, 4, strings.Count(h.log.String(), "intake refused"), "each is named in the log")
	h.problem(signed, http.StatusNotFound, "POST", "/intake/mail", `{}`)
	h.problem(signed, http.StatusNotFound, "POST", "/intake/no-such", `{}`)
	resp, _ := h.do(signed, "GET", "/intake/help", "")
	require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
	require.Len(t, walk[tocsin.Report](h, "/reports", 50), 3)
}
