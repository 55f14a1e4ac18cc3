package x

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/dghubble/go-twitter/twitter"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// Codes of v1.1 in which go-twitter knows the failures that we tell apart.
// https://developer.x.com/en/docs/x-api/v1/response-codes
const (
	oldNotFound   = 34
	oldLimited    = 88
	oldInvalid    = 89
	oldInternal   = 131
	oldDuplicate  = 187
	oldForbidden  = 220
	oldParentGone = 385
	oldNoReply    = 433
)

// maxSaid bounds what of X's words goes into the log, in bytes.
const maxSaid = 300

// creditsWait is when a call that X refused for want of credits is worth another try.
const creditsWait = time.Hour

// problem is how v2 says that something failed; the list is its other shape.
type problem struct {
	Title      string `json:"title"`
	Detail     string `json:"detail"`
	Type       string `json:"type"`
	ResourceID string `json:"resource_id"`
	Value      string `json:"value"`
	Errors     []struct {
		Message string `json:"message"`
	} `json:"errors"`
}

// oldErrors makes v1.1's list of errors of v2's problem. It is never empty.
func oldErrors(status int, body []byte) twitter.APIError {
	var p problem
	_ = json.Unmarshal(body, &p) // a gateway answers in HTML: then the status must do
	said := cmp.Or(p.Detail, p.Title)
	for _, e := range p.Errors {
		if e.Message != "" && !strings.Contains(said, e.Message) {
			said = strings.TrimSpace(said + " " + e.Message)
		}
	}
	said = strings.ToValidUTF8(said[:min(len(said), maxSaid)], "")
	return twitter.APIError{Errors: []twitter.ErrorDetail{{
		Code: oldCode(status, strings.ToLower(said)), Message: cmp.Or(said, "status "+strconv.Itoa(status)),
	}}}
}

// oldCode tells apart the refusals that v2 tells apart in prose only.
func oldCode(status int, said string) int {
	switch {
	case status == http.StatusForbidden && strings.Contains(said, "duplicate content"):
		return oldDuplicate
	case status == http.StatusForbidden && (strings.Contains(said, "engaged by the author") || strings.Contains(said, "reply to this conversation")):
		return oldNoReply
	case (status == http.StatusForbidden || status == http.StatusBadRequest) && strings.Contains(said, "deleted or not visible"):
		return oldParentGone
	case status == http.StatusForbidden:
		return oldForbidden
	case status == http.StatusUnauthorized:
		return oldInvalid
	case status == http.StatusNotFound:
		return oldNotFound
	case status == http.StatusTooManyRequests:
		return oldLimited
	case status >= http.StatusInternalServerError:
		return oldInternal
	default:
		return status
	}
}

// fault makes our error of what go-twitter gave back; nil for nil.
func (w *wire) fault(resp *http.Response, err error) error {
	if err == nil {
		return nil
	}
	var known *tocsin.Error
	if errors.As(err, &known) {
		return w.client.Hush(known)
	}
	var said twitter.APIError
	if resp == nil || !errors.As(err, &said) {
		return w.client.Hush(garbled(err, http.MethodPost)) // we cannot tell what was done
	}
	failed := verdict(resp.StatusCode, said.Errors[0].Code)
	failed.Uncertain = resp.StatusCode >= http.StatusInternalServerError && resp.Request.Method == http.MethodPost
	failed.Cause = fmt.Errorf("status %d: %w", resp.StatusCode, said)
	if failed.Retryable {
		failed.RetryAfter = cmp.Or(failed.RetryAfter, w.wait(resp.Header))
	}
	return w.client.Hush(failed)
}

// verdict says what a refusal means and what to do.
func verdict(status, code int) *tocsin.Error {
	switch {
	case code == oldDuplicate:
		return tocsin.Errorf(tocsin.CodeConflict, "X refuses a text that it has had from us before. Change a word, or add to openings in the channel's settings.")
	case code == oldNoReply:
		return tocsin.Errorf(tocsin.CodeForbidden, "X lets no program reply to this post: its writer did not mention us, or limits who may reply. Answer by hand.")
	case code == oldParentGone:
		return tocsin.Errorf(tocsin.CodeNotFound, "The post to be answered is gone, or hidden from us.")
	case status == http.StatusUnauthorized:
		return tocsin.Errorf(tocsin.CodeUnauthorized, "X refuses our credentials. Make the keys and tokens anew in the developer console and put them into the channel's settings.")
	case status == http.StatusPaymentRequired:
		e := tocsin.Errorf(tocsin.CodeLimited, "The credits at X are used up. Buy more in the developer console.")
		e.Retryable, e.RetryAfter = true, creditsWait
		return e
	case status == http.StatusForbidden:
		return tocsin.Errorf(tocsin.CodeForbidden, "X does not allow this. Check that the app may read and write, that the access token was made after that, and that the account is in order.")
	case status == http.StatusTooManyRequests:
		e := tocsin.Errorf(tocsin.CodeLimited, "X asks us to slow down.")
		e.Retryable = true
		return e
	case status >= http.StatusInternalServerError, status == http.StatusRequestTimeout:
		e := tocsin.Errorf(tocsin.CodeUnavailable, "X answered %d %s.", status, http.StatusText(status))
		e.Retryable = true
		return e
	case status == http.StatusNotFound, status == http.StatusGone:
		return tocsin.Errorf(tocsin.CodeNotFound, "X has no such thing, or no longer.")
	default:
		return tocsin.Errorf(tocsin.CodeInvalid, "X refuses this call. The log has its answer.")
	}
}

// wait is how long X asks us to wait: until its limit is reset.
// https://docs.x.com/x-api/fundamentals/rate-limits
func (w *wire) wait(h http.Header) time.Duration {
	if after := channel.RetryAfter(h, w.now()); after > 0 {
		return after
	}
	reset, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		return 0
	}
	return max(0, min(time.Unix(reset, 0).Sub(w.now()), channel.MaxRetryAfter))
}

// oldCodeIs tells whether an error is X's refusal with a code of v1.1.
func oldCodeIs(err error, code int) bool {
	var said twitter.APIError
	return errors.As(err, &said) && len(said.Errors) > 0 && said.Errors[0].Code == code
}
