package x

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// silence is how long a stream may say nothing: X sends a sign of life every 20
	// seconds. https://docs.x.com/x-api/fundamentals/handling-disconnections
	silence = 30 * time.Second
	// maxLine is the length of the longest line of a stream that we read, in bytes.
	maxLine = 1 << 20
)

var (
	errSilent = errors.New("it said nothing for too long")
	errEnded  = errors.New("it was closed")
)

// tap is one stream of v2, which go-twitter reads as one of v1.1. It is opened
// once: how to go on when it ends is for the caller to say.
type tap struct {
	wire   *wire
	name   string // of the limit on opening it
	path   string
	query  url.Values
	old    func(line []byte) []byte // a line in v1.1's words
	opened bool
	why    error
}

// carry answers go-twitter's call with the stream's lines, and its calls after
// that, by which it would open the stream again, with why it ended.
func (t *tap) carry(req *http.Request) (*http.Response, error) {
	if t.opened {
		return nil, &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "X's stream broke off.", Cause: t.why, Retryable: true}
	}
	t.opened = true
	ctx, cancel := context.WithCancelCause(req.Context())
	watch := time.AfterFunc(silence, func() { cancel(errSilent) })
	asked, err := t.wire.request(ctx, ask{method: http.MethodGet, path: t.path, query: t.query})
	if err != nil {
		cancel(err)
		return nil, err
	}
	resp, err := t.wire.tapped[byApp].RoundTrip(asked)
	if err != nil {
		cancel(err)
		return nil, t.unreached(context.Cause(ctx), err)
	}
	t.wire.meter.note(t.name, resp.Header)
	if resp.StatusCode != http.StatusOK {
		defer cancel(nil)
		defer resp.Body.Close() //nolint:errcheck // it was a refusal
		body, _ := io.ReadAll(io.LimitReader(resp.Body, maxLine))
		return nil, t.wire.fault(resp, oldErrors(resp.StatusCode, body))
	}
	body := resp.Body
	lines := bufio.NewScanner(&watched{body, watch})
	lines.Buffer(nil, maxLine)
	resp.Body = &translated{lines: lines, old: t.old, ended: func(err error) {
		if t.why == nil {
			t.why = cmp.Or(context.Cause(ctx), err)
		}
		watch.Stop()
		cancel(nil)
		_ = body.Close()
	}}
	resp.ContentLength = -1
	return resp, nil
}

// unreached is the error of a stream that could not be opened.
func (t *tap) unreached(cause, err error) error {
	if cause != nil && !errors.Is(cause, context.Canceled) {
		err = cause
	}
	return t.wire.client.Hush(&tocsin.Error{Code: tocsin.CodeUnavailable, Message: "X's stream could not be opened.", Cause: err, Retryable: true})
}

// watched puts off the end of patience at each sign of life.
type watched struct {
	io.Reader
	watch *time.Timer
}

// Read reads on.
func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if n > 0 {
		w.watch.Reset(silence)
	}
	return n, err
}

// translated reads a stream's lines in v1.1's words.
type translated struct {
	lines *bufio.Scanner
	old   func([]byte) []byte
	rest  []byte
	ended func(error)
}

// Read gives the next bytes.
func (t *translated) Read(p []byte) (int, error) {
	for len(t.rest) == 0 {
		if !t.lines.Scan() {
			err := t.lines.Err()
			if err == nil {
				err = errEnded
			}
			t.ended(err)
			return 0, io.EOF
		}
		if line := bytes.TrimSpace(t.lines.Bytes()); len(line) > 0 {
			t.rest = t.old(line)
		}
	}
	n := copy(p, t.rest)
	t.rest = t.rest[n:]
	return n, nil
}

// Close ends the stream.
func (t *translated) Close() error {
	t.ended(errEnded)
	return nil
}

// oldLine makes a line of v1.1.
func oldLine(v any) []byte { return append(encode(v), '\r', '\n') }

// Messages of v1.1 for what is no post.
func deletion(id, author string) []byte {
	return oldLine(map[string]any{"delete": map[string]any{"status": map[string]any{
		"id": number(id), "id_str": id, "user_id": number(author), "user_id_str": author,
	}}})
}

func warning(code, message string) []byte {
	return oldLine(map[string]any{"warning": map[string]any{"code": code, "message": message}})
}

func disconnection(p problem) []byte {
	return oldLine(map[string]any{"disconnect": map[string]any{"code": 1, "reason": oldErrors(0, encode(p)).Errors[0].Message}})
}

// filterLine turns a line of the filtered stream. Of the posts, only those that
// matched a rule with our tag are ours: the stream is the whole application's.
func (w *wire) filterLine(tag string) func([]byte) []byte {
	return func(line []byte) []byte {
		var said struct {
			Data     json.RawMessage `json:"data"`
			Includes includes        `json:"includes"`
			Matching []struct {
				Tag string `json:"tag"`
			} `json:"matching_rules"`
			Errors []problem `json:"errors"`
		}
		if err := json.Unmarshal(line, &said); err != nil {
			return warning(tocsin.ReasonMalformed, "a line of the filtered stream cannot be read")
		}
		if len(said.Data) == 0 {
			return ending(said.Errors)
		}
		w.billOne(said.Data, said.Includes, "p", pricePost)
		var tags []string
		for _, m := range said.Matching {
			tags = append(tags, m.Tag)
		}
		if !slices.Contains(tags, tag) {
			return nil
		}
		return oldPost(said.Data, said.Includes)
	}
}

// activityLine turns a line of the activity stream.
// https://docs.x.com/x-api/activity/event-payloads
func (w *wire) activityLine(tag string) func([]byte) []byte {
	return func(line []byte) []byte {
		var said struct {
			Data struct {
				Type     string          `json:"event_type"`
				Tag      string          `json:"tag"`
				Payload  json.RawMessage `json:"payload"`
				Includes json.RawMessage `json:"includes"` // its shape differs by event
			} `json:"data"`
			Errors []problem `json:"errors"`
		}
		if err := json.Unmarshal(line, &said); err != nil {
			return warning(tocsin.ReasonMalformed, "a line of the activity stream cannot be read")
		}
		if len(said.Data.Payload) == 0 {
			return ending(said.Errors)
		}
		switch said.Data.Type {
		case "post.delete":
			one := readPost(said.Data.Payload)
			return deletion(one.ID, one.AuthorID)
		case eventMention:
			if said.Data.Tag != tag {
				return nil
			}
			var in includes
			if json.Unmarshal(said.Data.Includes, &in) != nil {
				in = includes{} // who wrote it is known by id all the same
			}
			w.billOne(said.Data.Payload, includes{}, "e", priceEvent)
			return oldPost(said.Data.Payload, in)
		default:
			return nil
		}
	}
}

// ending turns what a stream says instead of a post: that it ends.
func ending(errs []problem) []byte {
	if len(errs) == 0 {
		return nil
	}
	return disconnection(errs[0])
}

// billOne counts a post of a stream.
func (w *wire) billOne(raw json.RawMessage, in includes, kind string, price int64) {
	var p page
	p.includes(in)
	w.meter.read(kind, price, readPost(raw).ID)
	w.bill(p, 0)
}

func oldPost(raw json.RawMessage, in includes) []byte {
	var p page
	return oldLine(readPost(raw).old(p.includes(in)))
}
