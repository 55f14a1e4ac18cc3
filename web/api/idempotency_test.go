package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

func approvePath(u tocsin.Update) string { return fmt.Sprintf("/updates/%d/approve", u.ID) }

const approval = `{"seen":"8"}`

func TestACallThatSendsNeedsAKey(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	for _, key := range []string{"", strings.Repeat("k", 256)} {
		p := h.problem(call{role: support, key: key}, http.StatusBadRequest, "POST", approvePath(u), approval)
		require.Contains(t, p.Detail, "Idempotency-Key")
	}
	require.Empty(t, h.desk.approvals())
}

func TestARepeatGetsTheFirstAnswerAndSendsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	first, text := h.do(call{role: support, key: "k"}, "POST", approvePath(u), approval)
	require.Equal(t, http.StatusOK, first.StatusCode, text)
	require.Empty(t, first.Header.Get("Idempotency-Replayed"))
	for range 3 {
		again, same := h.do(call{role: support, key: "k"}, "POST", approvePath(u), approval)
		require.Equal(t, http.StatusOK, again.StatusCode)
		require.Equal(t, text, same)
		require.Equal(t, "application/json", again.Header.Get("Content-Type"))
		require.Equal(t, "true", again.Header.Get("Idempotency-Replayed"))
	}
	require.Len(t, h.desk.approvals(), 1)
}

func TestARefusalIsRepeatedAsWell(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	wrong := `{"seen":"other"}`
	h.problem(call{role: support, key: "k"}, http.StatusConflict, "POST", approvePath(u), wrong)
	h.problem(call{role: support, key: "k"}, http.StatusConflict, "POST", approvePath(u), wrong)
	require.Len(t, h.desk.approvals(), 1)
}

func TestAKeyIsForOneRequestOfOneUser(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u, other := h.draft(), h.draft()
	must[tocsin.Update](h, call{role: support, key: "k"}, http.StatusOK, "POST", approvePath(u), approval)
	p := h.problem(call{role: support, key: "k"}, http.StatusUnprocessableEntity, "POST", approvePath(u), `{"seen":"8","bypass":"night"}`)
	require.Equal(t, tocsin.CodeInvalid, p.Code)
	h.problem(call{role: support, key: "k"}, http.StatusUnprocessableEntity, "POST", approvePath(other), approval)
	require.Len(t, h.desk.approvals(), 1)
	must[tocsin.Update](h, call{role: admin, key: "k"}, http.StatusOK, "POST", approvePath(other), approval)
	require.Equal(t, "the-admin", h.desk.approvals()[1].Actor)
}

func TestARepeatWhileTheFirstIsUnderWayIsAConflict(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	begun, finish := make(chan struct{}), make(chan struct{})
	h.desk.onApprove = func(context.Context) error {
		close(begun)
		<-finish
		return nil
	}
	done := make(chan int)
	go func() {
		resp, _ := h.do(call{role: support, key: "k"}, "POST", approvePath(u), approval)
		done <- resp.StatusCode
	}()
	<-begun
	p := h.problem(call{role: support, key: "k"}, http.StatusConflict, "POST", approvePath(u), approval)
	require.Contains(t, p.Detail, "under way")
	close(finish)
	require.Equal(t, http.StatusOK, <-done)
	require.Len(t, h.desk.approvals(), 1)
}

func TestAnAnswerThatIsOurFaultIsNotKept(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	h.desk.onApprove = func(context.Context) error { return errors.New("disk full") }
	h.problem(call{role: support, key: "k"}, http.StatusInternalServerError, "POST", approvePath(u), approval)
	h.desk.onApprove = func(context.Context) error { panic("a bug") }
	require.Panics(t, func() { h.do(call{role: support, key: "k"}, "POST", approvePath(u), approval) })
	h.desk.onApprove = nil
	must[tocsin.Update](h, call{role: support, key: "k"}, http.StatusOK, "POST", approvePath(u), approval)
}

func TestACallGoesOnWhenItsCallerHangsUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	u := h.draft()
	ctx, hangUp := context.WithCancel(t.Context())
	h.desk.onApprove = func(inner context.Context) error {
		hangUp()
		return inner.Err()
	}
	r := httptest.NewRequestWithContext(ctx, "POST", api.Prefix+approvePath(u), strings.NewReader(approval))
	r.Header.Set("Authorization", "Bearer "+h.secrets[support])
	r.Header.Set("Idempotency-Key", "k")
	h.handler.ServeHTTP(httptest.NewRecorder(), r)

	h.desk.onApprove = nil
	again := must[tocsin.Update](h, call{role: support, key: "k"}, http.StatusOK, "POST", approvePath(u), approval)
	require.Equal(t, tocsin.UpdateApproved, again.State)
	require.Len(t, h.desk.approvals(), 1, "it was decided although nobody waited for the answer")
}
