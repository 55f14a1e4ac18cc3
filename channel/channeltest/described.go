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

// Description is a vendor's published description of their calls. To read one takes
// a while, so a test reads it once for all its stand-ins.
type Description struct {
	file   string
	router routers.Router
}

// Describe reads a description: the file of this name in the folder that TOCSIN_SPECS
// names. Without the folder it gives nil; where CI is set the folder must be there.
func Describe(tb testing.TB, file string) *Description {
	tb.Helper()
	folder := os.Getenv("TOCSIN_SPECS")
	if folder == "" {
		if os.Getenv("CI") != "" {
			tb.Fatal("TOCSIN_SPECS must name the folder of the vendors' published descriptions.")
		}
		tb.Logf("TOCSIN_SPECS is not set: calls are not held against %s", file)
		return nil
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
	return &Description{file: file, router: router}
}

// Hold holds what we send, and what a stand-in answers with success, against the
// description. A call that does not fit fails the test. prefix is what our paths have
// in front of the description's ("" for most). A nil description holds nothing.
func (d *Description) Hold(tb testing.TB, prefix string, next http.Handler) http.Handler {
	tb.Helper()
	if d == nil {
		return next
	}
	return &described{tb: tb, file: d.file, prefix: prefix, router: d.router, next: next}
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
