package api

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tocsin/tocsin"
)

// statusOf is the one table from our codes to HTTP.
var statusOf = map[tocsin.Code]int{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	tocsin.CodeInvalid:      http.StatusUnprocessableEntity,
	tocsin.CodeUnauthorized: http.StatusUnauthorized,
	tocsin.CodeForbidden:    http.StatusForbidden,
	tocsin.CodeNotFound:     http.StatusNotFound,
	tocsin.CodeConflict:     http.StatusConflict,
	tocsin.CodeTooLarge:     http.StatusRequestEntityTooLarge,
	tocsin.CodeLimited:      http.StatusTooManyRequests,
	tocsin.CodeUnavailable:  http.StatusServiceUnavailable,
	tocsin.CodeInternal:     http.StatusInternalServerError,
}

// Problem is an error as it leaves: RFC 9457 problem details
// (https://www.rfc-editor.org/rfc/rfc9457) with our code.
type Problem struct { //nolint:errname // RFC 9457 calls it a problem
	Title   string      `json:"title" doc:"The status in words"`
	Status  int         `json:"status" doc:"The HTTP status"`
	Detail  string      `json:"detail" doc:"A sentence for people: what is wrong and what to do"`
	Code    tocsin.Code `json:"code" doc:"The kind of failure, for machines"`
	Request string      `json:"request,omitempty" doc:"The id of the request, to find it in the log"`
	Fields  []Field     `json:"errors,omitempty" doc:"Each part of the request that is wrong"`

	retryAfter int // seconds, 0 when nobody said
	cause      error
}

// Field is one wrong part of a request.
type Field struct {
	Location string `json:"location,omitempty" doc:"Where, as in body.text"`
	Message  string `json:"message" doc:"What is wrong with it"`
}

// ProblemOf gives an error as it would leave, for a client that tells its own
// failures in the same form.
func ProblemOf(err error) *Problem { return problemOf(err) }

// problemOf translates an error. The text of an internal error stays inside.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	code := tocsin.CodeOf(err)
	status, known := statusOf[code]
	if !known {
		code, status = tocsin.CodeInternal, http.StatusInternalServerError
	}
	p = newProblem(status, code, tocsin.MessageOf(err))
	p.cause = err
	_, wait := tocsin.Retry(err)
	p.retryAfter = int(math.Ceil(wait.Seconds()))
	return p
}

func newProblem(status int, code tocsin.Code, detail string) *Problem {
	return &Problem{Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// badRequest is a request that cannot even be read: 400 and not 422.
func badRequest(detail string) *Problem {
	return newProblem(http.StatusBadRequest, tocsin.CodeInvalid, detail)
}

// Error gives the sentence.
func (p *Problem) Error() string { return p.Detail }

// Unwrap gives the cause, which is for the log.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457.
func (*Problem) ContentType(string) string { return problemType }

// GetHeaders tells how long to wait, and how to sign in.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", "Bearer")
	}
	return h
}

const problemType = "application/problem+json"

// polish is a huma transformer: it makes huma's own errors ours, and gives every
// problem the id under which the log knows it.
func (a *API) polish(ctx huma.Context, _ string, body any) (any, error) {
	switch e := body.(type) {
	case *huma.ErrorModel:
		return a.noted(ctx.Context(), ctx.Header(RequestHeader), ofHuma(e)), nil
	case *Problem:
		return a.noted(ctx.Context(), ctx.Header(RequestHeader), e), nil
	default:
		return body, nil
	}
}

// noted logs what is our own fault, here and nowhere else.
func (a *API) noted(ctx context.Context, request string, p *Problem) *Problem {
	p.Request = request
	if p.Code == tocsin.CodeInternal && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "request failed", "request", request, "err", p.cause)
	}
	return p
}

// ofHuma translates an error of huma, which reads and validates requests. What
// was sent is not echoed.
func ofHuma(e *huma.ErrorModel) *Problem {
	code := tocsin.CodeInvalid
	switch {
	case e.Status == http.StatusRequestEntityTooLarge:
		code = tocsin.CodeTooLarge
	case e.Status >= http.StatusInternalServerError:
		return problemOf(fmt.Errorf("answer request: %s %v", e.Detail, e.Errors))
	}
	p := newProblem(e.Status, code, "")
	said := make([]string, 0, len(e.Errors))
	for _, d := range e.Errors {
		p.Fields = append(p.Fields, Field{Location: d.Location, Message: d.Message})
		said = append(said, strings.TrimPrefix(d.Location+": ", ": ")+d.Message)
	}
	p.Detail = "The request cannot be used: " + e.Detail + "."
	if len(said) > 0 {
		p.Detail = "The request cannot be used: " + strings.Join(said, "; ") + "."
	}
	return p
}
