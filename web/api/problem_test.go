package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// TestEachCodeHasItsStatusAndSentence drives every kind of failure through a call.
func TestEachCodeHasItsStatusAndSentence(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	for n, c := range []struct {
		err    error
		status int
		code   tocsin.Code
		detail string
	}{
		{tocsin.Errorf(tocsin.CodeInvalid, "Mend it."), 422, tocsin.CodeInvalid, "Mend it."},
		{tocsin.Errorf(tocsin.CodeUnauthorized, "Sign in."), 401, tocsin.CodeUnauthorized, "Sign in."},
		{tocsin.Errorf(tocsin.CodeForbidden, "Not you."), 403, tocsin.CodeForbidden, "Not you."},
		{tocsin.Errorf(tocsin.CodeNotFound, "Nothing."), 404, tocsin.CodeNotFound, "Nothing."},
		{tocsin.Errorf(tocsin.CodeConflict, "Not now."), 409, tocsin.CodeConflict, "Not now."},
		{tocsin.Errorf(tocsin.CodeTooLarge, "Too much."), 413, tocsin.CodeTooLarge, "Too much."},
		{tocsin.Errorf(tocsin.CodeLimited, "Too often."), 429, tocsin.CodeLimited, "Too often."},
		{tocsin.Errorf(tocsin.CodeUnavailable, "They are down."), 503, tocsin.CodeUnavailable, "They are down."},
		{fmt.Errorf("approve: %w", tocsin.Wrap(tocsin.CodeConflict, errors.New("hidden"), "Not now.")), 409, tocsin.CodeConflict, "Not now."},
		{tocsin.Wrap(tocsin.CodeInternal, errors.New("hidden"), "hidden too"), 500, tocsin.CodeInternal, "Something went wrong"},
		{errors.New("hidden: password=1234"), 500, tocsin.CodeInternal, "Something went wrong"},
		{tocsin.Errorf("a code of tomorrow", "hidden"), 500, tocsin.CodeInternal, ""},
	} {
		h.log.reset()
		h.desk.onApprove = func(context.Context) error { return c.err }
		p := h.problem(call{role: support, key: fmt.Sprint("k", n)}, c.status, "POST", fmt.Sprintf("/updates/%d/approve", u.ID), `{"seen":"8"}`)
		require.Equal(t, c.code, p.Code)
		require.Contains(t, p.Detail, c.detail)
		require.NotContains(t, p.Detail, "hidden ")
		require.Equal(t, "request-1", p.Request)
		if c.status == http.StatusInternalServerError {
			require.Equal(t, 1, strings.Count(h.log.String(), "request failed"), "logged once: %s", h.log)
			require.Contains(t, h.log.String(), "request=request-1")
			require.Contains(t, h.log.String(), "hidden")
		} else {
			require.Empty(t, h.log.String(), "what the caller can mend is not our trouble")
		}
	}
}

func TestALimitSaysHowLongToWait(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	h.desk.onApprove = func(context.Context) error {
		return &tocsin.Error{Code: tocsin.CodeLimited, Message: "Too often.", Retryable: true, RetryAfter: 1500 * time.Millisecond}
	}
	resp, _ := h.do(call{role: support, key: "k"}, "POST", fmt.Sprintf("/updates/%d/approve", u.ID), `{"seen":"8"}`)
	require.Equal(t, "2", resp.Header.Get("Retry-After"), "rounded up: earlier would be too early")
}

// TestHostileBodiesAreRefusedByName sends what no client of ours would.
func TestHostileBodiesAreRefusedByName(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const path = "/incidents/1/updates"
	for name, c := range map[string]struct {
		body, contentType string
		status            int
	}{
		"nothing":          {"", "", 400},
		"half an object":   {`{"kind":"aware","text":"We`, "", 400},
		"no JSON":          {"kind=aware&text=x", "", 400},
		"a form":           {"kind=aware&text=x", "application/x-www-form-urlencoded", 415},
		"a list":           {`[]`, "", 422},
		"null":             {`null`, "", 422},
		"wrong type":       {`{"kind":"aware","text":7}`, "", 422},
		"wrong word":       {`{"kind":"gossip","text":"x"}`, "", 422},
		"unknown key":      {`{"kind":"aware","text":"x","approver":"me"}`, "", 422},
		"empty text":       {`{"kind":"aware","text":""}`, "", 422},
		"a long text":      {`{"kind":"aware","text":"` + strings.Repeat("x", 20_001) + `"}`, "", 422},
		"two megabytes":    {`{"kind":"aware","text":"` + strings.Repeat("x", 2<<20) + `"}`, "", 413},
		"deep nesting":     {strings.Repeat("[", 200_000), "", 400},
		"broken time":      {`{"kind":"aware","text":"x","next_update_at":"soon"}`, "", 422},
		"a number too big": {`{"kind":"correction","text":"x","corrects":99999999999999999999}`, "", 422},
		"two objects":      {`{"kind":"aware","text":"x"}{"kind":"aware","text":"y"}`, "", 400},
	} {
		p := h.problem(call{role: support, contentType: c.contentType}, c.status, "POST", path, c.body)
		require.Less(t, len(p.Detail), 500, "%s: the body is not echoed", name)
	}
	list := must[struct{ Items []tocsin.Update }](h, call{role: support}, http.StatusOK, "GET", path, "")
	require.Empty(t, list.Items, "nothing of it was stored")
	require.Empty(t, h.log.String(), "bad input is not our trouble")
}
