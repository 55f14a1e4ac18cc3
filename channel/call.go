package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/tocsin/tocsin"
)

// Call is a call that speaks JSON.
type Call struct {
	Method string // "" is GET
	URL    string
	Header http.Header
	In     any // sent as JSON unless nil; json.RawMessage goes out byte for byte
	Out    any // filled from the answer, unless nil or the answer has no content
}

// JSON makes a call, with the errors of Do. An answer that is no JSON is one too,
// and Uncertain where the call changed something.
func (c *Client) JSON(ctx context.Context, call Call) (*Response, error) {
	req, err := call.request(ctx)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, c.hush.Error(err), "This call cannot be made. Check the address in the channel's settings.")
	}
	resp, err := c.Do(ctx, req)
	if err != nil || call.Out == nil || resp.Status == http.StatusNoContent || resp.Status == http.StatusNotModified {
		return resp, err
	}
	if err := json.Unmarshal(resp.Body, call.Out); err != nil {
		return resp, c.broken(req, err, true)
	}
	return resp, nil
}

func (call Call) request(ctx context.Context) (*http.Request, error) {
	method := call.Method
	if method == "" {
		method = http.MethodGet
	}
	var body io.Reader
	if call.In != nil {
		sent, err := json.Marshal(call.In)
		if raw, ok := call.In.(json.RawMessage); ok {
			sent, err = raw, nil // signed bytes stay as they are
		}
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(sent)
	}
	req, err := http.NewRequestWithContext(ctx, method, call.URL, body)
	if err != nil {
		return nil, err
	}
	for key, values := range call.Header {
		req.Header[http.CanonicalHeaderKey(key)] = values
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	if body != nil && req.Header.Get("Content-Type") == "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}
