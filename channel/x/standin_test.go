package x

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
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

// The account that the stand-in knows, and its credentials.
const (
	selfID       = "783214"
	selfHandle   = "AcmeHelp"
	testConsumer = "consumer-key-abc"
	testSecret   = "consumer-secret-def"
	testToken    = "783214-access-token-ghi"
	testTokenKey = "access-token-secret-jkl"
	testBearer   = "AAAA-bearer-token-mno"
)

// clock is a clock that tests may set forward.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) forward(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// xPost is a post on the stand-in.
type xPost struct {
	id, author, text, long, conversation, replyTo string
	mentions                                      []string // ids
	history                                       []string
	retweetOf                                     string
	deleted, hidden                               bool
	at                                            time.Time
}

// window is a limit of the stand-in, in 15 minutes.
type window struct {
	left  int
	reset time.Time
}

// xServer is a stand-in of the API v2 that keeps state: people, posts, rules,
// subscriptions, limits. It checks signatures by itself, and refuses what X refuses.
type xServer struct {
	tb    testing.TB
	clock *clock
	*channeltest.Server

	mu       sync.Mutex
	users    map[string]string // id → handle
	posts    []*xPost
	lastID   int64
	rules    []rule
	subs     []map[string]any
	streams  map[string][]chan string
	limits   map[string]*window
	most     int               // calls in 15 minutes
	calls    map[string]int    // by path
	queries  []url.Values      // of the lists
	level    string            // X-Access-Level
	legacy   bool              // knows the older names of fields only
	hide     bool              // what is posted now does not show yet
	twin     bool              // answers the second page of a list with the first
	strict   bool              // replies only where summoned
	fixDate  time.Time         // the Date header; zero is now
	handler  http.Handler      // described
	garbage  map[string]string // path → answer instead of the right one
	maxDepth int
}

func newX(tb testing.TB) *xServer {
	tb.Helper()
	x := &xServer{
		tb: tb, clock: &clock{}, users: map[string]string{selfID: selfHandle}, streams: map[string][]chan string{},
		limits: map[string]*window{}, most: 300, calls: map[string]int{}, level: "read-write", strict: true, garbage: map[string]string{},
		maxDepth: timelineDepth,
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2/users/me", x.user(x.me))
	mux.HandleFunc("GET /2/users/{id}/mentions", x.user(x.mentions))
	mux.HandleFunc("GET /2/users/{id}/tweets", x.user(x.timeline))
	mux.HandleFunc("GET /2/tweets/search/recent", x.either(x.search))
	mux.HandleFunc("GET /2/tweets", x.either(x.lookup))
	mux.HandleFunc("POST /2/tweets", x.user(x.create))
	mux.HandleFunc("GET /2/tweets/search/stream/rules", x.app(x.listRules))
	mux.HandleFunc("POST /2/tweets/search/stream/rules", x.app(x.changeRules))
	mux.HandleFunc("GET /2/activity/subscriptions", x.either(x.listSubs))
	mux.HandleFunc("POST /2/activity/subscriptions", x.user(x.addSub))
	mux.HandleFunc("GET /2/tweets/search/stream", x.app(x.stream("filter")))
	mux.HandleFunc("GET /2/activity/stream", x.app(x.stream("activity")))
	checked := described(tb).Hold(tb, "", mux)
	x.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// A stream has no end that could be checked; and of thousands of calls alike,
		// which take longer to check than to answer, the first ones will do.
		if strings.HasSuffix(r.URL.Path, "/stream") || x.garbageAt(r.URL.Path) != "" || x.isLegacy() || x.called(r.Method+" "+r.URL.Path) >= 20 {
			mux.ServeHTTP(w, r)
			return
		}
		checked.ServeHTTP(w, r)
	})
	x.Server = channeltest.Serve(tb, x.handler)
	x.Limit = func(w http.ResponseWriter, _ *http.Request) {
		x.refuse(w, http.StatusTooManyRequests, "Too Many Requests", x.clock.now().Add(channeltest.RetryAfter))
	}
	return x
}

