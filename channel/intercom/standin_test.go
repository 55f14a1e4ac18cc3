package intercom

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	token        = "t0ken-of-the-workspace"
	clientSecret = "cl1ent-secret-of-the-app"
	adminID      = "814860"
)

// workspace is an Intercom workspace: it keeps conversations and speaks the parts
// of the API that we use, as strictly as the original.
type workspace struct {
	*channeltest.Server

	mu      sync.Mutex
	now     time.Time
	next    int
	all     []*kept
	byID    map[string]*kept
	left    int
	mute    bool // the search is not allowed
	replies map[string]int
}

// kept is a conversation as the workspace keeps it.
type kept struct {
	id, via          string
	created, updated time.Time
	contacts         []author
	first            part
	parts            []part
}

func newWorkspace(tb testing.TB) *workspace {
	tb.Helper()
	w := &workspace{now: time.Now().UTC().Truncate(time.Second), next: 100, byID: map[string]*kept{}, left: 1600, replies: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /me", func(rw http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(rw, http.StatusOK, map[string]any{"type": "admin", "id": adminID})
	})
	mux.HandleFunc("GET /admins/{id}", func(rw http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") != adminID {
			fail(rw, http.StatusNotFound, "admin_not_found")
			return
		}
		channeltest.JSON(rw, http.StatusOK, map[string]any{"type": "admin", "id": adminID, "has_inbox_seat": true})
	})
	mux.HandleFunc("POST /conversations/search", w.search)
	mux.HandleFunc("GET /conversations/{id}", w.retrieve)
	mux.HandleFunc("POST /conversations/{id}/reply", w.reply)
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		tb.Errorf("Intercom has no %s %s", r.Method, r.URL)
		http.NotFound(rw, r)
	})
	w.Server = channeltest.Serve(tb, w.gate(mux))
	return w
}

func fail(rw http.ResponseWriter, status int, code string) {
	channeltest.JSON(rw, status, map[string]any{"type": "error.list", "errors": []any{map[string]any{"code": code}}})
}

func (w *workspace) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		defer w.mu.Unlock()
		rw.Header().Set("Date", w.now.Format(http.TimeFormat))
		rw.Header().Set("X-RateLimit-Limit", "1666")
		rw.Header().Set("X-RateLimit-Remaining", strconv.Itoa(w.left))
		rw.Header().Set("X-RateLimit-Reset", strconv.FormatInt(w.now.Add(10*time.Second).Unix(), 10))
		switch {
		case r.Header.Get("Authorization") != "Bearer "+token:
			fail(rw, http.StatusUnauthorized, "unauthorized")
		case r.Header.Get("Intercom-Version") != version:
			fail(rw, http.StatusBadRequest, "intercom_version_invalid")
		case w.left == 0:
			fail(rw, http.StatusTooManyRequests, "rate_limit_exceeded")
		default:
			next.ServeHTTP(rw, r)
		}
	})
}

func (w *workspace) tick() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *workspace) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *workspace) id() string { w.next++; return strconv.Itoa(w.next) }

// contact makes somebody from outside: a user or a lead.
func (w *workspace) contact(kind, mail string) author {
	return author{Type: kind, ID: fmt.Sprintf("%024x", len(w.all)+w.next*1000), Name: "Ana", Email: mail}
}

// begin makes a conversation.
func (w *workspace) begin(who author, text string) *kept {
	c := &kept{id: w.id(), via: "conversation", created: w.now, updated: w.now, contacts: []author{who}, first: part{ID: "9" + w.id(), Body: text, Author: who}}
	w.all = append(w.all, c)
	w.byID[c.id] = c
	return c
}

// add puts a part into a conversation.
func (w *workspace) add(c *kept, who author, kind, text string) *part {
	c.parts = append(c.parts, part{ID: w.id(), Type: kind, Body: text, Author: who, CreatedAt: w.now.Unix()})
	c.updated = w.now
	return &c.parts[len(c.parts)-1]
}

func admin() author { return author{Type: typeAdmin, ID: adminID, Name: "Tocsin"} }

