package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// refuse answers with a problem where huma does not do it.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := a.noted(r.Context(), r.Header.Get(RequestHeader), problemOf(err))
	maps.Copy(w.Header(), p.GetHeaders())
	a.reply(w, r, problemType, p.Status, p)
}

// reply writes JSON where huma does not do it.
func (a *API) reply(w http.ResponseWriter, r *http.Request, contentType string, status int, body any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.log.DebugContext(r.Context(), "answer not taken", "err", err)
	}
}

// unknown answers what no route matches: 405 with the methods that do, or 404.
func (a *API) unknown(mux *http.ServeMux) http.HandlerFunc {
	methods := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}
	return func(w http.ResponseWriter, r *http.Request) {
		allowed := slices.DeleteFunc(slices.Clone(methods), func(m string) bool {
			_, pattern := mux.Handler(&http.Request{Method: m, URL: r.URL, Host: r.Host})
			return !strings.HasPrefix(pattern, m+" "+Prefix)
		})
		if len(allowed) == 0 {
			a.refuse(w, r, tocsin.Errorf(tocsin.CodeNotFound, "There is nothing at %s. The API is described at %s/openapi.json.", r.URL.Path, Prefix))
			return
		}
		list := strings.Join(allowed, ", ")
		w.Header().Set("Allow", list)
		a.refuse(w, r, newProblem(http.StatusMethodNotAllowed, tocsin.CodeInvalid, "This address takes "+list+", not "+r.Method+"."))
	}
}
