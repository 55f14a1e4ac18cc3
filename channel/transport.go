package channel

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

// mannered is the part of the manners that holds for each single exchange.
type mannered struct {
	next      http.RoundTripper
	userAgent string
	maxBody   int64
	now       func() time.Time
}

// RoundTrip makes one exchange.
func (m *mannered) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Header.Get("User-Agent") == "" {
		req.Header.Set("User-Agent", m.userAgent)
	}
	if !repeatable(req.Method) {
		// Without it net/http cannot send a call again on its own, which it
		// would as soon as there is an Idempotency-Key.
		req.GetBody = nil
	}
	resp, err := m.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	traceClock(req, resp, m.now())
	resp.Body = &capped{ReadCloser: resp.Body, left: m.maxBody}
	return resp, nil
}

// errTooLong is what reading an answer over the limit gives.
var errTooLong = errors.New("the answer is longer than allowed")

// capped reads no more than it may. It sits behind the decompression, so a small
// answer that unpacks into a huge one is stopped as well.
type capped struct {
	io.ReadCloser
	left int64
}

// Read reads on, or gives errTooLong.
func (c *capped) Read(p []byte) (int, error) {
	if c.left < 0 {
		return 0, errTooLong
	}
	if int64(len(p)) > c.left+1 {
		p = p[:c.left+1] // one more than allowed shows that there is more
	}
	n, err := c.ReadCloser.Read(p)
	c.left -= int64(n)
	if c.left < 0 {
		return n - 1, errTooLong
	}
	return n, err
}

// repeatable tells whether a method promises that a second call changes nothing more.
// https://www.rfc-editor.org/rfc/rfc9110#name-idempotent-methods
func repeatable(method string) bool {
	switch strings.ToUpper(method) {
	case "", http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete:
		return true
	default:
		return false
	}
}

func accepted(status int) bool {
	return status >= 200 && status < 300 || status == http.StatusNotModified
}
