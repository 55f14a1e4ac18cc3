package telegram

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

const (
	token = "123456:t0ken-of-the-bot-t0ken-of-the-bot"
	group = int64(-1001)
)

// network is Telegram as one bot sees it: updates that wait until they are
// confirmed, and chats into which the bot writes.
type network struct {
	*channeltest.Server

	mu      sync.Mutex
	now     time.Time
	next    int64
	waiting []update
	arrived chan struct{} // closed when an update comes
	sent    []map[string]any
	blocked map[int64]bool
	hook    string
	private bool // the bot hears only commands in groups
}

func newNetwork(tb testing.TB) *network {
	tb.Helper()
	n := &network{now: time.Now().UTC().Truncate(time.Second), next: 5000, arrived: make(chan struct{}), blocked: map[int64]bool{}}
	n.Server = channeltest.Serve(tb, http.HandlerFunc(n.serve))
	n.Limit = func(w http.ResponseWriter, _ *http.Request) {
		wait := int(channeltest.RetryAfter / time.Second)
		channeltest.JSON(w, http.StatusTooManyRequests, map[string]any{
			"ok": false, "error_code": 429, "description": fmt.Sprint("Too Many Requests: retry after ", wait), "parameters": map[string]any{"retry_after": wait},
		})
	}
	return n
}

func refuse(w http.ResponseWriter, status int, description string, parameters map[string]any) {
	channeltest.JSON(w, status, map[string]any{"ok": false, "error_code": status, "description": description, "parameters": parameters})
}

func (n *network) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", n.tick().Format(http.TimeFormat))
	var in map[string]any
	if r.Method != http.MethodPost || json.NewDecoder(r.Body).Decode(&in) != nil {
		refuse(w, http.StatusBadRequest, "Bad Request", nil)
		return
	}
	var result any
	switch r.URL.Path {
	case "/bot" + token + "/getUpdates":
		if n.hook != "" {
			refuse(w, http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active", nil)
			return
		}
		result = n.updates(r, in)
	case "/bot" + token + "/sendMessage":
		n.send(w, in)
		return
	case "/bot" + token + "/getMe":
		result = map[string]any{"id": 123456, "is_bot": true, "can_read_all_group_messages": !n.private}
	case "/bot" + token + "/getWebhookInfo":
		result = map[string]any{"url": n.hook}
	case "/bot" + token + "/getChat":
		if in["chat_id"] != strconv.FormatInt(group, 10) {
			refuse(w, http.StatusBadRequest, "Bad Request: chat not found", nil)
			return
		}
		result = chat{ID: group, Type: "supergroup"}
	default:
		refuse(w, http.StatusUnauthorized, "Unauthorized", nil)
		return
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{"ok": true, "result": result})
}

// updates forgets what is confirmed, and holds the call until there is something.
func (n *network) updates(r *http.Request, in map[string]any) []update {
	offset, _ := in["offset"].(float64)
	seconds, _ := in["timeout"].(float64)
	limit, _ := in["limit"].(float64)
	timer := time.NewTimer(time.Duration(seconds) * time.Second)
	defer timer.Stop()
	for {
		n.mu.Lock()
		for len(n.waiting) > 0 && n.waiting[0].ID < int64(offset) {
			n.waiting = n.waiting[1:]
		}
		ready, arrived := append([]update{}, n.waiting[:min(len(n.waiting), int(limit))]...), n.arrived
		n.mu.Unlock()
		if len(ready) > 0 || seconds == 0 {
			return ready
		}
		select {
		case <-arrived:
		case <-timer.C:
			return ready
		case <-r.Context().Done():
			return ready
		}
	}
}

func (n *network) send(w http.ResponseWriter, in map[string]any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	to, _ := in["chat_id"].(float64)
	switch {
	case in["text"] == nil || in["text"] == "":
		refuse(w, http.StatusBadRequest, "Bad Request: message text is empty", nil)
	case n.blocked[int64(to)]:
		refuse(w, http.StatusForbidden, "Forbidden: bot was blocked by the user", nil)
	case to == -7:
		refuse(w, http.StatusBadRequest, "Bad Request: group chat was upgraded to a supergroup chat", map[string]any{"migrate_to_chat_id": -1007})
	case to == 404:
		refuse(w, http.StatusBadRequest, "Bad Request: chat not found", nil)
	default:
		n.next++
		n.sent = append(n.sent, in)
		channeltest.JSON(w, http.StatusOK, map[string]any{"ok": true, "result": map[string]any{
			"message_id": n.next, "date": n.now.Unix(), "chat": map[string]any{"id": to, "type": chatPrivate}, "text": in["text"],
		}})
	}
}

func (n *network) tick() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

func (n *network) pass(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = n.now.Add(d)
}

// hear makes the bot hear of something.
func (n *network) hear(u update) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next++
	u.ID = n.next
	n.waiting = append(n.waiting, u)
	close(n.arrived)
	n.arrived = make(chan struct{})
}

// words makes a message of a person to the bot.
func (n *network) words(who int64, text string) *message {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next++
	return &message{
		ID: n.next, Date: n.now.Unix(), Text: text, Chat: chat{ID: who, Type: chatPrivate},
		From: &user{ID: who, FirstName: "Ana", LastName: "Kay", Username: fmt.Sprint("ana", who)},
	}
}

func (n *network) say(count int) []string {
	ids := make([]string, count)
	for i := range ids {
		m := n.words(int64(1000+i), "The editor loses what I typed.")
		n.hear(update{Message: m})
		ids[i] = externalID(m)
	}
	return ids
}

func (n *network) settings() map[string]any {
	return map[string]any{
		"token": token, "url": n.URL, "allow_private": true, "chats": []any{strconv.FormatInt(group, 10)}, "staff": []any{"@Acme_Support", "77"},
	}
}

func (n *network) count(text string) (found int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, in := range n.sent {
		if in["text"] == text {
			found++
		}
	}
	return found
}

func (n *network) outside(tb testing.TB) channeltest.Outside {
	tb.Helper()
	texts, made := map[string]string{}, int64(0)
	next := func() (string, int64, string) {
		made++
		key := fmt.Sprint("key-", made)
		texts[key] = fmt.Sprint("It works again. ", made)
		return key, 1000 + made, texts[key]
	}
	return channeltest.Outside{
		Settings: n.settings(), Secrets: []string{token},
		Now: func() time.Time { n.pass(2 * time.Second); return n.tick() }, // our own pace never waits
		Say: n.say,
		Message: func() tocsin.Message {
			key, who, text := next()
			return tocsin.Message{Key: key, Text: text, Report: tocsin.Report{ExternalID: fmt.Sprintf("%d/17", who), Thread: fmt.Sprint(who)}}
		},
		Alarm: func() tocsin.Alarm {
			key, who, text := next()
			return tocsin.Alarm{Key: key, To: fmt.Sprint(who), Body: text, Tier: tocsin.TierRing}
		},
		Arrived: func(key string) int { return n.count(texts[key]) },
		Break:   n.Break,
	}
}

func setup(tb testing.TB, n *network, changes map[string]any) (tocsin.Channel, error) {
	tb.Helper()
	settings := n.settings()
	for key, value := range changes {
		settings[key] = value
	}
	return Type().New(channel.Env{Name: "telegram", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: n.tick})
}

func opened(tb testing.TB, n *network) tocsin.Channel {
	tb.Helper()
	ch, err := setup(tb, n, nil)
	require.NoError(tb, err)
	return ch
}
