package webhook

import (
	"crypto/rand"
	"encoding/base64"
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

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

// receiver is the system at the other end: it checks signatures with the
// reference library, and drops ids that it has seen.
type receiver struct {
	secret string
	keys   []*standardwebhooks.Webhook

	mu    sync.Mutex
	fault channeltest.Fault
	got   map[string][]byte // body by webhook-id
	count map[string]int
}

func newReceiver(tb testing.TB) (*receiver, string) {
	tb.Helper()
	r := &receiver{secret: newSecret(), got: map[string][]byte{}, count: map[string]int{}}
	key, err := standardwebhooks.NewWebhook(r.secret)
	require.NoError(tb, err)
	r.keys = append(r.keys, key)
	server := httptest.NewServer(r)
	tb.Cleanup(server.Close)
	return r, server.URL + "/hooks/s3cret-path"
}

func newSecret() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return secretPrefix + base64.StdEncoding.EncodeToString(raw)
}

func (r *receiver) suffer(f channeltest.Fault) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = f
	return f != channeltest.Flaky
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body) // a cut request has a wrong signature
	r.mu.Lock()
	fault := r.fault
	r.mu.Unlock()
	switch fault {
	case channeltest.Down:
		http.Error(w, "try later", http.StatusServiceUnavailable)
	case channeltest.Refused:
		http.Error(w, "who are you?", http.StatusUnauthorized)
	case channeltest.Invalid:
		http.Error(w, "what is this? "+req.URL.String(), http.StatusUnprocessableEntity)
	case channeltest.Limited:
		w.Header().Set("Retry-After", strconv.Itoa(int(channeltest.RetryAfter.Seconds())))
		w.WriteHeader(http.StatusTooManyRequests)
	case channeltest.Hang:
		<-req.Context().Done()
	default:
		r.accept(w, req, body, fault == channeltest.Cut)
	}
}

func (r *receiver) accept(w http.ResponseWriter, req *http.Request, body []byte, cut bool) {
	if req.Method == http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	if err := r.keys[0].Verify(body, req.Header); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	id := req.Header.Get("webhook-id")
	r.mu.Lock()
	if r.got[id] == nil {
		r.got[id] = body
		r.count[id]++
	}
	r.mu.Unlock()
	if cut {
		panic(http.ErrAbortHandler)
	}
	_ = json.NewEncoder(w).Encode(map[string]string{"id": "theirs-" + id, "url": "https://desk.example.org/" + id})
}

func (r *receiver) body(key string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return string(r.got[key])
}

// sign makes the request by which a sender brings a body.
func sign(tb testing.TB, secret, id string, at time.Time, body []byte) *http.Request {
	tb.Helper()
	key, err := standardwebhooks.NewWebhook(secret)
	require.NoError(tb, err)
	signature, err := key.Sign(id, at, body)
	require.NoError(tb, err)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/intake/form", strings.NewReader(string(body)))
	r.Header.Set("webhook-id", id)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("webhook-signature", signature)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// now is the clock of tests that need no network.
var now = time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC)

// setup makes a channel at a fixed time.
func setup(tb testing.TB, settings map[string]any) tocsin.Channel {
	tb.Helper()
	ch, err := Type().New(channel.Env{Name: "form", Settings: config.NewSettings(settings), Now: func() time.Time { return now }})
	require.NoError(tb, err)
	return ch
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		r, address := newReceiver(tb)
		next := 0
		message := func() tocsin.Message {
			next++
			return tocsin.Message{Key: fmt.Sprintf("1-%d", next), Text: "It works again.", Report: tocsin.Report{ExternalID: "form-1", Reporter: tocsin.Reporter{ID: "mailto:ana@example.org"}}}
		}
		return channeltest.Outside{
			Settings: map[string]any{
				"secrets": []any{r.secret}, "reply_url": address, "page_url": address, "allow_private": true,
			},
			Secrets: []string{r.secret, strings.TrimPrefix(r.secret, secretPrefix), "s3cret-path"},
			Body: func(n int) []byte {
				notes := make([]map[string]any, n)
				for i := range notes {
					next++
					notes[i] = map[string]any{"id": fmt.Sprint("form-", next), "author": "ana@example.org", "text": "It is broken."}
				}
				body, _ := json.Marshal(map[string]any{"reports": notes}) // always marshals
				return body
			},
			Sign:         func(body []byte) *http.Request { next++; return sign(tb, r.secret, fmt.Sprint(next), time.Now(), body) },
			Message:      message,
			Alarm:        func() tocsin.Alarm { return tocsin.Alarm{Key: "page-" + message().Key, Tier: tocsin.TierRing} },
			Arrived:      func(key string) int { r.mu.Lock(); defer r.mu.Unlock(); return r.count[key] },
			DropsDoubles: true,
			Break:        r.suffer,
		}
	}})
}
