package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

func TestAreasAreKeptAsTheyWerePut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: admin}
	body := `{"name":"sign-in","title":"Sign-in","phrases":["log in"],"checklist":["sign in on a phone"]}`
	put := must[tocsin.Area](h, by, http.StatusOK, "PUT", "/areas/sign-in", body)
	require.Equal(t, put, must[tocsin.Area](h, by, http.StatusOK, "GET", "/areas/sign-in", ""))
	require.Equal(t, []tocsin.Area{put}, must[api.List[tocsin.Area]](h, by, http.StatusOK, "GET", "/areas", "").Items)
	for path, body := range map[string]string{
		"/areas/other":   body,
		"/areas/Sign-In": `{"name":"Sign-In"}`,
		"/areas/sign-in": `{"name":"sign-in","policy":"nobody"}`,
		"/areas/a--b":    `{"name":"a--b"}`,
		"/areas/x":       `{"name":"x","phrase":"typo"}`,
	} {
		h.problem(by, http.StatusUnprocessableEntity, "PUT", path, body)
	}
	resp, _ := h.do(by, "DELETE", "/areas/sign-in", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	require.Contains(t, h.log.String(), `actor=the-admin did="put area" name=sign-in`)
	require.Equal(t, 2, strings.Count(h.log.String(), "setting changed"), "what was refused changed nothing")
	h.problem(by, http.StatusNotFound, "DELETE", "/areas/sign-in", "")
}

func TestAPolicyThatWouldWakeNobodyIsRefused(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: admin}
	for body, said := range map[string]string{
		`{"name":"p","steps":[{"name":"one","targets":[],"wait":"5m"}]}`:                     "no targets",
		`{"name":"p","steps":[{"name":"one","targets":[{"channel":"pager"}],"wait":"5m"}]}`:  "no channel",
		`{"name":"p","whisper":[{"channel":"mail"}]}`:                                        "cannot carry a page",
		`{"name":"p","steps":[{"name":"one","targets":[{"channel":"help"}],"wait":"-5m"}]}`:  "negative",
		`{"name":"p","steps":[{"name":"one","targets":[{"channel":"help"}],"wait":"soon"}]}`: "",
		`{"name":"p","repeat":-1}`: "0 or more",
	} {
		p := h.problem(by, http.StatusUnprocessableEntity, "PUT", "/policies/p", body)
		require.Contains(t, p.Detail, said, body)
	}
	must[tocsin.Policy](h, by, http.StatusOK, "PUT", "/policies/p", `{"name":"p","whisper":[{"channel":"help","to":"x"}],"steps":[{"name":"one","targets":[{"channel":"help"}],"wait":"5m"}]}`)
	p := must[tocsin.Policy](h, by, http.StatusOK, "GET", "/policies/p", "")
	require.Equal(t, tocsin.Duration(5*time.Minute), p.Steps[0].Wait)
}

func TestAPolicyInUseIsNotDeleted(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: admin}
	must[tocsin.Policy](h, by, http.StatusOK, "PUT", "/policies/p", `{"name":"p"}`)
	must[tocsin.Area](h, by, http.StatusOK, "PUT", "/areas/a", `{"name":"a","policy":"p"}`)
	p := h.problem(by, http.StatusConflict, "DELETE", "/policies/p", "")
	require.Contains(t, p.Detail, `"a"`)
	h.do(by, "DELETE", "/areas/a", "")
	resp, _ := h.do(by, "DELETE", "/policies/p", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
}

func TestATokenWorksUntilItIsDeletedAndIsNeverShownAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	by := call{role: admin}
	made := must[api.TokenMade](h, by, http.StatusOK, "POST", "/tokens", `{"user":"ana","role":"support","note":"laptop"}`)
	require.Regexp(t, `^tocsin_[A-Za-z0-9_-]{43}$`, made.Secret)
	me := must[api.Me](h, call{bearer: made.Secret}, http.StatusOK, "GET", "/me", "")
	require.Equal(t, api.Me{User: "ana", Role: support}, me)

	_, text := h.do(by, "GET", "/tokens", "")
	require.Contains(t, text, "laptop")
	require.NotContains(t, text, made.Secret)
	require.NotContains(t, text, api.HashToken(made.Secret))

	resp, _ := h.do(by, "DELETE", "/tokens/5", "")
	require.Equal(t, http.StatusNoContent, resp.StatusCode)
	h.problem(call{bearer: made.Secret}, http.StatusUnauthorized, "GET", "/me", "")
	h.problem(by, http.StatusConflict, "DELETE", "/tokens/4", "")
}

func TestATokenIsRefusedThatCouldDoHarm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, body := range []string{
		`{"user":"tocsin","role":"admin"}`, `{"user":"Tocsin","role":"admin"}`, `{"user":"mаra","role":"admin"}`, `{"user":"","role":"admin"}`, `{"user":"a b","role":"admin"}`,
		`{"user":"ana","role":"god"}`, `{"user":"ana","role":"viewer","expires_at":"2001-01-01T00:00:00Z"}`,
		`{"user":"` + strings.Repeat("a", 101) + `","role":"viewer"}`,
	} {
		h.problem(call{role: admin}, http.StatusUnprocessableEntity, "POST", "/tokens", body)
	}
}

func TestOnePersonHasOneNameLestTheyApproveTheirOwnWords(t *testing.T) {
	t.Parallel()
	h := setup(t)
	p := h.problem(call{role: admin}, http.StatusConflict, "POST", "/tokens", `{"user":"The-Support","role":"support"}`)
	require.Contains(t, p.Detail, `"the-support" already`)
	must[api.TokenMade](h, call{role: admin}, http.StatusOK, "POST", "/tokens", `{"user":"the-support","role":"support"}`)
	p = h.problem(call{role: admin}, http.StatusUnprocessableEntity, "POST", "/tokens", `{"user":"mara m","role":"support"}`)
	require.Contains(t, p.Detail, "letters from A to Z, digits and @ . _ + -")
}

func TestTheFirstStartMakesOneAdmin(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret, err := api.EnsureAdmin(t.Context(), h.memory, noon)
	require.NoError(t, err)
	require.Empty(t, secret, "there are tokens")
	for id := range int64(4) {
		require.NoError(t, h.memory.DeleteToken(t.Context(), id+1))
	}
	secret, err = api.EnsureAdmin(t.Context(), h.memory, noon)
	require.NoError(t, err)
	me := must[api.Me](h, call{bearer: secret}, http.StatusOK, "GET", "/me", "")
	require.Equal(t, admin, me.Role)
	secret, err = api.EnsureAdmin(t.Context(), h.memory, noon)
	require.NoError(t, err)
	require.Empty(t, secret)
}

func TestChannelsSayWhatTheyCanAndHowTheyDo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	list := must[api.List[api.ChannelShown]](h, call{role: viewer}, http.StatusOK, "GET", "/channels", "").Items
	require.Equal(t, []string{"receive", "page"}, list[0].Can)
	require.Nil(t, list[0].Health)
	require.Empty(t, list[1].Can)
	require.Equal(t, "The mailbox is full.", list[1].Health.Error)
	one := must[api.ChannelShown](h, call{role: viewer}, http.StatusOK, "GET", "/channels/mail", "")
	require.Equal(t, list[1], one)
	require.Equal(t, meter{}.Allowances(), one.Allowances)
}
