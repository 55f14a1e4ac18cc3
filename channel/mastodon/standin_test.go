package mastodon

import (
	"cmp"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/channeltest"
)

const (
	token = "t0ken-of-ours" // what the stand-in gives in
	ours  = "1"             // our account's id
)

// post is a status as the stand-in keeps it.
type post struct {
	id, author, text, parent, visibility, lang, spoiler string
	tags                                                []string
	at, edited                                          time.Time
	bot, boost                                          bool
	key                                                 string // Idempotency-Key
}

// notice is a notification.
type notice struct {
	id, kind, post string
	at             time.Time
}

// server is a Mastodon server that keeps state. People are ana, ben, … on
// far.example; the account of ours is help on near.example.
type server struct {
	tb testing.TB

	mu       sync.Mutex
	clock    func() time.Time
	next     int
	posts    map[string]*post
	order    []string // ids, oldest first
	notices  []notice
	sockets  map[chan []byte][]string // what each subscribed to
	scopes   []string
	limit    int
	tagless  bool // hashtags can't be read
	keyless  bool // ignores Idempotency-Key, as some servers do
	calls    map[string]int
	upgrader websocket.Upgrader
}

func newServer(tb testing.TB) *server {
	tb.Helper()
	return &server{
		tb: tb, clock: time.Now, posts: map[string]*post{}, sockets: map[chan []byte][]string{}, calls: map[string]int{},
		scopes: []string{"read", "write:statuses"}, limit: 500,
	}
}

// serve gives the faulty server in front.
func (s *server) serve() *channeltest.Server {
	front := channeltest.Serve(s.tb, s)
	front.Limit = func(w http.ResponseWriter, _ *http.Request) {
		// Mastodon has no Retry-After.
		w.Header().Set("X-RateLimit-Limit", "300")
		w.Header().Set("X-RateLimit-Remaining", "0")
		w.Header().Set("X-RateLimit-Reset", time.Now().Add(channeltest.RetryAfter).UTC().Format("2006-01-02T15:04:05.000000Z"))
		channeltest.JSON(w, http.StatusTooManyRequests, map[string]string{"error": "Too many requests"})
	}
	return front
}

// write adds a post and tells who must hear of it.
func (s *server) write(p post) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.add(p)
}

func (s *server) add(p post) string {
	s.next++
	p.id = strconv.Itoa(1_000_000 + s.next)
	p.at = cmp.Or(p.at, s.clock())
	p.visibility = cmp.Or(p.visibility, "public")
	s.posts[p.id] = &p
	s.order = append(s.order, p.id)
	if strings.Contains(p.text, "@help") && p.author != ours {
		s.notify("mention", p.id, p.at)
	}
	for _, tag := range p.tags {
		s.tell("hashtag:"+tag, "update", s.shape(&p))
	}
	return p.id
}

// notify adds a notification, numbered in sequence: 8, 9, 10.
func (s *server) notify(kind, id string, at time.Time) {
	n := notice{id: strconv.Itoa(len(s.notices) + 8), kind: kind, post: id, at: at}
	s.notices = append(s.notices, n)
	s.tell("user", "notification", s.shapeNotice(n))
}

func (s *server) revise(id, text string, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.posts[id]
	p.text, p.edited = text, s.clock().Add(time.Second)
	if told {
		s.tell("user", "status.update", s.shape(p))
	}
}

func (s *server) remove(id string, told bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.posts, id)
	s.order = slices.DeleteFunc(s.order, func(o string) bool { return o == id })
	s.notices = slices.DeleteFunc(s.notices, func(n notice) bool { return n.post == id })
	if told {
		s.tell("user", "delete", id)
	}
}

// tell sends an event to those who subscribed. Payloads are strings.
func (s *server) tell(stream, kind string, payload any) {
	text, ok := payload.(string)
	if !ok {
		raw, _ := json.Marshal(payload) // maps of strings always marshal
		text = string(raw)
	}
	message, _ := json.Marshal(map[string]any{"stream": strings.Split(stream, ":"), "event": kind, "payload": text})
	for socket, wants := range s.sockets {
		if slices.Contains(wants, stream) {
			socket <- message
		}
	}
}

