package channel

import (
	"context"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// The manners of every outgoing call.
const (
	// DefaultTimeout bounds a whole call, from the name look-up to the last byte.
	DefaultTimeout = 30 * time.Second
	// DefaultMaxBody is how many bytes of an answer are read, after decompression.
	DefaultMaxBody = 8 << 20
	// DefaultUserAgent is how we introduce ourselves.
	DefaultUserAgent = "Tocsin/" + tocsin.Version + " (+https://github.com/tocsin/tocsin)"

	maxHeader      = 256 << 10 // bytes of an answer's header
	maxIdlePerHost = 4
	idleTimeout    = 90 * time.Second
	handshakeWait  = 10 * time.Second
	dialWait       = 10 * time.Second
)

// Options make a Client. The zero value is good.
type Options struct {
	Timeout   time.Duration // 0 is DefaultTimeout
	MaxBody   int64         // bytes; 0 is DefaultMaxBody
	UserAgent string        // "" is DefaultUserAgent
	// AllowPrivate lets calls reach loopback, private and link-local addresses.
	AllowPrivate bool
	// Secrets are kept out of every error, also where the other side echoes them.
	Secrets []config.Secret
	Now     func() time.Time // nil is time.Now
}

// Client makes HTTP calls with manners: it gives up in time, reads no more than it
// should, keeps credentials from strangers, stays out of private networks, and
// its errors say whether to try again and tell no secret.
type Client struct {
	http    *http.Client
	now     func() time.Time
	timeout time.Duration
	hush    Redactor
	// for sockets, which have a transport of their own
	userAgent    string
	allowPrivate bool
}

// NewClient makes a client. It lives as long as its channel.
func NewClient(o Options) *Client {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.MaxBody == 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.UserAgent == "" {
		o.UserAgent = DefaultUserAgent
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Client{
		http: &http.Client{
			Transport: &mannered{
				// No proxy from the environment: behind one, the guard would see
				// the proxy's address only.
				next: &http.Transport{
					DialContext:            Dialer(o.AllowPrivate).DialContext,
					ForceAttemptHTTP2:      true,
					TLSHandshakeTimeout:    handshakeWait,
					MaxResponseHeaderBytes: maxHeader,
					MaxIdleConnsPerHost:    maxIdlePerHost,
					IdleConnTimeout:        idleTimeout,
				},
				userAgent: o.UserAgent,
				maxBody:   o.MaxBody,
				now:       o.Now,
			},
			CheckRedirect: checkRedirect,
		},
		now:     o.Now,
		timeout: o.Timeout,
		hush:    NewRedactor(o.Secrets...),

		userAgent:    o.UserAgent,
		allowPrivate: o.AllowPrivate,
	}
}

// HTTP gives a plain client with the same manners, for a library that makes its
// own calls. Pass what the library returns through Hush.
func (c *Client) HTTP() *http.Client {
	plain := *c.http
	plain.Timeout = c.timeout
	return &plain
}

// Hush takes the client's secrets and the queries of URLs out of an error's text.
// What it gives still answers errors.Is, and stays a *tocsin.Error if it is one.
func (c *Client) Hush(err error) error { return c.hush.Error(err) }

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

// Do makes a call. Any status but 2xx and 304 is a *tocsin.Error, given beside the
// response, so that the caller may read what the other side said. The error is
//
//   - Retryable for 408, 425, 429, 5xx and a broken network, with the other
//     side's Retry-After;
//   - Uncertain when a call that changes something (POST, PATCH) may have been
//     acted upon: the line broke after there was one, time ran out, the answer
//     could not be read, or its status was 5xx.
func (c *Client) Do(ctx context.Context, req *http.Request) (*Response, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	// With a connection in hand bytes may leave at any moment; before, they cannot.
	var connected atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connected.Store(true) },
	})
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, c.broken(req, err, connected.Load())
	}
	body, err := io.ReadAll(resp.Body)
	closeErr := resp.Body.Close()
	if err == nil {
		err = closeErr
	}
	if err != nil && accepted(resp.StatusCode) {
		return nil, c.broken(req, err, true)
	}
	answer := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body}
	if !accepted(resp.StatusCode) {
		return answer, c.refused(req, answer)
	}
	return answer, nil
}
