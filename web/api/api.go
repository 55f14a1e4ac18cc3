package api

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tocsin/tocsin"
)

// Prefix is where the API begins.
const Prefix = "/api/v1"

// RequestHeader carries the id under which the log knows a request.
const RequestHeader = "X-Request-Id"

// Options is what the API is made of. All but Log and Now must be set.
type Options struct {
	Store    Store
	Desk     Desk
	Pager    Pager
	Rotas    Rotas
	Intake   Intake
	Channels []tocsin.Channel
	// Health tells how the inbound side of each channel does; nil says nothing.
	Health func() []tocsin.Health
	Log    *slog.Logger
	Now    func() time.Time
}

// API answers requests under Prefix.
type API struct {
	Options
	log  *slog.Logger
	huma huma.API
	// needs holds the role of each route; it is filled by route and read by guard.
	needs map[string]tocsin.Role
	// bodies has a place for each inbound request that may be read at once.
	bodies chan struct{}
}

// Mount puts the API's routes on a mux.
func Mount(mux *http.ServeMux, o Options) {
	build(mux, o)
}

// build is Mount that gives the API back.
func build(mux *http.ServeMux, o Options) *API {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	a := &API{Options: o, log: o.Log, needs: map[string]tocsin.Role{}, bodies: make(chan struct{}, intakeBodies)}
	a.huma = humago.NewWithPrefix(mux, Prefix, a.describe())
	a.huma.UseMiddleware(a.guard)
	a.routes()
	a.finish()
	mux.HandleFunc("POST "+Prefix+intakePath, a.intake)
	mux.HandleFunc("GET "+Prefix+"/openapi.json", document(a.huma.OpenAPI()))
	mux.HandleFunc(Prefix+"/", a.unknown(mux))
	return a
}
