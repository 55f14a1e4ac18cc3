package reddit

import (
	"fmt"
	"log/slog"
	"net/http"
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
	us           = "example_support"
	clientSecret = "cl13nt-secret-of-the-app"
	refreshToken = "r3fresh-token-of-the-account"
	password     = "p4ssword-of-the-account"
	listed       = 1000 // things of each list that Reddit keeps
)

// written is a post or comment as the stand-in keeps it.
type written struct {
	kind, name, author, sub, title, body, link, parent string
	at                                                 time.Time
	edited                                             bool
	removed                                            bool // to be seen as [removed]
	vanished                                           bool // from lists, and from everywhere where erased
	erased                                             bool
	mention                                            bool // it is in our inbox
	staff                                              string
	locked                                             bool
}

// snoo is Reddit: it signs apps in, keeps lists, and takes comments.
type snoo struct {
	mu       sync.Mutex
	things   []*written
	tokens   int    // how many were given
	token    string // the valid one
	agents   map[string]bool
	grants   []string
	say      [][]string // errors to the next comment
	wait     float64
	closed   string // a subreddit that is private
	left     string // X-Ratelimit-Remaining
	who      string
	fullest  int // the largest page that was asked for
	authDown bool
}

func newSnoo() *snoo { return &snoo{agents: map[string]bool{}, left: "900.0", who: us} }

func (s *snoo) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/access_token", s.signIn)
	mux.HandleFunc("GET /api/v1/me", s.guard(func(w http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(w, http.StatusOK, map[string]any{"name": s.who})
	}))
	mux.HandleFunc("GET /message/inbox", s.guard(func(w http.ResponseWriter, r *http.Request) {
		s.list(w, r, func(t *written) bool { return t.mention })
	}))
	mux.HandleFunc("GET /r/{subs}/{what}", s.guard(func(w http.ResponseWriter, r *http.Request) {
		subs := strings.Split(r.PathValue("subs"), "+")
		kind := map[string]string{"new": kindPost, "comments": kindComment}[r.PathValue("what")]
		if slices.Contains(subs, s.closed) {
			channeltest.JSON(w, http.StatusForbidden, map[string]any{"reason": "private", "message": "Forbidden", "error": 403})
			return
		}
		s.list(w, r, func(t *written) bool { return t.kind == kind && slices.Contains(subs, t.sub) })
	}))
	mux.HandleFunc("GET /user/{name}/comments", s.guard(func(w http.ResponseWriter, r *http.Request) {
		s.list(w, r, func(t *written) bool { return t.kind == kindComment && t.author == r.PathValue("name") })
	}))
	mux.HandleFunc("GET /api/info", s.guard(s.info))
	mux.HandleFunc("POST /api/comment", s.guard(s.comment))
	mux.HandleFunc("POST /api/editusertext", s.guard(s.edit))
	return mux
}

func (s *snoo) signIn(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, secret, _ := r.BasicAuth()
	refreshed := r.FormValue("grant_type") == "refresh_token" && r.FormValue("refresh_token") == refreshToken
	signed := r.FormValue("grant_type") == "password" && r.FormValue("username") == us && r.FormValue("password") == password
	s.grants = append(s.grants, r.FormValue("grant_type"))
	switch {
	case s.authDown:
		w.WriteHeader(http.StatusBadGateway)
	case id != "app" || secret != clientSecret:
		channeltest.JSON(w, http.StatusUnauthorized, map[string]any{"message": "Unauthorized", "error": 401})
	case r.FormValue("grant_type") == "refresh_token" && !refreshed:
		channeltest.JSON(w, http.StatusBadRequest, map[string]any{"message": "Bad Request", "error": 400})
	case !refreshed && !signed:
		channeltest.JSON(w, http.StatusOK, map[string]any{"error": "invalid_grant"})
	default:
		s.tokens++
		s.token = fmt.Sprint("access-", s.tokens)
		channeltest.JSON(w, http.StatusOK, map[string]any{"access_token": s.token, "token_type": "bearer", "expires_in": 3600, "scope": "*"})
	}
}

