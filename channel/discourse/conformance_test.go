package discourse

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

// given are settings for a forum at an address.
func given(address string, more ...map[string]any) map[string]any {
	s := map[string]any{
		"url": address, "api_key": apiKey, "username": us, "allow_private": true,
		"categories": []any{5}, "announce_category": 7, "webhook_secret": hookKey, "calls_per_minute": 1_000_000,
	}
	for _, m := range more {
		for key, value := range m {
			if s[key] = value; value == nil {
				delete(s, key)
			}
		}
	}
	return s
}

// wired gives a channel to a board, and the server between them.
func wired(tb testing.TB, b *board, more ...map[string]any) (tocsin.Channel, *channeltest.Server) {
	tb.Helper()
	server := channeltest.Serve(tb, b.handler(tb))
	server.Limit = limit
	return made(tb, given(server.URL, more...), time.Now), server
}

func made(tb testing.TB, settings map[string]any, now func() time.Time) tocsin.Channel {
	tb.Helper()
	ch, err := Type().New(channel.Env{Name: "forum", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: now})
	require.NoError(tb, err)
	return ch
}

// hook makes the request of a webhook, signed as Discourse signs it.
func hook(event string, body []byte) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/api/v1/intake/forum", strings.NewReader(string(body)))
	sum := hmac.New(sha256.New, []byte(hookKey))
	sum.Write(body)
	r.Header.Set("X-Discourse-Event-Signature", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	r.Header.Set("X-Discourse-Event-Type", "post")
	r.Header.Set("X-Discourse-Event", event)
	r.Header.Set("Content-Type", "application/json")
	return r
}

// payload is the body of a webhook about a post.
func (b *board) payload(e *entry, more ...map[string]any) []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	p := b.shown(e, false)
	p["topic_archetype"] = "regular"
	for _, m := range more {
		for key, value := range m {
			p[key] = value
		}
	}
	body, _ := json.Marshal(map[string]any{"post": p}) // always marshals
	return body
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		b := newBoard()
		server := channeltest.Serve(tb, b.handler(tb))
		server.Refusal, server.Limit = refusal, limit
		help, letter := b.open(5, "Nothing can be saved"), b.open(0, "A question for support")
		next := 0
		return channeltest.Outside{
			Settings: given(server.URL), Secrets: []string{apiKey, hookKey},
			Say: func(n int) []string {
				var ids []string
				for i := range n {
					to := help
					if i%2 == 1 {
						to = letter
					}
					next++
					ids = append(ids, externalID(b.write(to, fmt.Sprint("user", next), "It is broken for me too").id))
				}
				return ids
			},
			Body: func(int) []byte { return b.payload(b.write(help, "ana", "It is broken")) },
			Sign: func(body []byte) *http.Request { return hook("post_created", body) },
			// One post a webhook.
			OneByOne: true,
			Message: func() tocsin.Message {
				next++
				e := b.write(help, fmt.Sprint("user", next), "It is broken for me as well")
				key := fmt.Sprintf("key-%d-", next)
				return tocsin.Message{Key: key, Text: "It works again. (" + key + ")", Report: tocsin.Report{
					ExternalID: externalID(e.id), Route: json.RawMessage(fmt.Sprintf(`{"topic":%d,"number":%d}`, e.topic, e.number)),
				}}
			},
			Arrived: b.arrived,
			Break:   server.Break,
		}
	}})
}
