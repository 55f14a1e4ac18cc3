package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

const (
	viewer    = tocsin.RoleViewer
	support   = tocsin.RoleSupport
	responder = tocsin.RoleResponder
	admin     = tocsin.RoleAdmin
)

// needed is every route with the least role that it is open to. It stands here a
// second time on purpose: a role that changes in routes.go must change here too.
var needed = map[string]tocsin.Role{
	"GET /me":                                 viewer,
	"GET /incidents":                          viewer,
	"GET /incidents/{id}":                     viewer,
	"GET /incidents/{id}/reports":             viewer,
	"GET /incidents/{id}/timeline":            viewer,
	"GET /incidents/{id}/checks":              viewer,
	"GET /incidents/{id}/updates":             viewer,
	"GET /incidents/{id}/owed":                viewer,
	"PUT /incidents/{id}/verdict":             support,
	"PUT /incidents/{id}/phase":               support,
	"PUT /incidents/{id}/cause":               support,
	"POST /incidents/{id}/checks":             support,
	"PUT /incidents/{id}/reports/{report}":    support,
	"DELETE /incidents/{id}/reports/{report}": support,
	"POST /incidents/{id}/close":              support,
	"POST /incidents/{id}/reopen":             support,
	"POST /incidents/{id}/ack":                responder,
	"POST /incidents/{id}/updates":            support,
	"GET /updates/{id}":                       viewer,
	"PATCH /updates/{id}":                     support,
	"GET /updates/{id}/preview":               viewer,
	"POST /updates/{id}/approve":              support,
	"POST /updates/{id}/cancel":               support,
	"POST /updates/{id}/discard":              support,
	"POST /updates/{id}/stop":                 support,
	"POST /updates/{id}/resume":               support,
	"GET /deliveries":                         viewer,
	"GET /deliveries/{id}":                    viewer,
	"POST /deliveries/{id}/retry":             support,
	"POST /deliveries/{id}/by-hand":           support,
	"POST /deliveries/{id}/skip":              support,
	"GET /pages":                              viewer,
	"GET /pages/{id}":                         viewer,
	"GET /pages/{id}/attempts":                viewer,
	"POST /pages/{id}/ack":                    responder,
	"POST /pages/{id}/snooze":                 responder,
	"POST /pages/{id}/not-us":                 responder,
	"POST /pages/{id}/escalate":               responder,
	"POST /pages/{id}/everyone":               responder,
	"GET /media":                              viewer,
	"GET /reports":                            viewer,
	"GET /reports/{id}":                       viewer,
	"GET /reports/{id}/raw":                   support,
	"GET /rejections":                         viewer,
	"GET /channels":                           viewer,
	"GET /channels/{name}":                    viewer,
	"POST /channels/{name}/import":            admin,
	"GET /areas":                              viewer,
	"GET /areas/{name}":                       viewer,
	"PUT /areas/{name}":                       admin,
	"DELETE /areas/{name}":                    admin,
	"GET /policies":                           viewer,
	"GET /policies/{name}":                    viewer,
	"PUT /policies/{name}":                    admin,
	"DELETE /policies/{name}":                 admin,
	"GET /people":                             viewer,
	"GET /people/{name}":                      viewer,
	"GET /people/{name}/feed":                 viewer,
	"PUT /people/{name}":                      responder,
	"DELETE /people/{name}":                   admin,
	"GET /oncall":                             viewer,
	"GET /schedules":                          viewer,
	"GET /schedules/{name}":                   viewer,
	"GET /schedules/{name}/shifts":            viewer,
	"GET /schedules/{name}/outlook":           viewer,
	"GET /schedules/{name}/feed":              viewer,
	"PUT /schedules/{name}":                   admin,
	"DELETE /schedules/{name}":                admin,
	"GET /schedules/{name}/overrides":         viewer,
	"POST /schedules/{name}/overrides":        responder,
	"POST /schedules/{name}/swap":             responder,
	"DELETE /overrides/{id}":                  responder,
	"GET /tokens":                             admin,
	"POST /tokens":                            admin,
	"DELETE /tokens/{id}":                     admin,
}

