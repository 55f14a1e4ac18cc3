package channeltest_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
)

const secret = "the-board's-secret"

// board is a whole outside world in memory, on which people pin notes.
type board struct {
	mu      sync.Mutex
	notes   []string
	sent    map[string]int
	fault   channeltest.Fault
	calls   int
	changed chan struct{}
}

func newBoard() *board {
	return &board{sent: map[string]int{}, changed: make(chan struct{}, 100)}
}

// flaw makes the channel break one promise.
type flaw string

func (b *board) outside(testing.TB) channeltest.Outside {
	next := 0
	message := func() tocsin.Message { next++; return tocsin.Message{Key: fmt.Sprint("m", next), Text: "Thanks."} }
	return channeltest.Outside{
		Settings: map[string]any{"secret": secret},
		Secrets:  []string{secret},
		Say:      b.say,
		Body: func(n int) []byte {
			body, _ := json.Marshal(b.say(n)) // strings always marshal
			return body
		},
		Sign: func(body []byte) *http.Request {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(string(body)))
			r.Header.Set("Signature", sign(body))
			return r
		},
		Message:      message,
		Alarm:        func() tocsin.Alarm { return tocsin.Alarm{Key: "a" + message().Key} },
		Arrived:      func(key string) int { b.mu.Lock(); defer b.mu.Unlock(); return b.sent[key] },
		DropsDoubles: true,
		Break: func(f channeltest.Fault) bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.fault = f
			return true
		},
	}
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func (b *board) say(n int) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var said []string
	for range n {
		b.notes = append(b.notes, fmt.Sprint("note ", len(b.notes)))
		said = append(said, b.notes[len(b.notes)-1])
	}
	b.changed <- struct{}{}
	return said
}

// meet is what each call goes through first.
func (b *board) meet(ctx context.Context, changes bool) (accept bool, err error) {
	b.mu.Lock()
	fault := b.fault
	b.calls++
	even, tenth := b.calls%2 == 0, b.calls%10 == 0
	b.mu.Unlock()
	if ctx.Err() != nil {
		fault = channeltest.Hang
	}
	failed := &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "The board does not answer.", Retryable: true}
	switch fault {
	case channeltest.Flaky:
		if !even {
			return true, nil
		}
		return false, failed
	case channeltest.Rare:
		if !tenth {
			return true, nil
		}
		return false, failed
	case channeltest.Down:
		return false, failed
	case channeltest.Refused, channeltest.Invalid:
		return false, tocsin.Errorf(tocsin.CodeForbidden, "The board refuses us.")
	case channeltest.Limited:
		failed.RetryAfter = channeltest.RetryAfter
		return false, failed
	case channeltest.Hang:
		<-ctx.Done()
		failed.Cause, failed.Uncertain = ctx.Err(), changes
		return false, failed
	case channeltest.Cut:
		failed.Uncertain = changes
		return true, failed
	default:
		return true, nil
	}
}

// pinned is the channel to the board, with or without a flaw.
type pinned struct {
	*board
	flaw flaw
}

