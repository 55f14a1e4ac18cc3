package discourse

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tocsin/tocsin/channel/channeltest"
)

const (
	apiKey  = "k3y-of-support-which-is-secret"
	hookKey = "h00k-secret-of-the-forum"
	us      = "support"
	minPost = 20 // characters, as the forum is shipped
)

// entry is a post as the forum keeps it.
type entry struct {
	id, topic, number, answers int64
	kind, version              int
	at                         time.Time
	user                       string
	raw                        string
	hidden, userDeleted        bool
	deleted                    bool // by a moderator: nobody sees it
}

// thread is a topic, or a private message where category is 0.
type thread struct {
	id, category int64
	title        string
	externalID   string
	highest      int64
}

// spec is Discourse's published description, read once.
var spec struct {
	once sync.Once
	read *channeltest.Description
}

func described(tb testing.TB) *channeltest.Description {
	tb.Helper()
	spec.once.Do(func() { spec.read = channeltest.Describe(tb, "discourse.json") })
	return spec.read
}

// board is a forum: it keeps topics and posts, and answers as Discourse does.
type board struct {
	mu        sync.Mutex
	lastPost  int64
	entries   []*entry // by id
	threads   []*thread
	moderator bool // our account is one
	queue     bool // new posts wait for a moderator
	waiting   int
	clock     time.Time // of the Date header; zero is the real one
	drafts    []draft   // all that came
	reasons   []string  // of edits
	accounts  []string  // whom the calls spoke for
}

func newBoard() *board { return &board{moderator: true} }

// handler serves the board, its calls held against the published description.
func (b *board) handler(tb testing.TB) http.Handler {
	tb.Helper()
	known, rest := http.NewServeMux(), http.NewServeMux()
	known.HandleFunc("GET /posts.json", b.latest)
	known.HandleFunc("POST /posts.json", b.create)
	known.HandleFunc("GET /posts/{file}", b.show)
	known.HandleFunc("PUT /posts/{file}", b.update)
	known.HandleFunc("GET /t/{file}", b.topic)
	known.HandleFunc("GET /t/{id}/{file}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("id") == "external_id" {
			b.external(w, r)
			return
		}
		b.some(w, r)
	})
	known.HandleFunc("GET /site.json", b.site)
	// What the description lacks.
	rest.HandleFunc("GET /private-posts.json", b.latest)
	rest.HandleFunc("GET /session/current.json", b.session)
	rest.HandleFunc("GET /posts/{name}/pending.json", b.pending)
	held := described(tb).Hold(tb, "", wholesome(known))
	rest.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if b.queued() && r.Method == http.MethodPost { // nor does it know this answer
			b.create(w, r)
			return
		}
		held.ServeHTTP(w, r)
	})
	return b.guard(rest)
}

// bare serves the board without looking at each call.
func (b *board) bare() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /posts.json", b.latest)
	mux.HandleFunc("GET /private-posts.json", b.latest)
	return b.guard(mux)
}

// guard asks for the key.
func (b *board) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		admin := r.Header.Get("Api-Key") == apiKey && r.Header.Get("Api-Username") == us
		if !admin && r.Header.Get("User-Api-Key") != apiKey {
			refusal(w, r)
			return
		}
		b.mu.Lock()
		b.accounts = append(b.accounts, r.Header.Get("Api-Username"))
		if !b.clock.IsZero() {
			w.Header().Set("Date", b.clock.UTC().Format(http.TimeFormat))
		}
		b.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

func refusal(w http.ResponseWriter, _ *http.Request) {
	complain(w, http.StatusForbidden, "You are not permitted to view the requested resource. The API username or key is invalid.")
}

func complain(w http.ResponseWriter, status int, words ...string) {
	channeltest.JSON(w, status, map[string]any{"errors": words, "error_type": "invalid_access"})
}

func (b *board) queued() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.queue
}

// open adds a topic.
func (b *board) open(category int64, title string) *thread {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.openLocked(category, title)
}

func (b *board) openLocked(category int64, title string) *thread {
	t := &thread{id: int64(len(b.threads) + 100), category: category, title: title}
	b.threads = append(b.threads, t)
	return t
}

