package web

import (
	"cmp"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/tocsin/tocsin/web/api"
)

// Options is what the HTTP side is made of.
type Options struct {
	API api.Options // its Log and Now are filled in from here where they are unset
	// Acts does what the links in pages ask; nil answers 404.
	Acts Acts
	// Feeds gives calendars of who is on call; nil answers 404.
	Feeds Feeds
	// Parts tells how the parts of the program do, for /readyz; nil has none.
	Parts func() []Part
	// Metrics answers /metrics; nil answers 404.
	Metrics http.Handler
	// Registry takes the metrics of the HTTP side itself; nil has none.
	Registry prometheus.Registerer
	Log      *slog.Logger
	Now      func() time.Time
}

func (o Options) withDefaults() Options {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.Now == nil {
		o.Now = time.Now
	}
	o.API.Log = cmp.Or(o.API.Log, o.Log)
	if o.API.Now == nil {
		o.API.Now = o.Now
	}
	return o
}

// New makes the handler of everything.
func New(o Options) http.Handler {
	o = o.withDefaults()
	mux := http.NewServeMux()
	api.Mount(mux, o.API)
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", o.ready)
	if o.Metrics != nil {
		mux.Handle("GET /metrics", o.Metrics)
	}
	if o.Acts != nil {
		pages := newActPages(o.Acts, o.Log)
		mux.HandleFunc("GET /act/{notice}/{action}/{until}/{sum}", pages.ask)
		mux.HandleFunc("POST /act/{notice}/{action}/{until}/{sum}", pages.act)
	}
	if o.Feeds != nil {
		mux.HandleFunc("GET /calendar/{kind}/{name}/{file}", o.calendar)
	}
	mux.Handle("/", dashboard())

	// The order is from the inside out: the id comes first of all, so that
	// everything that is logged bears it.
	var h http.Handler = mux
	h = http.NewCrossOriginProtection().Handler(h)
	h = strict(h)
	h = recovered(o.Log, h)
	h = measured(o.Registry, o.Now, h)
	h = logged(o.Log, o.Now, h)
	return identified(h)
}