func (s *server) shape(p *post) map[string]any {
	account := map[string]any{
		"id": "9" + p.author, "username": p.author, "acct": p.author + "@far.example", "display_name": strings.ToUpper(p.author),
		"url": "https://far.example/@" + p.author, "created_at": "2020-01-01T00:00:00.000Z", "bot": p.bot,
	}
	if p.author == ours {
		account["id"], account["username"], account["acct"] = ours, "help", "help"
	}
	said := html.EscapeString(p.text)
	said = strings.ReplaceAll(said, "@help", `<span class="h-card"><a href="https://near.example/@help" class="u-url mention">@<span>help</span></a></span>`)
	shape := map[string]any{
		"id": p.id, "created_at": p.at.UTC().Format("2006-01-02T15:04:05.000Z"), "in_reply_to_id": nil, "content": "<p>" + said + "</p>",
		"visibility": p.visibility, "language": cmp.Or(p.lang, "en"), "url": "https://near.example/p/" + p.id, "spoiler_text": p.spoiler,
		"account": account, "edited_at": nil, "reblog": nil,
	}
	if p.parent != "" {
		shape["in_reply_to_id"] = p.parent
	}
	if !p.edited.IsZero() {
		shape["edited_at"] = p.edited.UTC().Format("2006-01-02T15:04:05.000Z")
	}
	if p.boost {
		shape["reblog"] = map[string]any{"id": "1"}
	}
	return shape
}

func (s *server) shapeNotice(n notice) map[string]any {
	shape := map[string]any{"id": n.id, "type": n.kind, "created_at": n.at.UTC().Format(time.RFC3339)}
	if p := s.posts[n.post]; p != nil {
		shape["status"] = s.shape(p)
	}
	return shape
}

// ServeHTTP speaks Mastodon's API.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+token {
		channeltest.JSON(w, http.StatusUnauthorized, map[string]string{"error": "The access token is invalid"})
		return
	}
	mux := http.NewServeMux()
	for route, handle := range map[string]http.HandlerFunc{
		"GET /api/v1/accounts/verify_credentials": s.whoami,
		"GET /api/v2/instance":                    s.instance,
		"GET /api/v1/apps/verify_credentials":     s.app,
		"GET /api/v1/notifications":               s.listNotices,
		"GET /api/v1/timelines/tag/{tag}":         s.listTag,
		"GET /api/v1/accounts/{id}/statuses":      s.listOwn,
		"POST /api/v1/statuses":                   s.create,
		"PUT /api/v1/statuses/{id}":               s.update,
		"GET /api/v1/statuses/{id}":               s.show,
		"GET /api/v1/statuses/{id}/{part}":        s.show,
	} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.calls[route]++
			w.Header().Set("X-RateLimit-Limit", "300")
			w.Header().Set("X-RateLimit-Remaining", "299")
			w.Header().Set("X-RateLimit-Reset", s.clock().Add(5*time.Minute).UTC().Format("2006-01-02T15:04:05.000000Z"))
			w.Header().Set("Date", s.clock().UTC().Format(http.TimeFormat))
			handle(w, r)
		})
	}
	mux.HandleFunc("GET /api/v1/streaming", s.stream)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.tb.Errorf("Mastodon has no %s %s", r.Method, r.URL.Path)
		http.NotFound(w, r)
	})
	mux.ServeHTTP(w, r)
}

func (s *server) whoami(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"id": ours, "username": "help", "acct": "help"})
}

func (s *server) instance(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"domain": "near.example", "configuration": map[string]any{
		"urls": map[string]any{"streaming": ""}, "statuses": map[string]any{"max_characters": s.limit},
	}})
}

func (s *server) app(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"name": "tocsin", "scopes": s.scopes})
}

// cut pages ids, which are given oldest first, as Mastodon does, and answers
// newest first.
func cut[T any](r *http.Request, all []T, id func(T) string, most int) []T {
	number := func(text string) int { n, _ := strconv.Atoi(text); return n }
	limit := min(cmp.Or(number(r.FormValue("limit")), 20), most)
	lower := max(number(r.FormValue("min_id")), number(r.FormValue("since_id")))
	upper := number(r.FormValue("max_id"))
	var page []T
	for _, one := range all {
		if n := number(id(one)); n > lower && (upper == 0 || n < upper) {
			page = append(page, one)
		}
	}
	if r.FormValue("min_id") != "" {
		page = page[:min(limit, len(page))]
	} else {
		page = page[max(0, len(page)-limit):]
	}
	page = slices.Clone(page)
	slices.Reverse(page)
	return page
}

func (s *server) listNotices(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	page := []map[string]any{}
	var wanted []notice
	for _, n := range s.notices {
		if !slices.Contains(r.Form["exclude_types[]"], n.kind) {
			wanted = append(wanted, n)
		}
	}
	for _, n := range cut(r, wanted, func(n notice) string { return n.id }, 80) {
		page = append(page, s.shapeNotice(n))
	}
	channeltest.JSON(w, http.StatusOK, page)
}