// write adds a post of a user.
func (b *board) write(t *thread, user, raw string, change ...func(*entry)) *entry {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.writeLocked(t, user, raw, change...)
}

func (b *board) writeLocked(t *thread, user, raw string, change ...func(*entry)) *entry {
	b.lastPost++
	t.highest++
	e := &entry{id: b.lastPost, topic: t.id, number: t.highest, kind: regular, version: 1, at: time.Now(), user: user, raw: raw}
	for _, c := range change {
		c(e)
	}
	b.entries = append(b.entries, e)
	slices.SortFunc(b.entries, func(x, y *entry) int { return int(x.id - y.id) })
	return e
}

// change alters a post.
func (b *board) change(e *entry, how func(*entry)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	how(e)
}

func (b *board) thread(id int64) *thread {
	i := slices.IndexFunc(b.threads, func(t *thread) bool { return t.id == id })
	if i < 0 {
		return nil
	}
	return b.threads[i]
}

func (b *board) entry(id int64) *entry {
	i := slices.IndexFunc(b.entries, func(e *entry) bool { return e.id == id && !e.deleted })
	if i < 0 {
		return nil
	}
	return b.entries[i]
}

// shown is a post as it is written in answers.
func (b *board) shown(e *entry, described bool) map[string]any {
	t := b.thread(e.topic)
	staff := strings.HasPrefix(e.user, "mod")
	id := int64(1)
	for _, c := range e.user {
		id = (id*31 + int64(c)) % 1_000_003
	}
	m := map[string]any{
		"id": e.id, "topic_id": e.topic, "post_number": e.number, "post_type": e.kind, "version": e.version,
		"created_at": e.at.UTC().Format(time.RFC3339Nano), "topic_title": t.title, "topic_slug": "topic",
		"raw": e.raw, "cooked": "<p>" + e.raw + "</p>", "user_id": id, "username": e.user, "name": "The " + e.user,
		"yours": e.user == us, "admin": false, "moderator": staff, "staff": staff,
		"hidden": e.hidden, "user_deleted": e.userDeleted, "deleted_at": nil, "reply_to_post_number": nil,
	}
	if t.category != 0 {
		m["category_id"] = t.category
	}
	switch {
	case e.answers != 0 && described: // the description says that it is a string
		m["reply_to_post_number"] = strconv.FormatInt(e.answers, 10)
	case e.answers != 0:
		m["reply_to_post_number"] = e.answers
	}
	return m
}

func (b *board) latest(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	private := strings.HasPrefix(r.URL.Path, "/private")
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	list := []map[string]any{}
	for _, e := range slices.Backward(b.entries) {
		below := before == 0 || e.id < before
		if len(list) < pageSize && below && !e.deleted && (e.kind == regular || private) && (b.thread(e.topic).category == 0) == private {
			list = append(list, b.shown(e, !private))
		}
	}
	root := "latest_posts"
	if private {
		root = "private_posts"
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{root: list})
}

func (b *board) create(w http.ResponseWriter, r *http.Request) {
	var d draft
	if err := json.NewDecoder(r.Body).Decode(&d); err != nil {
		complain(w, http.StatusBadRequest, err.Error())
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drafts = append(b.drafts, d)
	t := b.thread(d.Topic)
	switch {
	case len([]rune(d.Raw)) < minPost:
		complain(w, http.StatusUnprocessableEntity, "Body is too short (minimum is 20 characters)")
		return
	case d.Topic != 0 && t == nil:
		complain(w, http.StatusNotFound, "The requested URL or resource could not be found.")
		return
	case d.ExternalID != "" && slices.ContainsFunc(b.threads, func(t *thread) bool { return t.externalID == d.ExternalID }):
		complain(w, http.StatusUnprocessableEntity, "External ID has already been taken")
		return
	case b.queue:
		b.waiting++
		channeltest.JSON(w, http.StatusOK, map[string]any{"action": "enqueued", "success": true, "pending_post": map[string]any{"id": 1}})
		return
	case t == nil:
		t = b.openLocked(d.Category, d.Title)
		t.externalID = d.ExternalID
	}
	e := b.writeLocked(t, us, strings.TrimSpace(d.Raw), func(e *entry) { e.answers = d.Answers })
	channeltest.JSON(w, http.StatusOK, b.shown(e, true))
}

// number reads the number of "12.json".
func number(r *http.Request) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(r.PathValue("file"), ".json"), 10, 64)
	return n
}