// shown gives a conversation as the API does; the search leaves the parts out.
func (c *kept) shown(parts bool) map[string]any {
	shown := map[string]any{
		"type": "conversation", "id": c.id, "created_at": c.created.Unix(), "updated_at": c.updated.Unix(), "title": nil,
		"source": map[string]any{
			"type": c.via, "id": c.first.ID, "subject": "", "body": c.first.Body, "author": c.first.Author, "redacted": c.first.Redacted, "delivered_as": "customer_initiated",
		},
		"contacts": map[string]any{"type": "contact.list", "contacts": c.contacts},
	}
	if parts {
		latest := c.parts[max(0, len(c.parts)-maxParts):]
		shown["conversation_parts"] = map[string]any{"type": "conversation_part.list", "conversation_parts": latest, "total_count": len(c.parts)}
	}
	return shown
}

// search knows conversations by when they were changed, latest first, as the
// original does unless told otherwise.
func (w *workspace) search(rw http.ResponseWriter, r *http.Request) {
	var q struct {
		Query struct {
			Operator, Field string
			Value           any
		}
		Pagination struct {
			PerPage int    `json:"per_page"`
			After   string `json:"starting_after"`
		}
	}
	if json.NewDecoder(r.Body).Decode(&q) != nil || q.Pagination.PerPage < 1 || q.Pagination.PerPage > 150 {
		fail(rw, http.StatusBadRequest, "parameter_invalid")
		return
	}
	if w.mute {
		fail(rw, http.StatusForbidden, "forbidden")
		return
	}
	begin, end := int64(0), int64(1)<<60
	terms, _ := q.Query.Value.([]any)
	for _, term := range terms {
		t, _ := term.(map[string]any)
		at, err := strconv.ParseInt(fmt.Sprint(t["value"]), 10, 64)
		switch {
		case err != nil || t["field"] != "updated_at":
			fail(rw, http.StatusBadRequest, "parameter_invalid")
			return
		case t["operator"] == ">":
			begin = at
		case t["operator"] == "<":
			end = at
		}
	}
	var found []*kept
	for _, c := range w.all {
		if at := c.updated.Unix(); at >= begin && at <= end && w.byID[c.id] != nil {
			found = append(found, c)
		}
	}
	slices.SortStableFunc(found, func(a, b *kept) int { return b.updated.Compare(a.updated) })
	from := 0
	if q.Pagination.After != "" {
		from = slices.IndexFunc(found, func(c *kept) bool { return c.id == q.Pagination.After }) + 1
	}
	to := min(from+q.Pagination.PerPage, len(found))
	shown := []map[string]any{}
	for _, c := range found[from:to] {
		shown = append(shown, c.shown(false))
	}
	pages := map[string]any{"type": "pages", "per_page": q.Pagination.PerPage}
	if to < len(found) {
		pages["next"] = map[string]any{"starting_after": found[to-1].id}
	}
	channeltest.JSON(rw, http.StatusOK, map[string]any{"type": "conversation.list", "conversations": shown, "pages": pages, "total_count": len(found)})
}

func (w *workspace) retrieve(rw http.ResponseWriter, r *http.Request) {
	c := w.byID[r.PathValue("id")]
	if c == nil || r.URL.Query().Get("display_as") != "plaintext" {
		fail(rw, http.StatusNotFound, "not_found")
		return
	}
	channeltest.JSON(rw, http.StatusOK, c.shown(true))
}

// tags are what plaintext leaves out.
var tags = regexp.MustCompile(`<[^>]*>`)