func (s *server) list(w http.ResponseWriter, r *http.Request, wanted func(*post) bool) {
	var ids []string
	for _, id := range s.order {
		if wanted(s.posts[id]) {
			ids = append(ids, id)
		}
	}
	page := []map[string]any{}
	for _, id := range cut(r, ids, func(id string) string { return id }, 40) {
		page = append(page, s.shape(s.posts[id]))
	}
	channeltest.JSON(w, http.StatusOK, page)
}

func (s *server) listTag(w http.ResponseWriter, r *http.Request) {
	if s.tagless {
		channeltest.JSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "This method requires an authenticated user"})
		return
	}
	s.list(w, r, func(p *post) bool { return slices.Contains(p.tags, r.PathValue("tag")) })
}

func (s *server) listOwn(w http.ResponseWriter, r *http.Request) {
	s.list(w, r, func(p *post) bool { return p.author == r.PathValue("id") })
}

func (s *server) create(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	for _, p := range s.posts {
		if key != "" && p.key == key && !s.keyless {
			channeltest.JSON(w, http.StatusOK, s.shape(p))
			return
		}
	}
	p := post{
		author: ours, text: r.PostFormValue("status"), parent: r.PostFormValue("in_reply_to_id"),
		visibility: r.PostFormValue("visibility"), lang: r.PostFormValue("language"), key: key,
	}
	if p.parent != "" && s.posts[p.parent] == nil {
		channeltest.JSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
		return
	}
	if count(p.text) > s.limit {
		channeltest.JSON(w, http.StatusUnprocessableEntity, map[string]string{"error": "Validation failed: Text character limit exceeded"})
		return
	}
	channeltest.JSON(w, http.StatusOK, s.shape(s.posts[s.add(p)]))
}

func (s *server) update(w http.ResponseWriter, r *http.Request) {
	p := s.posts[r.PathValue("id")]
	if p == nil || p.author != ours {
		channeltest.JSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
		return
	}
	p.text, p.edited = r.PostFormValue("status"), s.clock()
	channeltest.JSON(w, http.StatusOK, s.shape(p))
}

func (s *server) show(w http.ResponseWriter, r *http.Request) {
	p := s.posts[r.PathValue("id")]
	switch {
	case p == nil:
		channeltest.JSON(w, http.StatusNotFound, map[string]string{"error": "Record not found"})
	case r.PathValue("part") == "source":
		channeltest.JSON(w, http.StatusOK, map[string]string{"id": p.id, "text": p.text, "spoiler_text": ""})
	case r.PathValue("part") == "context":
		below, found := []map[string]any{}, []string{p.id}
		for _, id := range s.order {
			if one := s.posts[id]; slices.Contains(found, one.parent) {
				found = append(found, id)
				below = append(below, s.shape(one))
			}
		}
		channeltest.JSON(w, http.StatusOK, map[string]any{"ancestors": []any{}, "descendants": below})
	default:
		channeltest.JSON(w, http.StatusOK, s.shape(p))
	}
}

// stream is the WebSocket: it takes subscriptions and tells events.
func (s *server) stream(w http.ResponseWriter, r *http.Request) {
	conn, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	told := make(chan []byte, 1000)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.sockets, told)
	}()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		for {
			var o order
			if conn.ReadJSON(&o) != nil {
				return
			}
			s.mu.Lock()
			s.sockets[told] = append(s.sockets[told], strings.TrimSuffix(o.Stream+":"+o.Tag, ":"))
			s.mu.Unlock()
		}
	}()
	for {
		select {
		case <-gone:
			return
		case message, ok := <-told:
			if !ok || conn.WriteMessage(websocket.TextMessage, message) != nil {
				return
			}
		}
	}
}

// hangUp breaks every stream.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for socket := range s.sockets {
		close(socket)
		delete(s.sockets, socket)
	}
}

// listening tells how many streams there are with so many subscriptions each.
func (s *server) listening(subscriptions int) func() bool {
	return func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, wants := range s.sockets {
			if len(wants) == subscriptions {
				return true
			}
		}
		return false
	}
}

func (s *server) say(n int) []string {
	var ids []string
	for i := range n {
		ids = append(ids, s.write(post{author: fmt.Sprintf("ana%d", i), text: "@help nothing loads any more"}))
	}
	return ids
}

func (s *server) get(id string) post {
	s.mu.Lock()
	defer s.mu.Unlock()
	require.Contains(s.tb, s.posts, id)
	return *s.posts[id]
}

// sentWith counts the posts that came with a key.
func (s *server) sentWith(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, p := range s.posts {
		if p.key == key {
			n++
		}
	}
	return n
}
