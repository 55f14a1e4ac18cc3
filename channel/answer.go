package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tocsin/tocsin"
)

// maxExcerpt is how much of a refusal's body goes into the log, in bytes.
const maxExcerpt = 500

// statusEnhance is how Statuspage and early Twitter say "slow down".
const statusEnhance = 420

// refused makes an error of an answer that is no success.
func (c *Client) refused(req *http.Request, answer *Response) error {
	code, sentence := verdict(answer.Status)
	said := strings.ToValidUTF8(string(answer.Body[:min(len(answer.Body), maxExcerpt)]), "?")
	if query := req.URL.RawQuery; query != "" {
		said = strings.ReplaceAll(said, query, "…") // some repeat the address that was asked for
	}
	again := passing(answer.Status)
	failed := &tocsin.Error{
		Code:      code,
		Message:   c.hush.Text(fmt.Sprintf(sentence, req.URL.Host)),
		Cause:     c.hush.Error(fmt.Errorf("%s %s: status %d: %s", req.Method, req.URL, answer.Status, said)),
		Retryable: again,
		Uncertain: answer.Status >= 500 && !repeatable(req.Method),
	}
	if again {
		failed.RetryAfter = RetryAfter(answer.Header, c.now())
	}
	return failed
}

// verdict says what a status means, as a code and as a sentence about a host.
func verdict(status int) (tocsin.Code, string) {
	switch {
	case status == http.StatusUnauthorized:
		return tocsin.CodeUnauthorized, "%s refuses our credentials. Check them in the channel's settings."
	case status == http.StatusForbidden:
		return tocsin.CodeForbidden, "%s does not allow this. Check what the account and its token may do."
	case status == http.StatusNotFound || status == http.StatusGone:
		return tocsin.CodeNotFound, "%s has no such thing, or no longer. Check the address."
	case status == http.StatusConflict:
		return tocsin.CodeConflict, "%s says that this conflicts with what it has."
	case status == http.StatusRequestEntityTooLarge:
		return tocsin.CodeTooLarge, "%s finds this too large."
	case status == http.StatusTooManyRequests || status == statusEnhance:
		return tocsin.CodeLimited, "%s asks us to slow down."
	case passing(status):
		return tocsin.CodeUnavailable, "%s answered " + spelled(status) + "."
	case status >= 300 && status < 400:
		return tocsin.CodeInvalid, "%s has moved. Put its new address into the channel's settings."
	default:
		return tocsin.CodeInvalid, "%s refuses this call. The log has its answer."
	}
}

// spelled gives a status with its name, if it has one: 500 Internal Server Error.
func spelled(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// passing tells whether a status may be another one later.
func passing(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests, statusEnhance:
		return true
	default:
		return status >= 500
	}
}

// broken makes an error of a call that got no answer, or none to be read. A call
// is in doubt when there was a connection over which it may have left.
func (c *Client) broken(req *http.Request, err error, connected bool) error {
	var known *tocsin.Error
	if errors.As(err, &known) { // the guard's own
		return c.hush.Error(known)
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) { // it repeats the URL
		err = wrapped.Err
	}
	code, sentence, again := mishap(err)
	return &tocsin.Error{
		Code:      code,
		Message:   c.hush.Text(fmt.Sprintf(sentence, req.URL.Host)),
		Cause:     c.hush.Error(fmt.Errorf("%s %s: %w", req.Method, req.URL, err)),
		Retryable: again,
		Uncertain: connected && !repeatable(req.Method),
	}
}

// mishap says what went wrong with a call, and whether it may go better later.
func mishap(err error) (code tocsin.Code, sentence string, again bool) {
	var (
		slow    net.Error
		unnamed *net.DNSError
		syntax  *json.SyntaxError
		shape   *json.UnmarshalTypeError
	)
	switch {
	case errors.Is(err, context.Canceled):
		return tocsin.CodeUnavailable, "The call to %s was called off.", true
	case errors.Is(err, errTooLong):
		return tocsin.CodeTooLarge, "The answer of %s is longer than we read.", false
	case errors.Is(err, errRedirects), errors.Is(err, errDowngrade):
		return tocsin.CodeInvalid, "%s sends us elsewhere in a way that we don't follow. Check the address.", false
	case errors.As(err, &unnamed) && unnamed.IsNotFound:
		return tocsin.CodeUnavailable, "The name %s is not known. Check the address.", true
	case errors.As(err, &syntax), errors.As(err, &shape):
		return tocsin.CodeUnavailable, "%s answered something other than the JSON that we expect.", true
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return tocsin.CodeUnavailable, "%s did not answer in time.", true
	default:
		return tocsin.CodeUnavailable, "%s could not be reached.", true
	}
}
