package x

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/dghubble/oauth1"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

// by says in whose name a call is made.
type by int

const (
	byUser by = iota // OAuth 1.0a, signed
	byApp            // the application's bearer token; the user's where there is none
)

// maxStream is how many bytes of one stream are read before it is opened anew.
const maxStream = 1 << 40

// wire carries signed calls to the API v2.
type wire struct {
	base   string
	now    func() time.Time
	meter  *meter
	client *channel.Client
	open   *http.Client // for streams: what it reads has no end

	signed map[by]http.RoundTripper
	tapped map[by]http.RoundTripper
	// legacy: this server knows the older names of fields (tweet.fields).
	legacy atomic.Bool
	self   atomic.Int64 // our own id, once known: the mentions of v1.1 are ours
}

func newWire(s *settings, m *meter, now func() time.Time) *wire {
	o := channel.Options{
		Timeout: s.Timeout, AllowPrivate: s.AllowPrivate, Now: now,
		Secrets: []config.Secret{s.ConsumerKey, s.ConsumerSecret, s.AccessToken, s.AccessTokenSecret, s.BearerToken},
	}
	w := &wire{base: strings.TrimRight(s.URL, "/"), now: now, meter: m, client: channel.NewClient(o)}
	o.MaxBody = maxStream
	w.open = channel.NewClient(o).HTTP()
	w.signed = s.signers(roundTrip(w.call))
	w.tapped = s.signers(w.open.Transport)
	return w
}

// signers are the two ways to sign, in front of what sends.
func (s *settings) signers(next http.RoundTripper) map[by]http.RoundTripper {
	token := oauth1.NewToken(s.AccessToken.Reveal(), s.AccessTokenSecret.Reveal())
	ctx := context.WithValue(context.Background(), oauth1.HTTPClient, &http.Client{Transport: next})
	user := oauth1.NewConfig(s.ConsumerKey.Reveal(), s.ConsumerSecret.Reveal()).Client(ctx, token).Transport
	if s.BearerToken.IsZero() {
		return map[by]http.RoundTripper{byUser: user, byApp: user}
	}
	bearer := "Bearer " + s.BearerToken.Reveal()
	return map[by]http.RoundTripper{byUser: user, byApp: roundTrip(func(req *http.Request) (*http.Response, error) {
		req = req.Clone(req.Context())
		req.Header.Set("Authorization", bearer)
		return next.RoundTrip(req)
	})}
}

// roundTrip makes an http.RoundTripper of a function.
type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip calls the function.
func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// call makes one exchange with the manners of every channel. An answer with any
// status is an answer here; what it means is decided by who asked.
func (w *wire) call(req *http.Request) (*http.Response, error) {
	answer, err := w.client.Do(req.Context(), req)
	if answer == nil {
		return nil, err
	}
	return answered(req, answer.Status, answer.Header, answer.Body), nil
}

// answered makes a response. Its length must be told: go-twitter decodes nothing
// where it is 0.
func answered(req *http.Request, status int, header http.Header, body []byte) *http.Response {
	header = header.Clone()
	if header == nil {
		header = http.Header{}
	}
	header.Set("Content-Type", "application/json")
	return &http.Response{
		Status: http.StatusText(status), StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}
}

// ask is a call of the API v2.
type ask struct {
	by     by
	method string
	path   string // /2/…
	query  url.Values
	in     any
	name   string // of the limit that it counts against
}

// request builds the call, not yet signed.
func (w *wire) request(ctx context.Context, a ask) (*http.Request, error) {
	address := w.base + a.path
	if len(a.query) > 0 {
		address += "?" + a.query.Encode()
	}
	var body io.Reader
	if a.in != nil {
		sent, err := json.Marshal(a.in)
		if err != nil {
			return nil, tocsin.Wrap(tocsin.CodeInternal, err, "The call cannot be built.")
		}
		body = bytes.NewReader(sent)
	}
	req, err := http.NewRequestWithContext(ctx, a.method, address, body)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, w.client.Hush(err), "The address of X makes no sense. Check url in the channel's settings.")
	}
	req.Header.Set("Accept", "application/json")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// send makes a call and gives the answer with its body. The error is of a call
// that got none.
func (w *wire) send(ctx context.Context, a ask) (*http.Response, []byte, error) {
	req, err := w.request(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	resp, err := w.signed[a.by].RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close() //nolint:errcheck // it is in memory
	w.meter.note(a.name, resp.Header)
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// json makes a call for which v1.1 has no counterpart.
func (w *wire) json(ctx context.Context, a ask, out any) error {
	resp, body, err := w.send(ctx, a)
	if err != nil {
		return w.client.Hush(err)
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		return w.fault(answered(resp.Request, resp.StatusCode, resp.Header, nil), oldErrors(resp.StatusCode, body))
	}
	if err := json.Unmarshal(body, out); err != nil {
		return garbled(err, a.method)
	}
	return nil
}

// garbled is the error of an answer that is no JSON of the expected shape.
func garbled(cause error, method string) *tocsin.Error {
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Message: "X answered something other than the JSON that we expect.", Cause: cause,
		Retryable: true, Uncertain: method == http.MethodPost,
	}
}