// guard asks for the token and a name of our own, and holds the lock for the call.
func (s *snoo) guard(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.agents[r.Header.Get("User-Agent")] = true
		if r.Header.Get("Authorization") != "Bearer "+s.token || s.token == "" {
			channeltest.JSON(w, http.StatusUnauthorized, map[string]any{"message": "Unauthorized", "error": 401})
			return
		}
		w.Header().Set("X-Ratelimit-Remaining", s.left)
		w.Header().Set("X-Ratelimit-Used", "100")
		w.Header().Set("X-Ratelimit-Reset", "300")
		next(w, r)
	}
}

func (s *snoo) list(w http.ResponseWriter, r *http.Request, wanted func(*written) bool) {
	var all []*written
	for _, t := range slices.Backward(s.things) {
		if wanted(t) && !t.vanished && !t.erased && len(all) < listed {
			all = append(all, t)
		}
	}
	limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
	s.fullest = max(s.fullest, limit)
	if after := r.URL.Query().Get("after"); after != "" {
		i := slices.IndexFunc(all, func(t *written) bool { return t.name == after })
		all = all[i+1:]
	}
	var after any
	if len(all) > limit {
		all = all[:limit]
		after = all[limit-1].name
	}
	s.write(w, all, after)
}

func (s *snoo) write(w http.ResponseWriter, all []*written, after any) {
	children := []map[string]any{}
	for _, t := range all {
		children = append(children, map[string]any{"kind": t.kind, "data": t.shown()})
	}
	if after == nil { // an inbox holds messages too
		children = append(children, map[string]any{"kind": "t4", "data": map[string]any{"name": "t4_x", "author": "eve", "created_utc": 1.0}})
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{"kind": "Listing", "data": map[string]any{"after": after, "children": children}})
}

func (t *written) shown() map[string]any {
	m := map[string]any{
		"name": t.name, "author": t.author, "author_fullname": "t2_" + t.author, "subreddit": t.sub,
		"created_utc": float64(t.at.Unix()), "edited": false, "permalink": "/r/" + t.sub + "/comments/" + t.name + "/", "locked": t.locked,
	}
	if t.staff != "" {
		m["distinguished"] = t.staff
	}
	if t.edited {
		m["edited"] = float64(t.at.Unix() + 60)
	}
	body := t.body
	if t.removed {
		body, m["author"] = "[deleted]", "[deleted]"
		delete(m, "author_fullname")
	}
	if t.kind == kindPost {
		m["title"], m["selftext"], m["is_self"] = t.title, body, true
	} else {
		m["body"], m["link_id"], m["parent_id"], m["link_title"] = body, t.link, t.parent, t.title
	}
	return m
}

func (s *snoo) find(name string) *written {
	i := slices.IndexFunc(s.things, func(t *written) bool { return t.name == name && !t.erased })
	if i < 0 {
		return nil
	}
	return s.things[i]
}

func (s *snoo) info(w http.ResponseWriter, r *http.Request) {
	var all []*written
	for name := range strings.SplitSeq(r.URL.Query().Get("id"), ",") {
		if t := s.find(name); t != nil {
			all = append(all, t)
		}
	}
	s.write(w, all, nil)
}

func (s *snoo) comment(w http.ResponseWriter, r *http.Request) {
	parent := s.find(r.FormValue("thing_id"))
	switch {
	case len(s.say) > 0:
		mistakes := s.say
		s.say = nil
		channeltest.JSON(w, http.StatusOK, map[string]any{"json": map[string]any{"errors": mistakes, "ratelimit": s.wait}})
		return
	case parent == nil:
		channeltest.JSON(w, http.StatusOK, map[string]any{"json": map[string]any{"errors": [][]string{{"DELETED_COMMENT", "that comment has been deleted", "parent"}}}})
		return
	}
	t := s.addLocked(written{kind: kindComment, author: us, sub: parent.sub, body: r.FormValue("text"), parent: parent.name, link: parent.name})
	s.took(w, t)
}

