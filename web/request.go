package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"runtime/debug"
	"time"

	"github.com/tocsin/tocsin/web/api"
)

// properID is an id that another program in front of us may have given.
var properID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// identified gives each request an id, or keeps the one of the proxy in front, and
// tells it in the answer.
func identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(api.RequestHeader)
		if !properID.MatchString(id) {
			var raw [8]byte
			_, _ = rand.Read(raw[:]) // never fails; an id of zeros would do no harm
			id = hex.EncodeToString(raw[:])
			r.Header.Set(api.RequestHeader, id)
		}
		w.Header().Set(api.RequestHeader, id)
		next.ServeHTTP(w, r)
	})
}

// logged writes a line for each request at debug. Queries stay out of it: they may
// hold what people look for.
func logged(log *slog.Logger, now func() time.Time, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := now()
		seen := &witness{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		log.DebugContext(r.Context(), "request answered", "request", r.Header.Get(api.RequestHeader), "method", r.Method,
			"path", r.URL.Path, "status", seen.status, "bytes", seen.bytes, "took", now().Sub(began))
	})
}

// recovered turns a panic into a logged 500, so that one request cannot take the
// bell down with it.
func recovered(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen := &witness{ResponseWriter: w}
		defer caught(r.Context(), log, seen, r)
		next.ServeHTTP(seen, r)
	})
}

// caught is deferred, for only such a function can recover.
func caught(ctx context.Context, log *slog.Logger, w *witness, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler { //nolint:errorlint // a value that net/http compares in the same way
		panic(p)
	}
	log.ErrorContext(ctx, "request panicked", "request", r.Header.Get(api.RequestHeader), "path", r.URL.Path,
		"panic", fmt.Sprint(p), "stack", string(debug.Stack()))
	if w.status == 0 {
		http.Error(w, "Something went wrong on our side. The log has the details.", http.StatusInternalServerError)
	}
}

// witness remembers what was answered.
type witness struct {
	http.ResponseWriter
	status int
	bytes  int
}

func (w *witness) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += n
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *witness) Unwrap() http.ResponseWriter { return w.ResponseWriter }
