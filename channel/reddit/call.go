package reddit

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// calls is how the limit of calls is named.
const calls = "calls"

// call makes one call: a GET, or with a form a POST. A token that is refused is
// renewed once, for it may have ended early.
func (a *account) call(ctx context.Context, path string, form url.Values, out any) error {
	refused := ""
	for {
		token, err := a.bearer(ctx, refused)
		if err != nil {
			return err
		}
		err = a.once(ctx, token, path, form, out)
		if tocsin.CodeOf(err) != tocsin.CodeUnauthorized || refused != "" {
			return err
		}
		refused = token
	}
}

func (a *account) once(ctx context.Context, token, path string, form url.Values, out any) error {
	if err := a.room(); err != nil {
		return err
	}
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, a.APIURL+path, strings.NewReader(body))
	if err != nil {
		return tocsin.Wrap(tocsin.CodeInvalid, a.client.Hush(err), "The address in api_url makes no sense.")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := a.client.Do(ctx, req)
	if resp != nil {
		a.note(resp.Header)
	}
	if err != nil {
		return a.later(resp, err)
	}
	if err := json.Unmarshal(resp.Body, out); err != nil {
		return &tocsin.Error{
			Code: tocsin.CodeUnavailable, Message: "Reddit answered something other than the JSON that we expect.",
			Cause: a.client.Hush(err), Retryable: true, Uncertain: form != nil,
		}
	}
	return nil
}

// room refuses a call that Reddit would.
func (a *account) room() error {
	now := a.now()
	wait := time.Duration(0)
	if left, ok := a.gauge.Get(calls); ok && left.Left < 1 {
		wait = left.ResetAt.Sub(now)
	}
	if wait <= 0 {
		wait = a.pace.Take(now)
	}
	if wait <= 0 {
		return nil
	}
	return &tocsin.Error{
		Code: tocsin.CodeLimited, Retryable: true, RetryAfter: min(wait, channel.MaxRetryAfter),
		Message: "Reddit allows no more calls for now. It goes on by itself.",
	}
}

// note keeps what an answer tells of the limit.
// https://support.reddithelp.com/hc/en-us/articles/16160319875092-Reddit-Data-API-Wiki
func (a *account) note(h http.Header) {
	left, err := strconv.ParseFloat(h.Get("X-Ratelimit-Remaining"), 64)
	used, usedErr := strconv.ParseFloat(h.Get("X-Ratelimit-Used"), 64)
	if err != nil || usedErr != nil {
		return
	}
	a.gauge.Set(tocsin.Allowance{Name: calls, Unit: "calls", Limit: left + used, Left: left, ResetAt: a.now().Add(reset(h))})
}

// reset is the time until the limit is full again; 0 where it is not told.
func reset(h http.Header) time.Duration {
	seconds, err := strconv.ParseFloat(h.Get("X-Ratelimit-Reset"), 64)
	if err != nil || !(seconds > 0) {
		return 0
	}
	return time.Duration(min(seconds, channel.MaxRetryAfter.Seconds()) * float64(time.Second))
}

// later tells how long to wait where Reddit says so in headers of its own.
func (a *account) later(resp *channel.Response, err error) error {
	var said *tocsin.Error
	if resp == nil || !errors.As(err, &said) || said.Code != tocsin.CodeLimited || said.RetryAfter > 0 {
		return err
	}
	told := *said
	told.RetryAfter = reset(resp.Header)
	return &told
}