func (x *xServer) isLegacy() bool { x.mu.Lock(); defer x.mu.Unlock(); return x.legacy }

func (x *xServer) garbageAt(path string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.garbage[path]
}

// settings point a channel at the stand-in.
func (x *xServer) settings(more map[string]any) map[string]any {
	s := map[string]any{
		"consumer_key": testConsumer, "consumer_secret": testSecret, "access_token": testToken, "access_token_secret": testTokenKey,
		"bearer_token": testBearer, "url": x.URL, "allow_private": true,
	}
	for key, v := range more {
		s[key] = v
	}
	return s
}

// channel opens a channel at the stand-in, with the stand-in's clock.
func (x *xServer) channel(more map[string]any) tocsin.Channel {
	x.tb.Helper()
	ch, err := Type().New(channel.Env{Name: "x-help", Settings: config.NewSettings(x.settings(more)), Log: testLog(x.tb), Now: x.clock.now})
	require.NoError(x.tb, err)
	return ch
}

// user, app and either let a call in whose credentials are right.
func (x *xServer) user(next http.HandlerFunc) http.HandlerFunc { return x.guard(next, true, false) }
func (x *xServer) app(next http.HandlerFunc) http.HandlerFunc  { return x.guard(next, false, true) }
func (x *xServer) either(next http.HandlerFunc) http.HandlerFunc {
	return x.guard(next, true, true)
}

func (x *xServer) guard(next http.HandlerFunc, user, app bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		x.mu.Lock()
		date, level := cmp.Or(x.fixDate, x.clock.now()), x.level
		x.calls[r.Method+" "+r.URL.Path]++
		bad := x.garbage[r.URL.Path]
		x.mu.Unlock()
		w.Header().Set("Date", date.UTC().Format(http.TimeFormat))
		auth := r.Header.Get("Authorization")
		switch {
		case user && strings.HasPrefix(auth, "OAuth ") && signedRight(r):
			w.Header().Set("X-Access-Level", level)
		case app && auth == "Bearer "+testBearer:
		default:
			x.refuse(w, http.StatusUnauthorized, "Unauthorized", time.Time{})
			return
		}
		if !x.allow(w, r.Method+" "+r.Pattern) {
			return
		}
		if bad != "" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, bad)
			return
		}
		next(w, r)
	}
}

// allow counts a call against its limit, and says how much is left.
func (x *xServer) allow(w http.ResponseWriter, name string) bool {
	x.mu.Lock()
	l := x.limits[name]
	if now := x.clock.now(); l == nil || !now.Before(l.reset) {
		l = &window{left: x.most, reset: now.Add(15 * time.Minute).Truncate(time.Second)}
		x.limits[name] = l
	}
	l.left--
	left, reset := l.left, l.reset
	x.mu.Unlock()
	w.Header().Set("X-Rate-Limit-Limit", strconv.Itoa(x.most))
	w.Header().Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, left)))
	w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
	if left < 0 {
		x.refuse(w, http.StatusTooManyRequests, "Too Many Requests", reset)
		return false
	}
	return true
}

// refuse answers with a problem.
func (x *xServer) refuse(w http.ResponseWriter, status int, detail string, reset time.Time) {
	if !reset.IsZero() {
		w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix()+1, 10))
	}
	channeltest.JSON(w, status, map[string]any{"title": http.StatusText(status), "detail": detail, "type": "about:blank", "status": status})
}

// join makes a person.
func (x *xServer) join(handle string) string {
	x.mu.Lock()
	defer x.mu.Unlock()
	id := strconv.Itoa(1000 + len(x.users))
	x.users[id] = handle
	return id
}

// write posts in somebody's name and tells the streams.
func (x *xServer) write(p xPost) *xPost {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.add(p)
}

