package mastodon

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// bridge carries the library's calls through our client, so that they have its
// manners and its errors. Nothing but success reaches the library: it would meet
// status 429 by waiting in silence, for an hour if need be.
type bridge struct {
	client *channel.Client
	limits *limits
	now    func() time.Time
}

type idempotency struct{}

// withKey makes the calls of a context carry an Idempotency-Key, by which Mastodon
// knows for an hour a post that it has taken.
// https://docs.joinmastodon.org/methods/statuses/#create
func withKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotency{}, key)
}

// RoundTrip makes one call. Its error is a *tocsin.Error.
func (b *bridge) RoundTrip(req *http.Request) (*http.Response, error) {
	if key, ok := req.Context().Value(idempotency{}).(string); ok {
		req = req.Clone(req.Context())
		req.Header.Set("Idempotency-Key", key)
	}
	answer, err := b.client.Do(req.Context(), req)
	if answer != nil {
		b.limits.note(req, answer.Header)
	}
	var said *tocsin.Error
	if errors.As(err, &said) && said.Code == tocsin.CodeLimited && said.RetryAfter == 0 {
		said.RetryAfter = untilReset(answer.Header, b.now())
	}
	if err != nil {
		return nil, err
	}
	if !json.Valid(answer.Body) {
		return nil, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, Uncertain: req.Method == http.MethodPost,
			Message: req.URL.Host + " answered something other than the JSON that we expect.",
			Cause:   fmt.Errorf("%s %s: status %d: no JSON", req.Method, req.URL.Path, answer.Status),
		}
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: answer.Header, Request: req,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}

// said takes our own error out of the library's, or makes one of JSON that is not
// of the shape which the library knows.
func (a *account) said(err error, changed bool) error {
	if err == nil {
		return nil
	}
	var known *tocsin.Error
	if errors.As(err, &known) {
		return known
	}
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Retryable: true, Uncertain: changed, Cause: a.client.Hush(err),
		Message: a.host() + " answered something other than what Mastodon's API says.",
	}
}
