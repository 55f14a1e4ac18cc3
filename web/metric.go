package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// measured counts requests and their time by route. A route is the pattern that
// matched, never the address: what strangers type must not become a label.
func measured(into prometheus.Registerer, now func() time.Time, next http.Handler) http.Handler {
	if into == nil {
		return next
	}
	took := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "tocsin_http_request_seconds",
		Help:    "Time to answer a request, by route and status.",
		Buckets: []float64{.001, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	}, []string{"route", "status"})
	into.MustRegister(took)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := now()
		seen := &witness{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		took.WithLabelValues(r.Pattern, strconv.Itoa(seen.status)).Observe(now().Sub(began).Seconds())
	})
}