func (x *xServer) add(p xPost) *xPost {
	if p.at.IsZero() {
		p.at = x.clock.now()
	}
	x.lastID = max(x.lastID+1, idAt(p.at))
	p.id = strconv.FormatInt(x.lastID, 10)
	p.conversation = cmp.Or(p.conversation, p.id)
	p.history = append(slices.Clone(p.history), p.id)
	one := &p
	x.posts = append(x.posts, one)
	x.tell(one)
	return one
}

// mention lets n people write to us, and gives the ids of their posts.
func (x *xServer) mention(n int) []string {
	var ids []string
	for range n {
		x.mu.Lock()
		author := strconv.Itoa(5000 + len(x.posts)%700)
		x.users[author] = "user_" + author
		p := x.add(xPost{author: author, text: fmt.Sprintf("@%s the editor loses what I typed, &lt;case %d&gt;", selfHandle, len(x.posts)), mentions: []string{selfID}})
		x.mu.Unlock()
		ids = append(ids, p.id)
	}
	return ids
}

// tell sends a post to the open streams whose rules it matches.
func (x *xServer) tell(p *xPost) {
	var matched []map[string]string
	for _, r := range x.rules {
		if matches(r.Value, p) {
			matched = append(matched, map[string]string{"id": r.ID, "tag": r.Tag})
		}
	}
	if len(matched) > 0 {
		x.push("filter", map[string]any{"data": x.legacyPost(p), "includes": map[string]any{"users": []any{x.person(p.author)}}, "matching_rules": matched})
	}
	for _, s := range x.subs {
		if slices.Contains(p.mentions, s["filter"].(map[string]any)["user_id"].(string)) {
			x.push("activity", map[string]any{"data": map[string]any{
				"event_uuid": p.id, "filter": s["filter"], "event_type": s["event_type"], "tag": s["tag"], "payload": x.legacyPost(p),
				"includes": map[string]any{"users": []any{x.person(p.author)}},
			}})
		}
	}
}

func (x *xServer) push(stream string, v any) {
	raw, _ := json.Marshal(v)
	x.pushRaw(stream, string(raw))
}

func (x *xServer) pushRaw(stream, line string) {
	for _, c := range x.streams[stream] {
		c <- line + "\r\n"
	}
}

// matches is enough of X's query language for the tests: all words outside of
// operators, a mention, and not a repost.
func matches(q string, p *xPost) bool {
	if p.deleted || p.retweetOf != "" {
		return false
	}
	for word := range strings.FieldsSeq(strings.NewReplacer("(", " ", ")", " ").Replace(q)) {
		if !strings.HasPrefix(word, "-") && !strings.Contains(strings.ToLower(p.text), strings.ToLower(word)) {
			return false
		}
	}
	return true
}

func (x *xServer) person(id string) map[string]any {
	return map[string]any{"id": id, "username": x.users[id], "name": "Name of " + x.users[id], "created_at": "2019-05-01T10:00:00.000Z", "protected": false}
}

// newPost gives a post in the newer words, legacyPost in the older ones.
func (x *xServer) newPost(p *xPost, parents bool) map[string]any {
	out := x.bare(p)
	out["edit_history_post_ids"] = p.history
	if p.long != "" {
		out["note_post"] = map[string]any{"text": p.long}
	}
	if parents && p.replyTo != "" {
		out["referenced_posts"] = []map[string]string{{"type": "replied_to", "id": p.replyTo}}
	}
	return out
}

func (x *xServer) legacyPost(p *xPost) map[string]any {
	out := x.bare(p)
	out["edit_history_tweet_ids"] = p.history
	if p.long != "" {
		out["note_tweet"] = map[string]any{"text": p.long}
	}
	for kind, id := range map[string]string{"replied_to": p.replyTo, "retweeted": p.retweetOf} {
		if id != "" {
			out["referenced_tweets"] = []map[string]string{{"type": kind, "id": id}}
		}
	}
	return out
}

