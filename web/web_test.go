package web

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/fstest"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/store/storetest"
	"github.com/tocsin/tocsin/web/api"
)

// setup gives the whole HTTP side over an empty store, and its log.
func setup(t *testing.T, change func(*Options)) (http.Handler, *bytes.Buffer) {
	t.Helper()
	var log bytes.Buffer
	o := Options{Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	o.API.Store = storetest.Open(t, storetest.SQLite(t))
	if change != nil {
		change(&o)
	}
	return New(o), &log
}

func get(t *testing.T, h http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, "http://tocsin.test"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, resp *http.Response) string {
	t.Helper()
	var text bytes.Buffer
	_, err := text.ReadFrom(resp.Body)
	require.NoError(t, err)
	return text.String()
}

func TestEveryAnswerHasStrictHeaders(t *testing.T) {
	t.Parallel()
	h, _ := setup(t, nil)
	for _, path := range []string{"/", "/healthz", "/readyz", "/metrics", "/api/v1/me", "/api/v1/openapi.json", "/nothing"} {
		header := get(t, h, "GET", path).Header
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
		require.Contains(t, header.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		require.Equal(t, "no-store", header.Get("Cache-Control"), path)
		require.Regexp(t, "^[0-9a-f]{16}$", header.Get(api.RequestHeader), path)
	}
	require.Contains(t, get(t, h, "GET", "/").Header.Get("Content-Security-Policy"), "default-src 'self'")
}

func TestAnotherOriginCannotAct(t *testing.T) {
	t.Parallel()
	h, _ := setup(t, nil)
	require.Equal(t, http.StatusForbidden, get(t, h, "POST", "/api/v1/updates/1/approve", "Sec-Fetch-Site", "cross-site").StatusCode)
	require.Equal(t, http.StatusForbidden, get(t, h, "POST", "/api/v1/updates/1/approve", "Origin", "https://evil.example").StatusCode)
	require.Equal(t, http.StatusUnauthorized, get(t, h, "POST", "/api/v1/updates/1/approve").StatusCode, "programs send no origin")
	require.Equal(t, http.StatusUnauthorized, get(t, h, "GET", "/api/v1/me", "Sec-Fetch-Site", "cross-site").StatusCode)
}

func TestARequestKeepsAProperIDAndLosesAForgedOne(t *testing.T) {
	t.Parallel()
	h, log := setup(t, nil)
	require.Equal(t, "proxy-0123456789", get(t, h, "GET", "/healthz", api.RequestHeader, "proxy-0123456789").Header.Get(api.RequestHeader))
	for _, forged := range []string{"x", "a b c d e f g h", "<script>alert(1)</script>", "line\nbreak-line"} {
		require.NotEqual(t, forged, get(t, h, "GET", "/healthz", api.RequestHeader, forged).Header.Get(api.RequestHeader))
	}
	require.Contains(t, log.String(), "request=proxy-0123456789")
	require.Contains(t, log.String(), "status=200")
}

func TestTheLogHoldsNoQueryAndNoToken(t *testing.T) {
	t.Parallel()
	h, log := setup(t, nil)
	get(t, h, "GET", "/api/v1/reports?channel=private", "Authorization", "Bearer tocsin_secret")
	require.Contains(t, log.String(), "path=/api/v1/reports")
	require.NotContains(t, log.String(), "private")
	require.NotContains(t, log.String(), "tocsin_secret")
}

func TestAPanicCostsOneRequestOnly(t *testing.T) {
	t.Parallel()
	h, log := setup(t, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a bug with a secret") })
	})
	resp := get(t, h, "GET", "/metrics", api.RequestHeader, "request-1")
	require.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	require.NotContains(t, body(t, resp), "secret")
	require.Contains(t, log.String(), "request panicked")
	require.Contains(t, log.String(), "request=request-1")
	require.Equal(t, http.StatusOK, get(t, h, "GET", "/healthz").StatusCode)
}

func TestAnAbortedAnswerStaysAborted(t *testing.T) {
	t.Parallel()
	h, log := setup(t, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	})
	require.PanicsWithValue(t, http.ErrAbortHandler, func() { get(t, h, "GET", "/metrics") })
	require.NotContains(t, log.String(), "request panicked")
}