func (b *board) show(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if e := b.entry(number(r)); e != nil {
		channeltest.JSON(w, http.StatusOK, b.shown(e, true))
		return
	}
	complain(w, http.StatusNotFound, "The requested URL or resource could not be found.")
}

func (b *board) update(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Post struct {
			Raw    string `json:"raw"`
			Reason string `json:"edit_reason"`
		} `json:"post"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in) // an empty one is refused below
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entry(number(r))
	switch {
	case e == nil:
		complain(w, http.StatusNotFound, "The requested URL or resource could not be found.")
	case e.user != us:
		complain(w, http.StatusForbidden, "You are not permitted to edit this.")
	default:
		e.raw = in.Post.Raw
		e.version++
		b.reasons = append(b.reasons, in.Post.Reason)
		channeltest.JSON(w, http.StatusOK, map[string]any{"post": b.shown(e, true)})
	}
}

func (b *board) topic(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.thread(number(r))
	if t == nil {
		complain(w, http.StatusNotFound, "The requested URL or resource could not be found.")
		return
	}
	ids, posts := []int64{}, []map[string]any{}
	for _, e := range b.entries {
		if e.topic == t.id && !e.deleted {
			ids = append(ids, e.id)
			if len(posts) < chunk {
				posts = append(posts, b.shown(e, true))
			}
		}
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{
		"id": t.id, "title": t.title, "highest_post_number": t.highest,
		"post_stream": map[string]any{"stream": ids, "posts": posts},
	})
}

func (b *board) some(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	posts := []map[string]any{}
	for _, text := range r.URL.Query()["post_ids[]"] {
		id, _ := strconv.ParseInt(text, 10, 64)
		if e := b.entry(id); e != nil && fmt.Sprint(e.topic) == r.PathValue("id") {
			p := b.shown(e, true)
			if r.URL.Query().Get("include_raw") != "true" {
				delete(p, "raw")
			}
			posts = append(posts, p)
		}
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{"post_stream": map[string]any{"posts": posts}})
}

func (b *board) external(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	wanted := strings.TrimSuffix(r.PathValue("file"), ".json")
	i := slices.IndexFunc(b.threads, func(t *thread) bool { return t.externalID == wanted })
	if i < 0 {
		complain(w, http.StatusNotFound, "The requested URL or resource could not be found.")
		return
	}
	w.Header().Set("Location", fmt.Sprintf("/t/%d.json", b.threads[i].id))
	w.WriteHeader(http.StatusMovedPermanently)
}

func (b *board) site(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"categories": []map[string]any{
		{"id": 5, "name": "Help", "permission": 1}, {"id": 7, "name": "News", "permission": 1}, {"id": 8, "name": "Read only", "permission": 3},
	}})
}

func (b *board) session(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	channeltest.JSON(w, http.StatusOK, map[string]any{"current_user": map[string]any{"id": 3, "username": us, "admin": false, "moderator": b.moderator}})
}

func (b *board) pending(w http.ResponseWriter, _ *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	channeltest.JSON(w, http.StatusOK, map[string]any{"pending_posts": make([]struct{}, b.waiting)})
}

// arrived counts our posts that hold a text.
func (b *board) arrived(text string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, e := range b.entries {
		if e.user == us && strings.Contains(e.raw, text) {
			n++
		}
	}
	return n
}

// limit answers as Discourse's own limiter.
func limit(w http.ResponseWriter, _ *http.Request) {
	seconds := int(channeltest.RetryAfter / time.Second)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusTooManyRequests)
	_, _ = io.WriteString(w, fmt.Sprintf(`{"errors":["You've performed this action too many times."],"error_type":"rate_limit","extras":{"wait_seconds":%d}}`, seconds))
}