func TestEveryRouteIsOpenToItsRolesAndToNobodyElse(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for route, need := range needed {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer("{id}", "99", "{report}", "99", "{name}", "no-such").Replace(path)
		resp, text := h.do(call{}, method, path, "")
		require.Equal(t, http.StatusUnauthorized, resp.StatusCode, "%s without a token: %s", route, text)
		for _, role := range []tocsin.Role{viewer, support, responder, admin} {
			resp, text := h.do(call{role: role, key: keyOf(route, role)}, method, path, "")
			if role.Covers(need) {
				require.NotContains(t, []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusMethodNotAllowed}, resp.StatusCode, "%s as %s: %s", route, role, text)
			} else {
				require.Equal(t, http.StatusForbidden, resp.StatusCode, "%s as %s: %s", route, role, text)
				require.Contains(t, text, string(need), "the sentence names the role that it takes")
			}
			require.Less(t, resp.StatusCode, http.StatusInternalServerError, "%s as %s: %s", route, role, text)
		}
	}
}

func keyOf(route string, role tocsin.Role) string { return route + string(role) }

// TestNoRouteIsForgotten compares the table with what is described to the world.
func TestNoRouteIsForgotten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, text := h.do(call{}, "GET", "/openapi.json", "")
	var doc struct {
		OpenAPI string `json:"openapi"`
		Paths   map[string]map[string]struct {
			Parameters []struct {
				Name string `json:"name"`
			} `json:"parameters"`
			Security []map[string][]string `json:"security"`
		} `json:"paths"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &doc))
	require.Equal(t, "3.1.0", doc.OpenAPI)
	sends := []string{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			route := strings.ToUpper(method) + " " + path
			if route == "POST /intake/{channel}" {
				require.Empty(t, op.Security, "channels check signatures themselves")
				continue
			}
			require.Contains(t, needed, route)
			require.NotEmpty(t, op.Security, route)
			for _, p := range op.Parameters {
				if p.Name == "Idempotency-Key" {
					sends = append(sends, route)
				}
			}
		}
	}
	total := 0
	for _, methods := range doc.Paths {
		total += len(methods)
	}
	require.Equal(t, len(needed)+1, total, "the table names a route that is not there")
	require.ElementsMatch(t, []string{
		"POST /updates/{id}/approve", "POST /updates/{id}/resume", "POST /deliveries/{id}/retry",
		"POST /pages/{id}/not-us", "POST /pages/{id}/escalate", "POST /pages/{id}/everyone",
	}, sends)
}

func TestNobodyGetsInWithoutAGoodToken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ended := h.token(tocsin.Token{User: "late", Role: admin, CreatedAt: noon, ExpiresAt: noon.AddDate(-10, 0, 0)})
	for _, bearer := range []string{ended, "tocsin_", "tocsin_unknown", strings.Repeat("x", 9000), "a b c", "'; DROP TABLE tokens; --", h.secrets[admin] + "x"} {
		p := h.problem(call{bearer: bearer}, http.StatusUnauthorized, "GET", "/me", "")
		require.Equal(t, tocsin.CodeUnauthorized, p.Code)
		require.NotContains(t, p.Detail, bearer)
	}
	resp, _ := h.do(call{}, "GET", "/me", "")
	require.Equal(t, "Bearer", resp.Header.Get("WWW-Authenticate"))
	me := must[api.Me](h, call{role: responder}, http.StatusOK, "GET", "/me", "")
	require.Equal(t, api.Me{User: "the-responder", Role: responder}, me)
}

func TestWhatIsNotThereIsSaidSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.problem(call{role: admin}, http.StatusNotFound, "GET", "/nothing", "")
	h.problem(call{}, http.StatusNotFound, "POST", "/", "")
	for _, path := range []string{"/incidents/77", "/incidents/77/reports", "/incidents/77/timeline", "/incidents/77/checks", "/incidents/77/updates", "/updates/77", "/updates/77/preview", "/deliveries/77", "/pages/77", "/reports/77", "/reports/77/raw", "/channels/x", "/areas/x", "/policies/x"} {
		p := h.problem(call{role: admin}, http.StatusNotFound, "GET", path, "")
		require.Equal(t, tocsin.CodeNotFound, p.Code)
	}
	resp, _ := h.do(call{role: admin}, "PUT", "/me", "")
	require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)
	require.Equal(t, "GET", resp.Header.Get("Allow"))
	resp, _ = h.do(call{role: admin}, "DELETE", "/areas/x/y", "")
	require.Equal(t, http.StatusNotFound, resp.StatusCode)
}
