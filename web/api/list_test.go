package api_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// walk reads a list page by page.
func walk[T any](h *house, path string, limit int) []T {
	h.t.Helper()
	return walkAs[T](h, viewer, path, limit)
}

func walkAs[T any](h *house, role tocsin.Role, path string, limit int) []T {
	h.t.Helper()
	var all []T
	cursor := ""
	for range 100 {
		list := must[api.List[T]](h, call{role: role}, http.StatusOK, "GET", fmt.Sprintf("%s?limit=%d&cursor=%s", path, limit, cursor), "")
		require.NotNil(h.t, list.Items, "an empty list is [] and not null")
		require.LessOrEqual(h.t, len(list.Items), limit)
		all = append(all, list.Items...)
		if cursor = list.Next; cursor == "" {
			return all
		}
	}
	h.t.Fatal("the list has no end")
	return nil
}

func TestAListIsReadPageByPageWithoutGapsOrDoubles(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, limit := range []int{1, 2, 3, 50} {
		members := walk[tocsin.Member](h, "/incidents/1/reports", limit)
		require.Len(t, members, 3)
		require.Equal(t, []int64{1, 2, 3}, []int64{members[0].Report.ID, members[1].Report.ID, members[2].Report.ID})
		require.Len(t, walk[tocsin.Report](h, "/reports", limit), 3)
		require.Len(t, walk[tocsin.Recipient](h, "/incidents/1/owed", limit), 3)
		require.NotEmpty(t, walk[tocsin.Event](h, "/incidents/1/timeline", limit))
		require.Len(t, walk[tocsin.Page](h, "/pages", limit), 1)
		require.Empty(t, walk[tocsin.Delivery](h, "/deliveries", limit))
		require.Len(t, walk[tocsin.Incident](h, "/incidents", limit), 1)
		require.Len(t, walk[api.ChannelShown](h, "/channels", limit), 2)
		require.Len(t, walkAs[tocsin.Token](h, admin, "/tokens", limit), 4)
		require.Empty(t, walk[tocsin.Area](h, "/areas", limit))
		require.Empty(t, walk[tocsin.Policy](h, "/policies", limit))
		require.Empty(t, walk[tocsin.Check](h, "/incidents/1/checks", limit))
		require.Empty(t, walk[tocsin.Update](h, "/incidents/1/updates", limit))
		require.Empty(t, walk[tocsin.Rejection](h, "/rejections", limit))
	}
}

func TestAListRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, query := range []string{"limit=0", "limit=501", "limit=many", "limit=-1", "cursor=%00", "cursor=not!ours", "stat=open", "state=ajar"} {
		p := h.problem(call{role: viewer}, http.StatusUnprocessableEntity, "GET", "/incidents?"+query, "")
		require.Equal(t, tocsin.CodeInvalid, p.Code)
	}
}

func TestIncidentsAreListedByWhetherTheyAreOpen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	count := func(state string) int {
		return len(must[api.List[tocsin.Incident]](h, call{role: viewer}, http.StatusOK, "GET", "/incidents?state="+state, "").Items)
	}
	require.Equal(t, []int{1, 0, 1}, []int{count("open"), count("closed"), count("all")})
	must[tocsin.Incident](h, call{role: support}, http.StatusOK, "PUT", "/incidents/1/verdict", `{"verdict":"flood"}`)
	p := h.problem(call{role: support}, http.StatusConflict, "POST", "/incidents/1/close", "")
	require.Contains(t, p.Detail, "3 are owed")
	must[tocsin.Incident](h, call{role: support}, http.StatusOK, "POST", "/incidents/1/close",
		`{"waivers":[{"reporter":"mailto:0@example.org","reason":"spam"},{"reporter":"mailto:1@example.org","reason":"spam"},{"reporter":"mailto:2@example.org","reason":"spam"}]}`)
	require.Equal(t, []int{0, 1, 1}, []int{count("open"), count("closed"), count("all")})
	must[tocsin.Incident](h, call{role: support}, http.StatusOK, "POST", "/incidents/1/reopen", `{"reason":"real after all"}`)
	require.Equal(t, []int{1, 0, 1}, []int{count("open"), count("closed"), count("all")})
}
