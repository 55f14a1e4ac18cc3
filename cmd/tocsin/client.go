package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/web/api"
)

// client speaks to a running server.
type client struct {
	base  string // where the server is, without the API's prefix
	token config.Secret
	http  *http.Client
}

const (
	callTime  = time.Minute // for one call, from dialling to the last byte
	maxAnswer = 64 << 20    // bytes
)

// newClient refuses an address that no server can have.
func newClient(base string, token config.Secret) (*client, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "%q is no address of a server. Write it like https://tocsin.example.org.", base)
	}
	return &client{base: strings.TrimRight(base, "/"), token: token, http: &http.Client{Timeout: callTime}}, nil
}

// get reads something.
func (c *client) get(ctx context.Context, path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return c.call(ctx, http.MethodGet, path, nil, into)
}

// call makes one call and decodes its answer; in and into may be nil. Each call
// carries a new idempotency key, for those that send.
func (c *client) call(ctx context.Context, method, path string, in, into any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode request: %w", err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+api.Prefix+path, body)
	if err != nil {
		return fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.token.Reveal())
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "tocsin/"+tocsin.Version)
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", rand.Text())
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.unreached(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read, or is not wanted
	return c.read(resp, into)
}

// read decodes an answer, or the refusal in it.
func (c *client) read(resp *http.Response, into any) error {
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return tocsin.Wrap(tocsin.CodeUnavailable, err, "The answer of %s broke off.", c.base)
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return c.refused(resp.StatusCode, text)
	}
	if into == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, into); err != nil {
		return tocsin.Wrap(tocsin.CodeUnavailable, err, "What answers at %s is not Tocsin, or not of this version.", c.base)
	}
	return nil
}

// refused passes the server's sentence on.
func (c *client) refused(status int, text []byte) error {
	var p api.Problem
	if err := json.Unmarshal(text, &p); err != nil || p.Detail == "" {
		return tocsin.Errorf(tocsin.CodeUnavailable, "%s answered %d %s, and nothing that Tocsin would say.", c.base, status, http.StatusText(status))
	}
	switch {
	case p.Code == tocsin.CodeUnauthorized && c.token.IsZero():
		return tocsin.Errorf(p.Code, "Who are you? Put your token into TOCSIN_TOKEN, or name the file that holds it: --token-file.")
	case p.Code == tocsin.CodeInternal && p.Request != "":
		return tocsin.Errorf(p.Code, "%s (request %s)", p.Detail, p.Request)
	default:
		return tocsin.Errorf(p.Code, "%s", p.Detail)
	}
}

// unreached tells a server that is not there from a call that broke.
func (c *client) unreached(err error) error {
	var unreached *net.OpError
	if errors.As(err, &unreached) && unreached.Op == "dial" {
		return tocsin.Wrap(tocsin.CodeUnavailable, unreached.Err, "No server answers at %s. Start one (tocsin serve), or say where it is: TOCSIN_URL or --url", c.base)
	}
	return tocsin.Wrap(tocsin.CodeUnavailable, err, "The call to %s failed", c.base)
}

// listAll reads a list page by page until its end, or until it has most items (0: all).
func listAll[T any](ctx context.Context, c *client, path string, query url.Values, most int) (api.List[T], error) {
	const page = 200
	all := api.List[T]{Items: []T{}}
	if query == nil {
		query = url.Values{}
	}
	for {
		want := page
		if most > 0 {
			want = min(page, most-len(all.Items))
		}
		query.Set("limit", strconv.Itoa(want))
		var some api.List[T]
		if err := c.get(ctx, path, query, &some); err != nil {
			return all, err
		}
		all.Items, all.Next = append(all.Items, some.Items...), some.Next
		if some.Next == "" || (most > 0 && len(all.Items) >= most) {
			return all, nil
		}
		query.Set("cursor", some.Next)
	}
}