func (x *xServer) bare(p *xPost) map[string]any {
	var mentions []map[string]any
	for _, id := range p.mentions {
		mentions = append(mentions, map[string]any{"id": id, "username": x.users[id], "start": 0, "end": 1})
	}
	out := map[string]any{
		"id": p.id, "text": p.text, "author_id": p.author, "created_at": p.at.UTC().Format("2006-01-02T15:04:05.000Z"),
		"conversation_id": p.conversation, "lang": "en",
	}
	if mentions != nil {
		out["entities"] = map[string]any{"mentions": mentions}
	}
	return out
}

// list answers with a page of the posts that are wanted, newest first.
func (x *xServer) list(w http.ResponseWriter, r *http.Request, depth int, want func(*xPost) bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	q := r.URL.Query()
	x.queries = append(x.queries, q)
	if x.legacy && q.Has("post.fields") {
		x.refuse(w, http.StatusBadRequest, "The query parameter [post.fields] is not one of [tweet.fields,expansions]", time.Time{})
		return
	}
	since, _ := strconv.ParseInt(q.Get("since_id"), 10, 64)
	until, _ := strconv.ParseInt(cmp.Or(q.Get("until_id"), "9000000000000000000"), 10, 64)
	if x.twin && q.Has("until_id") {
		until, x.twin = 9000000000000000000, false
	}
	most, _ := strconv.Atoi(cmp.Or(q.Get("max_results"), "10"))
	data, people, next := []any{}, map[string]any{}, false
	seen := 0
	for _, p := range slices.Backward(x.posts) {
		id := number(p.id)
		if p.deleted || p.hidden || !want(p) {
			continue
		}
		if seen++; seen > depth {
			break
		}
		if id <= since || id >= until {
			continue
		}
		if len(data) == most {
			next = true
			break
		}
		if x.legacy {
			data = append(data, x.legacyPost(p))
		} else {
			data = append(data, x.newPost(p, strings.Contains(q.Get("expansions"), "referenced_posts")))
		}
		people[p.author] = x.person(p.author)
	}
	meta := map[string]any{"result_count": len(data)}
	if next {
		meta["next_token"] = "next"
	}
	answer := map[string]any{"meta": meta}
	if len(data) > 0 {
		answer["data"] = data
		users := []any{}
		for _, u := range people {
			users = append(users, u)
		}
		answer["includes"] = map[string]any{"users": users}
	}
	channeltest.JSON(w, http.StatusOK, answer)
}

func (x *xServer) me(w http.ResponseWriter, _ *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	channeltest.JSON(w, http.StatusOK, map[string]any{"data": x.person(selfID)})
}

func (x *xServer) mentions(w http.ResponseWriter, r *http.Request) {
	x.list(w, r, x.maxDepth, func(p *xPost) bool { return slices.Contains(p.mentions, r.PathValue("id")) })
}

func (x *xServer) timeline(w http.ResponseWriter, r *http.Request) {
	x.list(w, r, 3200, func(p *xPost) bool { return p.author == r.PathValue("id") })
}

func (x *xServer) search(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, _ := strconv.ParseInt(q.Get("since_id"), 10, 64)
	if since > 0 && timeOf(since).Before(x.clock.now().Add(-searchDepth)) {
		x.refuse(w, http.StatusBadRequest, "'since_id' must be a tweet id created after 7 days ago", time.Time{})
		return
	}
	x.list(w, r, len(x.posts)+1, func(p *xPost) bool { return matches(q.Get("query"), p) })
}

func (x *xServer) lookup(w http.ResponseWriter, r *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	data, errs := []any{}, []any{}
	for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
		var latest *xPost
		for _, p := range x.posts {
			if slices.Contains(p.history, id) && !p.deleted {
				latest = p
			}
		}
		if latest != nil {
			data = append(data, x.newPost(latest, false))
			continue
		}
		errs = append(errs, map[string]any{
			"type": "https://api.x.com/2/problems/resource-not-found", "title": "Not Found Error", "detail": "Could not find it.",
			"resource_type": "tweet", "resource_id": id, "parameter": "ids", "value": id,
		})
	}
	answer := map[string]any{"includes": map[string]any{"users": []any{x.person("5000")}}}
	if len(data) > 0 {
		answer["data"] = data
	}
	if len(errs) > 0 {
		answer["errors"] = errs
	}
	channeltest.JSON(w, http.StatusOK, answer)
}