// Pull brings at most two notes at once.
func (p pinned) Pull(ctx context.Context, cursor string) (tocsin.Batch, error) {
	if p.flaw == "deaf to its context" {
		ctx = context.WithoutCancel(ctx)
	}
	if _, err := p.meet(ctx, false); err != nil {
		switch p.flaw {
		case "swallows errors":
			return tocsin.Batch{}, nil
		case "tells its secret":
			return tocsin.Batch{}, fmt.Errorf("call with %s: %w", secret, err)
		case "tries forever":
			return tocsin.Batch{}, &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "No.", Retryable: true}
		case "loses on a fault":
			return tocsin.Batch{Cursor: strconv.Itoa(len(p.notes))}, nil
		}
		return tocsin.Batch{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	from, _ := strconv.Atoi(cursor) // "" is the beginning
	to := min(from+2, len(p.notes))
	batch := tocsin.Batch{Cursor: strconv.Itoa(to), More: to < len(p.notes)}
	for i, note := range p.notes[from:to] {
		report := tocsin.Report{ExternalID: note, Text: note, At: time.Unix(int64(i), 0), Reporter: tocsin.Reporter{ID: "board:ana"}}
		if p.flaw == "nameless reporters" {
			report.Reporter.ID = ""
		}
		batch.Reports = append(batch.Reports, report)
	}
	if p.flaw == "cursor stands still" {
		batch.Cursor, batch.More = "", false
	}
	return batch, nil
}

// Stream pulls whenever a note is pinned.
func (p pinned) Stream(ctx context.Context, cursor string, emit func(tocsin.Batch) error) error {
	for {
		batch, err := p.Pull(ctx, cursor)
		if err != nil {
			return err
		}
		cursor = batch.Cursor
		if len(batch.Reports) > 0 {
			if err := emit(batch); err != nil {
				if p.flaw == "hides a failed emit" {
					return nil
				}
				return err
			}
		}
		if batch.More {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-p.changed:
		}
	}
}

// Receive takes a JSON list of notes.
func (p pinned) Receive(r *http.Request) (tocsin.Batch, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if r.Header.Get("Signature") != sign(body) && p.flaw != "believes anybody" {
		return tocsin.Batch{}, tocsin.Errorf(tocsin.CodeUnauthorized, "The signature is wrong.")
	}
	var notes []string
	if err := json.Unmarshal(body, &notes); err != nil && p.flaw != "guesses at halves" {
		return tocsin.Batch{}, tocsin.Errorf(tocsin.CodeInvalid, "This is not JSON.")
	}
	var batch tocsin.Batch
	for _, note := range notes {
		batch.Reports = append(batch.Reports, tocsin.Report{ExternalID: note, Text: note, At: time.Unix(1, 0), Reporter: tocsin.Reporter{ID: "board:ana"}})
	}
	return batch, nil
}

func (p pinned) send(ctx context.Context, key string) (tocsin.Sent, error) {
	accept, err := p.meet(ctx, p.flaw != "denies what arrived")
	if accept {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.sent[key] == 0 || p.flaw == "doubles" {
			p.sent[key]++
		}
	}
	if err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: key}, nil
}

func (p pinned) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return p.send(ctx, m.Key)
}

func (p pinned) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return p.send(ctx, m.Key)
}

func (p pinned) Page(ctx context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	return p.send(ctx, a.Key)
}

// Renew changes a note that was pinned.
func (p pinned) Renew(ctx context.Context, externalID string, a tocsin.Alarm) error {
	if _, err := p.meet(ctx, false); err != nil {
		if p.flaw == "hides that it is stale" {
			return nil
		}
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.flaw == "rings again":
		p.sent[a.Key]++
	case p.sent[externalID] == 0 && p.flaw != "renews anything":
		return tocsin.Errorf(tocsin.CodeNotFound, "There is no such note.")
	}
	return nil
}

func (p pinned) Check(ctx context.Context) error {
	_, err := p.meet(ctx, false)
	return err
}

func (p pinned) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	if p.flaw == "guesses" {
		return tocsin.FoundAbsent, tocsin.Sent{}, nil
	}
	if _, err := p.meet(ctx, false); err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.sent[m.Key] == 0 {
		return tocsin.FoundAbsent, tocsin.Sent{}, nil
	}
	return tocsin.FoundPresent, tocsin.Sent{ExternalID: m.Key}, nil
}

// boardType is the type of a channel to b.
func boardType(b *board, f flaw) channel.Type {
	typ := channel.Type{
		Name: "board", Title: "Board", Icon: "<svg/>",
		Doc:     "# Board\n" + strings.Repeat("Pin a note. ", 30),
		Example: "channels:\n  - {name: hall, type: board, secret: x}\n",
		New: func(env channel.Env) (tocsin.Channel, error) {
			var settings struct {
				Secret string `config:"secret"`
			}
			if err := env.Settings.Decode(&settings); err != nil && f != "takes any setting" {
				return tocsin.Channel{}, fmt.Errorf("read settings: %w", err)
			}
			if f == "logs its secret" {
				env.Log.Info("opened", "secret", secret)
			}
			p := pinned{b, f}
			ch := tocsin.Channel{
				Name: env.Name, Type: "board", Source: p, Streamer: p, Receiver: p,
				Replier: p, Poster: p, Finder: p, Pager: p, Renewer: p, Checker: p,
			}
			if f == "claims a nil" {
				ch.Measurer = (*ruler)(nil)
			}
			return ch, nil
		},
	}
	if f == "has no icon" {
		typ.Icon = ""
	}
	if f == "has a wrong example" {
		typ.Example = "channels:\n  - {name: hall, type: board, sceret: x}\n"
	}
	return typ
}

type ruler struct{}

func (*ruler) Measure(string) tocsin.Length { return tocsin.Length{} }
