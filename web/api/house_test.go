package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store/storetest"
	"github.com/tocsin/tocsin/web/api"
)

// noon is when the tests happen.
var noon = time.Date(2031, 5, 14, 12, 0, 0, 0, time.UTC)

// house is an API over a real store in which one incident of three reports waits,
// with an open page.
type house struct {
	t       *testing.T
	memory  memory
	desk    *desk
	handler http.Handler
	doc     *huma.OpenAPI
	secrets map[tocsin.Role]string
	log     *journal
}

func setup(t *testing.T) *house {
	t.Helper()
	store := storetest.Open(t, storetest.SQLite(t))
	h := &house{t: t, memory: store, log: &journal{}, secrets: map[tocsin.Role]string{}}
	h.desk = &desk{memory: store, now: func() time.Time { return noon }}
	mux := http.NewServeMux()
	h.doc = api.MountForTest(mux, api.Options{
		Store: store, Desk: h.desk, Pager: h.desk, Rotas: rotas{store}, Intake: h.desk, Log: slog.New(slog.NewTextHandler(h.log, nil)),
		Now: func() time.Time { return noon },
		Channels: []tocsin.Channel{
			{Name: "help", Type: "webhook", Receiver: receiver{}, Pager: pager{}, Meter: meter{}},
			{Name: "mail", Type: "email", Meter: meter{}},
		},
		Health: func() []tocsin.Health { return []tocsin.Health{{Channel: "mail", Error: "The mailbox is full."}} },
	})
	h.handler = mux
	for _, role := range []tocsin.Role{tocsin.RoleViewer, tocsin.RoleSupport, tocsin.RoleResponder, tocsin.RoleAdmin} {
		h.secrets[role] = h.token(tocsin.Token{User: "the-" + string(role), Role: role, CreatedAt: noon})
	}
	h.fill()
	return h
}

func (h *house) token(t tocsin.Token) string {
	h.t.Helper()
	made, err := api.AddToken(h.t.Context(), h.memory, t)
	require.NoError(h.t, err)
	return made.Secret
}

func (h *house) fill() {
	h.t.Helper()
	ctx := h.t.Context()
	var b tocsin.Batch
	for n := range 3 {
		b.Reports = append(b.Reports, tocsin.Report{
			ExternalID: fmt.Sprintf("r%d", n), At: noon.Add(time.Duration(n-10) * time.Minute), Text: "I cannot sign in",
			Reporter: tocsin.Reporter{ID: fmt.Sprintf("mailto:%d@example.org", n)}, Raw: "<p>I cannot sign in</p>", Markup: tocsin.MarkupHTML,
		})
	}
	added, err := h.memory.CommitBatch(ctx, "mail", "", b)
	require.NoError(h.t, err)
	judged := tocsin.Triaged{Done: added, Sightings: []tocsin.Sighting{{Key: "k", Kind: tocsin.KindIncident, Title: "sign in", Severity: 2, FirstSeen: noon, LastSeen: noon}}}
	for _, id := range added {
		judged.Judgements = append(judged.Judgements, tocsin.Judgement{Report: id, Cluster: "c", Incident: "k", Sure: true})
	}
	require.NoError(h.t, h.memory.CommitTriage(ctx, judged))
	_, _, err = h.memory.OpenPage(ctx, tocsin.Page{Incident: 1, Tier: tocsin.TierRing, State: tocsin.PageOpen}, []tocsin.Notice{
		{Target: tocsin.Target{Channel: "help"}, Key: "n1", State: tocsin.DeliveryPending},
	}, tocsin.Effects{})
	require.NoError(h.t, err)
}

// call is one request; its answer is given back with the body read.
type call struct {
	role        tocsin.Role
	bearer      string // instead of the role's own
	key         string
	contentType string
}

func (h *house) do(c call, method, path, body string) (*http.Response, string) {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, "http://tocsin.test"+api.Prefix+path, strings.NewReader(body))
	if secret := c.bearer + h.secrets[c.role]; secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	if c.key != "" {
		r.Header.Set("Idempotency-Key", c.key)
	}
	if c.contentType != "" {
		r.Header.Set("Content-Type", c.contentType)
	}
	r.Header.Set(api.RequestHeader, "request-1")
	w := httptest.NewRecorder()
	h.handler.ServeHTTP(w, r)
	text, err := io.ReadAll(w.Result().Body)
	require.NoError(h.t, err)
	conform(h.t, h.doc, r.Pattern, w.Result(), string(text))
	return w.Result(), string(text)
}

// must is a call whose answer is decoded.
func must[T any](h *house, c call, status int, method, path, body string) T {
	h.t.Helper()
	resp, text := h.do(c, method, path, body)
	require.Equal(h.t, status, resp.StatusCode, "%s %s: %s", method, path, text)
	var v T
	if text != "" {
		require.NoError(h.t, json.Unmarshal([]byte(text), &v), text)
	}
	return v
}

// problem is a call that must be refused.
func (h *house) problem(c call, status int, method, path, body string) api.Problem {
	h.t.Helper()
	resp, text := h.do(c, method, path, body)
	require.Equal(h.t, status, resp.StatusCode, "%s %s: %s", method, path, text)
	require.Equal(h.t, "application/problem+json", resp.Header.Get("Content-Type"))
	var p api.Problem
	require.NoError(h.t, json.Unmarshal([]byte(text), &p), text)
	require.Equal(h.t, status, p.Status)
	require.NotEmpty(h.t, p.Title)
	require.NotEmpty(h.t, p.Code)
	require.NotEmpty(h.t, p.Detail)
	return p
}

// draft makes an update that waits for approval.
func (h *house) draft() tocsin.Update {
	h.t.Helper()
	return must[tocsin.Update](h, call{role: tocsin.RoleSupport}, http.StatusOK, "POST", "/incidents/1/updates", `{"kind":"aware","text":"We know."}`)
}

// journal keeps what was logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(b)
}

func (j *journal) reset() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.text.Reset()
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

type meter struct{}

func (meter) Allowances() []tocsin.Allowance {
	return []tocsin.Allowance{{Name: "budget", Unit: "USD", Limit: 50, Left: 12.5, ResetAt: noon}}
}

// receiver takes what bears the right signature.
type receiver struct{}

func (receiver) Receive(r *http.Request) (tocsin.Batch, error) {
	text, err := io.ReadAll(r.Body)
	switch {
	case err != nil:
		return tocsin.Batch{}, fmt.Errorf("read body: %w", err)
	case r.Header.Get("Authorization") != "Bearer signed":
		return tocsin.Batch{}, tocsin.Errorf(tocsin.CodeUnauthorized, "The signature is not ours.")
	case !strings.HasPrefix(string(text), "{"):
		return tocsin.Batch{}, tocsin.Errorf(tocsin.CodeInvalid, "This is no JSON.")
	}
	return tocsin.Batch{
		Reports:    []tocsin.Report{{ExternalID: string(text), At: noon, Text: "it is down", Reporter: tocsin.Reporter{ID: "x:1"}}},
		Rejections: []tocsin.Rejection{{ExternalID: "half", Reason: tocsin.ReasonEmpty, Detail: "report 2: it has no text", At: noon}},
	}, nil
}

type pager struct{ tocsin.Pager }