func (s *snoo) edit(w http.ResponseWriter, r *http.Request) {
	t := s.find(r.FormValue("thing_id"))
	if t == nil || t.author != us {
		channeltest.JSON(w, http.StatusForbidden, map[string]any{"message": "Forbidden", "error": 403})
		return
	}
	t.body, t.edited = r.FormValue("text"), true
	s.took(w, t)
}

func (s *snoo) took(w http.ResponseWriter, t *written) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"json": map[string]any{"errors": [][]string{}, "data": map[string]any{
		"things": []map[string]any{{"kind": t.kind, "data": t.shown()}},
	}}})
}

func (s *snoo) add(t written) *written {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addLocked(t)
}

func (s *snoo) addLocked(t written) *written {
	t.name = t.kind + "_" + strconv.FormatInt(int64(len(s.things)+1000), 36)
	if t.at.IsZero() {
		t.at = time.Now()
	}
	s.things = append(s.things, &t)
	return &t
}

// post and mention are what people write.
func (s *snoo) post(author, text string) *written {
	return s.add(written{kind: kindPost, author: author, sub: "example", title: "Is it down?", body: text})
}

func (s *snoo) mentionBy(author, text string) *written {
	return s.add(written{kind: kindComment, author: author, sub: "elsewhere", title: "A thread", body: text, mention: true, link: "t3_zz", parent: "t3_zz"})
}

func (s *snoo) change(t *written, how func(*written)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	how(t)
}

func (s *snoo) arrived(text string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, t := range s.things {
		if t.author == us && strings.Contains(t.body, text) {
			n++
		}
	}
	return n
}

func given(address string, more ...map[string]any) map[string]any {
	settings := map[string]any{
		"i_have_reddits_approval": true, "client_id": "app", "client_secret": clientSecret, "refresh_token": refreshToken,
		"username": "u/" + us, "subreddits": []any{"r/example"}, "auth_url": address, "api_url": address, "allow_private": true,
	}
	for _, m := range more {
		for key, value := range m {
			if settings[key] = value; value == nil {
				delete(settings, key)
			}
		}
	}
	return settings
}

func made(tb testing.TB, settings map[string]any, now func() time.Time) tocsin.Channel {
	tb.Helper()
	ch, err := Type().New(channel.Env{Name: "reddit", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: now})
	require.NoError(tb, err)
	return ch
}

func wired(tb testing.TB, s *snoo, more ...map[string]any) (tocsin.Channel, *channeltest.Server) {
	tb.Helper()
	server := channeltest.Serve(tb, s.handler())
	return made(tb, given(server.URL, more...), time.Now), server
}

// limit answers as Reddit does when there were too many calls.
func limit(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Ratelimit-Reset", fmt.Sprint(channeltest.RetryAfter.Seconds()))
	channeltest.JSON(w, http.StatusTooManyRequests, map[string]any{"message": "Too Many Requests", "error": 429})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		s := newSnoo()
		server := channeltest.Serve(tb, s.handler())
		server.Limit = limit
		gate := channeltest.Serve(tb, s.handler()) // signing in is on a host of its own
		next := 0
		return channeltest.Outside{
			Settings: given(server.URL, map[string]any{"auth_url": gate.URL}), Secrets: []string{clientSecret, refreshToken},
			Say: func(n int) []string {
				var names []string
				for i := range n {
					next++
					if i%2 == 0 {
						names = append(names, s.post(fmt.Sprint("user", next), "It is broken for me").name)
					} else {
						names = append(names, s.mentionBy(fmt.Sprint("user", next), "u/"+us+" it is broken").name)
					}
				}
				return names
			},
			Message: func() tocsin.Message {
				next++
				key := fmt.Sprintf("key-%d-", next)
				return tocsin.Message{Key: key, Text: "It works again. (" + key + ")", Report: tocsin.Report{ExternalID: s.post("ana", "It is broken").name}}
			},
			Arrived: s.arrived, Break: server.Break,
		}
	}})
}