func TestReadyWhileTriageCatchesUpAndNotWithoutAStore(t *testing.T) {
	t.Parallel()
	parts := []Part{{Name: "store", Ready: true, Needed: true}, {Name: "triage", Detail: "It reads 1000 reports again."}}
	h, _ := setup(t, func(o *Options) { o.Parts = func() []Part { return parts } })
	resp := get(t, h, "GET", "/readyz")
	require.Equal(t, http.StatusOK, resp.StatusCode)
	var said struct {
		Ready bool   `json:"ready"`
		Parts []Part `json:"parts"`
	}
	require.NoError(t, json.Unmarshal([]byte(body(t, resp)), &said))
	require.True(t, said.Ready)
	require.Equal(t, parts, said.Parts, "and it says that triage is behind")

	parts[0].Ready = false
	require.Equal(t, http.StatusServiceUnavailable, get(t, h, "GET", "/readyz").StatusCode)
	require.Equal(t, http.StatusOK, get(t, h, "GET", "/healthz").StatusCode, "it lives all the same")
}

func TestMetricsAreThoseThatWereHandedIn(t *testing.T) {
	t.Parallel()
	h, _ := setup(t, func(o *Options) {
		o.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("tocsin_up 1\n")) })
	})
	require.Equal(t, "tocsin_up 1\n", body(t, get(t, h, "GET", "/metrics")))
}

func TestRequestsAreMeasuredByRouteAndNotByAddress(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	h, _ := setup(t, func(o *Options) {
		o.Registry, o.Metrics = registry, promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	})
	for _, path := range []string{"/api/v1/incidents/1", "/api/v1/incidents/2", "/api/v1/stranger"} {
		require.Contains(t, []int{http.StatusUnauthorized, http.StatusNotFound}, get(t, h, "GET", path).StatusCode)
	}
	text := body(t, get(t, h, "GET", "/metrics"))
	require.Contains(t, text, `tocsin_http_request_seconds_count{route="GET /api/v1/incidents/{id}",status="401"} 2`)
	require.NotContains(t, text, "stranger")
}

func TestWithoutADashboardTheBinarySaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	resp := get(t, site(fstest.MapFS{".gitkeep": {}}), "GET", "/")
	require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
	text := body(t, resp)
	require.Contains(t, text, "tocsin incidents<")
	require.NotContains(t, text, "make build", "nothing that is built has a dashboard yet")
	require.Contains(t, text, "/api/v1/openapi.json")
}

func TestTheDashboardAnswersItsOwnAddresses(t *testing.T) {
	t.Parallel()
	h := site(fstest.MapFS{
		"index.html":       {Data: []byte("<title>Tocsin</title>")},
		"assets/app-1f.js": {Data: []byte("run()")},
	})
	for _, path := range []string{"/", "/incidents/7", "/assets", "/assets/gone.js"} {
		resp := get(t, h, "GET", path)
		require.Equal(t, http.StatusOK, resp.StatusCode, path)
		require.Equal(t, "<title>Tocsin</title>", body(t, resp), path)
		require.Equal(t, "no-cache", resp.Header.Get("Cache-Control"), path)
	}
	resp := get(t, h, "GET", "/assets/app-1f.js")
	require.Equal(t, "run()", body(t, resp))
	require.Contains(t, resp.Header.Get("Cache-Control"), "immutable")
	require.Equal(t, http.StatusMethodNotAllowed, get(t, h, "POST", "/").StatusCode)
}

func TestWithoutADashboardALinkLeadsToTheCommandThatShowsTheIncident(t *testing.T) {
	t.Parallel()
	for path, command := range map[string]string{
		"/incidents/7": "tocsin incidents show 7<", "/incidents/7/<b>": "tocsin incidents<", "/incidents/x": "tocsin incidents<",
	} {
		w := httptest.NewRecorder()
		plain(w, &http.Request{URL: &url.URL{Path: path}})
		require.Equal(t, http.StatusServiceUnavailable, w.Code)
		require.Contains(t, w.Body.String(), command, path)
	}
}