func (w *workspace) reply(rw http.ResponseWriter, r *http.Request) {
	var in struct {
		MessageType string `json:"message_type"`
		Type        string
		AdminID     string `json:"admin_id"`
		Body        string
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.MessageType != partComment || in.Type != typeAdmin || in.AdminID != adminID || in.Body == "" {
		fail(rw, http.StatusBadRequest, "parameter_invalid")
		return
	}
	c := w.byID[r.PathValue("id")]
	if c == nil {
		fail(rw, http.StatusNotFound, "not_found")
		return
	}
	body := strings.ReplaceAll(strings.ReplaceAll(in.Body, "<br>", "\n"), "</p>", "\n\n")
	w.add(c, admin(), partComment, html.UnescapeString(tags.ReplaceAllString(body, "")))
	w.replies[c.id]++
	channeltest.JSON(rw, http.StatusOK, c.shown(true))
}

// say lets n people write: every third one into a conversation that is there.
func (w *workspace) say(n int) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ids []string
	var last *kept
	for i := range n {
		if i%3 != 2 {
			last = w.begin(w.contact([]string{typeUser, "lead"}[i%2], fmt.Sprintf("person-%d@example.org", w.next)), "The editor loses what I typed.")
			ids = append(ids, last.id)
			continue
		}
		ids = append(ids, last.id+"/"+w.add(last, last.contacts[0], partComment, "It still does.").ID)
	}
	w.now = w.now.Add(settle + time.Second)
	return ids
}

func (w *workspace) settings() map[string]any {
	return map[string]any{"token": token, "admin_id": adminID, "client_secret": clientSecret, "url": w.URL, "allow_private": true}
}

func sign(secret string, body []byte) *http.Request {
	mac := hmac.New(sha1.New, []byte(secret))
	mac.Write(body)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/intake/messenger", strings.NewReader(string(body)))
	r.Header.Set(headerSignature, "sha1="+hex.EncodeToString(mac.Sum(nil)))
	return r
}

func notice(topic, id string) []byte {
	body, _ := json.Marshal(map[string]any{ // always marshals
		"type": "notification_event", "topic": topic, "data": map[string]any{"item": map[string]any{"type": "conversation", "id": id}},
	})
	return body
}

func (w *workspace) message(key string) tocsin.Message {
	c := w.begin(w.contact(typeUser, "ana@example.org"), "Broken")
	return tocsin.Message{Key: key, Text: "It works <again>.\n\n* really *", Report: tocsin.Report{ExternalID: c.id, Thread: c.id}}
}

func (w *workspace) outside(tb testing.TB) channeltest.Outside {
	tb.Helper()
	threads := map[string]string{}
	return channeltest.Outside{
		Settings: w.settings(), Secrets: []string{token, clientSecret}, Now: w.tick, Say: w.say,
		Body: func(n int) []byte {
			w.mu.Lock()
			defer w.mu.Unlock()
			c := w.begin(w.contact(typeUser, "ana@example.org"), "Broken")
			for range n - 1 {
				w.add(c, c.contacts[0], partComment, "Still broken")
			}
			return notice("conversation.user.replied", c.id)
		},
		Sign: func(body []byte) *http.Request { return sign(clientSecret, body) },
		Message: func() tocsin.Message {
			w.mu.Lock()
			defer w.mu.Unlock()
			m := w.message("key-" + w.id())
			threads[m.Key] = m.Report.Thread
			return m
		},
		Arrived: func(key string) int {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.replies[threads[key]]
		},
		Break: w.Break,
	}
}

// setup makes a channel on a workspace, with changed settings.
func setup(tb testing.TB, w *workspace, changes map[string]any) (tocsin.Channel, error) {
	tb.Helper()
	settings := w.settings()
	for key, value := range changes {
		settings[key] = value
	}
	return Type().New(channel.Env{Name: "messenger", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: w.tick})
}

func opened(tb testing.TB, w *workspace) tocsin.Channel {
	tb.Helper()
	ch, err := setup(tb, w, nil)
	require.NoError(tb, err)
	return ch
}

// pull pulls to the end, and gives all that came as one batch.
func pull(tb testing.TB, ch tocsin.Channel, cursor string) tocsin.Batch {
	tb.Helper()
	var all tocsin.Batch
	for more := true; more; {
		b, err := ch.Source.Pull(tb.Context(), cursor)
		require.NoError(tb, err)
		all.Reports = append(all.Reports, b.Reports...)
		all.Deleted = append(all.Deleted, b.Deleted...)
		all.Cursor, cursor, more = b.Cursor, b.Cursor, b.More
	}
	return all
}
