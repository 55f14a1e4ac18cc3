package channeltest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Described holds what we send, and what a stand-in answers with success, against
// the vendor's published description: the file of this name in the folder that
// TOCSIN_SPECS names. A call that does not fit fails the test. prefix is what our
// paths have in front of the description's ("" for most). Without the folder the
// stand-in is used as it is; where CI is set the folder must be there.
func Described(tb testing.TB, file, prefix string, next http.Handler) http.Handler {
	tb.Helper()
	folder := os.Getenv("TOCSIN_SPECS")
	if folder == "" {
		if os.Getenv("CI") != "" {
			tb.Fatal("TOCSIN_SPECS must name the folder of the vendors' published descriptions.")
		}
		tb.Logf("TOCSIN_SPECS is not set: calls are not held against %s", file)
		return next
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(folder, file))
	if err != nil {
		tb.Fatalf("read the description: %s", err)
	}
	doc.Servers = openapi3.Servers{{URL: "/"}}
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		tb.Fatalf("read the description's paths: %s", err)
	}
	return &described{tb: tb, file: file, prefix: prefix, router: router, next: next}
}

type described struct {
	tb           testing.TB
	file, prefix string
	router       routers.Router
	next         http.Handler
}

func (d *described) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // a cut request is for the stand-in to refuse
	input := d.request(r, body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	answer := httptest.NewRecorder()
	d.next.ServeHTTP(answer, r)
	if input != nil && answer.Code < http.StatusMultipleChoices {
		err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
			Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: input.Options,
		})
		if err != nil {
			d.tb.Errorf("the stand-in's answer to %s %s is not as %s describes it: %s", r.Method, r.URL.Path, d.file, err)
		}
	}
	for key, values := range answer.Header() {
		w.Header()[key] = values
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// request checks a request. It gives nil for one that the description does not know.
func (d *described) request(r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	asked := r.Clone(r.Context())
	asked.URL = &url.URL{Path: r.URL.Path[min(len(d.prefix), len(r.URL.Path)):], RawQuery: r.URL.RawQuery}
	asked.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := d.router.FindRoute(asked)
	if err != nil {
		d.tb.Errorf("%s has no %s %s", d.file, r.Method, r.URL.Path)
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: asked, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	}
	if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
		d.tb.Errorf("our call %s %s is not as %s describes it: %s", r.Method, r.URL.Path, d.file, err)
	}
	return input
}
