package bluesky

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/bluesky-social/indigo/atproto/syntax"

	"github.com/tocsin/tocsin"
)

// bridge carries the library's calls through our client, so that they have its
// manners and its errors. Nothing but success reaches the library.
type bridge struct {
	account *account
}

// named is a refusal with the name that the protocol gives it.
// https://atproto.com/specs/xrpc#error-responses
type named struct {
	name  string
	cause error
}

func (n *named) Error() string { return n.cause.Error() }
func (n *named) Unwrap() error { return n.cause }

// nameOf gives the protocol's name of a refusal, or "".
func nameOf(err error) string {
	var n *named
	if errors.As(err, &n) {
		return n.name
	}
	return ""
}

// RoundTrip makes one call. Its error is a *tocsin.Error.
func (b *bridge) RoundTrip(req *http.Request) (*http.Response, error) {
	a := b.account
	answer, err := a.client.Do(req.Context(), req)
	if answer != nil {
		a.limits.note(req.URL.Path, answer.Header)
	}
	if err != nil {
		var refusal struct {
			Error string `json:"error"`
		}
		var said *tocsin.Error
		if answer != nil && errors.As(err, &said) && json.Unmarshal(answer.Body, &refusal) == nil {
			said.Cause = &named{refusal.Error, said.Cause}
			if said.Code == tocsin.CodeLimited && said.RetryAfter == 0 {
				said.RetryAfter = untilReset(answer.Header, a.now())
			}
			// A server that can't reach the network's index says so with its name.
			if strings.HasPrefix(refusal.Error, "Upstream") {
				said.Code, said.Retryable = tocsin.CodeUnavailable, true
			}
		}
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

// get asks.
func (a *account) get(ctx context.Context, method string, params map[string]any, out any) error {
	return a.said(a.api.Get(ctx, syntax.NSID(method), params, out), false)
}

// post changes.
func (a *account) post(ctx context.Context, method string, in, out any) error {
	return a.said(a.api.Post(ctx, syntax.NSID(method), in, out), true)
}

// said takes our own error out of the library's, or makes one of an answer of
// another shape than the protocol says.
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
		Message: a.Service + " answered something other than what the AT protocol says.",
	}
}
