package web

import (
	"encoding/json"
	"net/http"
)

// Part is a part of the program as /readyz tells it.
type Part struct {
	Name  string `json:"name"`
	Ready bool   `json:"ready"`
	// Needed: requests cannot be served without it. Triage that is still catching
	// up is not: people can read and decide meanwhile.
	Needed bool   `json:"needed"`
	Detail string `json:"detail,omitempty"` // a sentence while it is not ready
}

// healthy says that the process runs and answers; no more, so that a broken
// database does not make a supervisor kill what is trying to mend itself.
func healthy(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n")) // the client has gone: nothing is left to do
}

// ready says whether requests can be served, and which parts are behind.
func (o Options) ready(w http.ResponseWriter, _ *http.Request) {
	body := struct {
		Ready bool   `json:"ready"`
		Parts []Part `json:"parts"`
	}{Ready: true, Parts: []Part{}}
	if o.Parts != nil {
		body.Parts = append(body.Parts, o.Parts()...)
	}
	for _, p := range body.Parts {
		body.Ready = body.Ready && (p.Ready || !p.Needed)
	}
	w.Header().Set("Content-Type", "application/json")
	if !body.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(body) // the client has gone: nothing is left to do
}