// create posts, as X does: no text twice, no reply to who did not speak to us.
func (x *xServer) create(w http.ResponseWriter, r *http.Request) {
	var in newPost
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		x.refuse(w, http.StatusBadRequest, "bad JSON", time.Time{})
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	p := xPost{author: selfID, text: in.Text, hidden: x.hide}
	if in.Reply != nil {
		p.replyTo = in.Reply.To
		var parent *xPost
		for _, other := range x.posts {
			if other.id == p.replyTo && !other.deleted {
				parent = other
			}
		}
		switch {
		case parent == nil:
			x.refuse(w, http.StatusForbidden, "You attempted to reply to a Tweet that is deleted or not visible to you.", time.Time{})
			return
		case x.strict && !slices.Contains(parent.mentions, selfID):
			x.refuse(w, http.StatusForbidden, "Reply to this conversation is not allowed because you have not been mentioned or otherwise engaged by the author of the post you are replying to.", time.Time{})
			return
		}
		p.conversation = parent.conversation
	}
	for _, other := range x.posts {
		if other.author == selfID && other.text == in.Text {
			x.refuse(w, http.StatusForbidden, "You are not allowed to create a Tweet with duplicate content.", time.Time{})
			return
		}
	}
	made := x.add(p)
	channeltest.JSON(w, http.StatusCreated, map[string]any{"data": map[string]any{"id": made.id, "text": made.text, "edit_history_tweet_ids": []string{made.id}}})
}

// sent counts our posts that end in a text.
func (x *xServer) sent(text string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	n := 0
	for _, p := range x.posts {
		if p.author == selfID && strings.HasSuffix(p.text, text) {
			n++
		}
	}
	return n
}

func (x *xServer) listRules(w http.ResponseWriter, _ *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	channeltest.JSON(w, http.StatusOK, map[string]any{"data": append([]rule{}, x.rules...), "meta": map[string]any{"result_count": len(x.rules)}})
}

func (x *xServer) changeRules(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Add    []rule `json:"add"`
		Delete struct {
			IDs []string `json:"ids"`
		} `json:"delete"`
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rules = slices.DeleteFunc(x.rules, func(have rule) bool { return slices.Contains(in.Delete.IDs, have.ID) })
	answer := map[string]any{"meta": map[string]any{"sent": "now"}}
	for _, add := range in.Add {
		if strings.Contains(add.Value, "(or)") {
			answer["errors"] = []any{map[string]any{"type": "https://api.x.com/2/problems/invalid-request", "title": "Invalid Rule", "detail": "no viable alternative", "value": add.Value}}
			continue
		}
		x.lastID++
		add.ID = strconv.FormatInt(x.lastID, 10)
		x.rules = append(x.rules, add)
	}
	channeltest.JSON(w, http.StatusOK, answer)
}

func (x *xServer) listSubs(w http.ResponseWriter, _ *http.Request) {
	x.mu.Lock()
	defer x.mu.Unlock()
	channeltest.JSON(w, http.StatusOK, map[string]any{"data": append([]map[string]any{}, x.subs...)})
}

func (x *xServer) addSub(w http.ResponseWriter, r *http.Request) {
	var sub map[string]any
	_ = json.NewDecoder(r.Body).Decode(&sub)
	x.mu.Lock()
	defer x.mu.Unlock()
	sub["subscription_id"] = strconv.Itoa(len(x.subs) + 1)
	x.subs = append(x.subs, sub)
	channeltest.JSON(w, http.StatusOK, map[string]any{"data": map[string]any{"subscription": sub}})
}

func (x *xServer) called(call string) int {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.calls[call]
}
