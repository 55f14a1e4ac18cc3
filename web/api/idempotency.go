package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	keyHeader    = "Idempotency-Key"
	replayHeader = "Idempotency-Replayed"
	maxKey       = 255     // characters
	maxBody      = 1 << 20 // bytes of a JSON body
	sendTime     = 30 * time.Second
)

// once runs a call that sends at most once for each key: a repeat gets the stored
// answer. The call goes on although its caller hangs up, because a send must not
// be left half decided.
func (a *API) once(w http.ResponseWriter, r *http.Request, who tocsin.Token, next http.HandlerFunc) {
	key := r.Header.Get(keyHeader)
	if key == "" || len(key) > maxKey {
		a.refuse(w, r, badRequest("This call sends messages: give it an "+keyHeader+" header of 1 to 255 characters, new for each call and the same for its repeats."))
		return
	}
	print, err := fingerprint(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), sendTime)
	defer cancel()
	status, body, done, err := a.Store.BeginCall(ctx, who.User, key, print)
	switch {
	case err != nil:
		a.refuse(w, r, err)
	case done:
		w.Header().Set(replayHeader, "true")
		a.send(w, r, status, body)
	default:
		a.remember(ctx, w, r, who, key, next)
	}
}

// remember runs the call, stores its answer, and then gives it. An answer that is
// our own fault, a panic above all, is not kept: the repeat tries again.
func (a *API) remember(ctx context.Context, w http.ResponseWriter, r *http.Request, who tocsin.Token, key string, next http.HandlerFunc) {
	rec := &recorder{header: w.Header()}
	end := func() error {
		status := rec.status
		if status >= http.StatusInternalServerError {
			status = 0
		}
		return a.Store.EndCall(context.WithoutCancel(ctx), who.User, key, status, rec.body.Bytes())
	}
	defer func() {
		if rec.status != 0 {
			return
		}
		if err := end(); err != nil { // the panic goes on and is told by who catches it
			a.log.ErrorContext(ctx, "call not forgotten", "err", err)
		}
	}()
	next(rec, r.WithContext(ctx))
	if err := end(); err != nil {
		a.refuse(w, r, err)
		return
	}
	a.send(w, r, rec.status, rec.body.Bytes())
}

// send gives a stored answer as it was given the first time.
func (a *API) send(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	if status >= http.StatusBadRequest {
		w.Header().Set("Content-Type", problemType)
	}
	w.WriteHeader(status)
	if _, err := w.Write(body); err != nil { //nolint:gosec // our own JSON, sent as JSON with nosniff
		a.log.DebugContext(r.Context(), "answer not taken", "err", err)
	}
}

// fingerprint tells requests apart that carry the same key. It reads the body and
// puts it back.
func fingerprint(r *http.Request) (string, error) {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return "", unreadable(err, maxBody)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	sum := sha256.Sum256([]byte(strings.Join([]string{r.Method, r.URL.Path, string(body)}, "\n")))
	return hex.EncodeToString(sum[:]), nil
}

// unreadable says why a body could not be read.
func unreadable(err error, limit int64) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return tocsin.Wrap(tocsin.CodeTooLarge, err, "The request is larger than %d MB.", limit>>20)
	}
	return badRequest("The request ended before its body was whole.")
}

// recorder keeps an answer until it is stored.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
