package bluesky

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bluesky-social/indigo/atproto/syntax"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/channeltest"
)

const (
	password = "abcd-efgh-ijkl-mnop" // an app password
	ours     = "did:plc:ourshelpdesk"
	handleOf = "help.near.example"
)

// entry is a record in somebody's repository, as the index has it.
type entry struct {
	did, rkey, cid string
	record         json.RawMessage
	indexed        time.Time
	reason         string // why we were told of it; "" if we were not
	closed         bool   // its writer lets nobody answer
}

func (e *entry) uri() string { return "at://" + e.did + "/" + collection + "/" + e.rkey }

// network is a PDS, an index and a Jetstream in one, that keep state.
type network struct {
	tb  testing.TB
	url string

	mu         sync.Mutex
	clock      func() time.Time
	entries    []*entry // oldest first
	next       int
	sessions   int // begun
	access     string
	refresh    string
	stale      bool // access has run out
	dead       bool // and refresh too
	status     string
	commits    int
	tape       [][]byte // what Jetstream said
	sockets    map[chan []byte]bool
	echo       bool // errors repeat the caller's token
	calls      map[string]int
	front      *channeltest.Server
	searchless bool // the search is out of order
	open       bool // signing in meets no fault
}

func newNetwork(tb testing.TB) *network {
	tb.Helper()
	n := &network{tb: tb, clock: time.Now, sockets: map[chan []byte]bool{}, calls: map[string]int{}}
	n.front = channeltest.Serve(tb, n)
	n.front.Limit = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("RateLimit-Limit", "3000")
		w.Header().Set("RateLimit-Remaining", "0")
		w.Header().Set("RateLimit-Reset", strconv.FormatInt(time.Now().Add(channeltest.RetryAfter).Unix(), 10))
		channeltest.JSON(w, http.StatusTooManyRequests, map[string]string{"error": "RateLimitExceeded"})
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		open := n.open && strings.HasSuffix(r.URL.Path, "createSession")
		n.mu.Unlock()
		if open {
			n.ServeHTTP(w, r)
			return
		}
		n.front.ServeHTTP(w, r)
	}))
	tb.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	n.url = server.URL
	return n
}

// suffer makes calls meet a fault. One that is accepted and then cut is to be the
// call that matters, and not the sign-in before it.
func (n *network) suffer(f channeltest.Fault) bool {
	n.mu.Lock()
	n.open = f == channeltest.Cut
	n.mu.Unlock()
	return n.front.Break(f)
}

// write adds a post to somebody's repository and tells who must hear of it.
func (n *network) write(did string, r record, at time.Time) *entry {
	n.mu.Lock()
	defer n.mu.Unlock()
	if r.CreatedAt == "" {
		r.CreatedAt = at.UTC().Format(time.RFC3339Nano)
	}
	r.Type = collection
	raw, _ := json.Marshal(r) // always marshals
	n.next++
	return n.add(did, syntax.NewTID(at.UnixMicro(), uint(n.next)).String(), raw, at)
}

func (n *network) add(did, rkey string, raw json.RawMessage, at time.Time) *entry {
	n.commits++
	e := &entry{did: did, rkey: rkey, cid: fmt.Sprint("bafyrei", n.commits), record: raw, indexed: at}
	var r record
	_ = json.Unmarshal(raw, &r) // ours, or made here
	switch {
	case did == ours || !r.concerns(ours):
	case r.Reply != nil:
		e.reason = "reply"
	default:
		e.reason = "mention"
	}
	n.entries = append(n.entries, e)
	n.tell("create", e)
	return e
}

func (n *network) remove(e *entry) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.entries = slices.DeleteFunc(n.entries, func(o *entry) bool { return o == e })
	n.tell("delete", e)
}

func (n *network) revise(e *entry, text string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var r record
	require.NoError(n.tb, json.Unmarshal(e.record, &r))
	r.Text = text
	e.record, _ = json.Marshal(r) // always marshals
	n.tell("update", e)
}

// tell says on Jetstream what happened.
func (n *network) tell(operation string, e *entry) {
	commit := map[string]any{"rev": "1", "operation": operation, "collection": collection, "rkey": e.rkey}
	if operation != "delete" {
		commit["record"], commit["cid"] = e.record, e.cid
	}
	message, _ := json.Marshal(map[string]any{ // always marshals
		"did": e.did, "time_us": n.clock().UnixMicro(), "kind": "commit", "commit": commit,
	})
	n.tape = append(n.tape, message)
	for socket := range n.sockets {
		socket <- message
	}
}

// mention is a post that mentions us.
func mention(text string) record {
	text = "@" + handleOf + " " + text
	f := facet{Features: []feature{{Type: featureMention, DID: ours}}}
	f.Index.End = len(handleOf) + 1
	return record{Text: text, Facets: []facet{f}, Langs: []string{"en"}}
}

func (n *network) say(count int) []string {
	var uris []string
	for i := range count {
		uris = append(uris, n.write(fmt.Sprintf("did:plc:ana%d", i), mention("nothing loads any more"), n.clock()).uri())
	}
	return uris
}

func (n *network) refuse(w http.ResponseWriter, status int, name, message string) {
	channeltest.JSON(w, status, map[string]string{"error": name, "message": message})
}

// ServeHTTP speaks XRPC, and Jetstream at /subscribe.
func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/subscribe" {
		n.subscribe(w, r)
		return
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/xrpc/")
	n.calls[method]++
	w.Header().Set("RateLimit-Limit", "3000")
	w.Header().Set("RateLimit-Remaining", "2999")
	w.Header().Set("RateLimit-Reset", strconv.FormatInt(n.clock().Add(5*time.Minute).Unix(), 10))
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch method {
	case "com.atproto.server.createSession":
		n.createSession(w, r)
		return
	case "com.atproto.server.refreshSession":
		if n.dead || bearer != n.refresh || r.Method != http.MethodPost {
			n.refuse(w, http.StatusBadRequest, "ExpiredToken", "Token has been revoked")
			return
		}
		n.session(w)
		return
	}
	switch {
	case n.echo:
		n.refuse(w, http.StatusBadRequest, "Odd", "you said "+bearer)
		return
	case bearer != n.access || bearer == "":
		n.refuse(w, http.StatusBadRequest, "InvalidToken", "Token could not be verified")
		return
	case n.stale:
		n.refuse(w, http.StatusBadRequest, "ExpiredToken", "Token has expired")
		return
	}
	handle, ok := map[string]http.HandlerFunc{
		"GET com.atproto.server.getSession":           n.getSession,
		"GET app.bsky.notification.listNotifications": n.listNotifications,
		"GET app.bsky.feed.searchPosts":               n.searchPosts,
		"GET app.bsky.actor.getProfile":               n.getProfile,
		"GET com.atproto.identity.resolveHandle":      n.resolveHandle,
		"GET com.atproto.repo.getRecord":              n.getRecord,
		"POST com.atproto.repo.putRecord":             n.putRecord,
	}[r.Method+" "+method]
	if !ok {
		n.tb.Errorf("the network has no %s %s", r.Method, method)
		n.refuse(w, http.StatusNotImplemented, "MethodNotImplemented", method)
		return
	}
	handle(w, r)
}

func (n *network) createSession(w http.ResponseWriter, r *http.Request) {
	var in struct{ Identifier, Password string }
	_ = json.NewDecoder(r.Body).Decode(&in) // a broken one is refused
	if in.Identifier != handleOf || in.Password != password {
		n.refuse(w, http.StatusUnauthorized, "AuthenticationRequired", "Invalid identifier or password")
		return
	}
	n.sessions++
	n.dead = false
	n.session(w)
}

func (n *network) session(w http.ResponseWriter) {
	n.next++
	n.access, n.refresh, n.stale = fmt.Sprint("access-jwt-", n.next), fmt.Sprint("refresh-jwt-", n.next), false
	channeltest.JSON(w, http.StatusOK, map[string]any{
		"did": ours, "handle": handleOf, "accessJwt": n.access, "refreshJwt": n.refresh, "active": true,
	})
}

func (n *network) getSession(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"did": ours, "handle": handleOf, "active": n.status == "", "status": n.status})
}

func who(did string) map[string]any {
	name := did[strings.LastIndexByte(did, ':')+1:]
	return map[string]any{"did": did, "handle": name + ".far.example", "displayName": strings.ToUpper(name), "createdAt": "2023-05-01T00:00:00.000Z"}
}

// list answers a page, newest first. The server's cursor is a number of items.
func (n *network) list(w http.ResponseWriter, r *http.Request, name string, wanted func(*entry) bool) {
	var all []map[string]any
	for _, e := range slices.Backward(n.entries) {
		if wanted(e) {
			all = append(all, map[string]any{
				"uri": e.uri(), "cid": e.cid, "author": who(e.did), "record": e.record, "reason": e.reason, "isRead": false,
				"indexedAt": e.indexed.UTC().Format("2006-01-02T15:04:05.000Z"), "viewer": map[string]any{"replyDisabled": e.closed},
			})
		}
	}
	at := 0
	if c := r.FormValue("cursor"); c != "" { // the newest that was there may have moved down
		at = slices.IndexFunc(all, func(m map[string]any) bool { return m["uri"] == c }) + 1
	}
	limit, _ := strconv.Atoi(cmp.Or(r.FormValue("limit"), "50"))
	to := min(at+limit, len(all))
	out := map[string]any{name: append([]map[string]any{}, all[at:to]...)}
	if to < len(all) {
		out["cursor"] = all[to-1]["uri"]
	}
	channeltest.JSON(w, http.StatusOK, out)
}

func (n *network) listNotifications(w http.ResponseWriter, r *http.Request) {
	reasons := r.URL.Query()["reasons"]
	n.list(w, r, "notifications", func(e *entry) bool { return slices.Contains(reasons, e.reason) })
}

func (n *network) searchPosts(w http.ResponseWriter, r *http.Request) {
	if n.searchless {
		n.refuse(w, http.StatusBadGateway, "UpstreamFailure", "search")
		return
	}
	q := strings.ToLower(r.FormValue("q"))
	n.list(w, r, "posts", func(e *entry) bool {
		var p record
		return json.Unmarshal(e.record, &p) == nil && strings.Contains(strings.ToLower(p.Text), q)
	})
}

func (n *network) getProfile(w http.ResponseWriter, r *http.Request) {
	channeltest.JSON(w, http.StatusOK, who(r.FormValue("actor")))
}

func (n *network) resolveHandle(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(r.FormValue("handle"), ".far.example")
	if !ok {
		n.refuse(w, http.StatusBadRequest, "InvalidRequest", "Unable to resolve handle")
		return
	}
	channeltest.JSON(w, http.StatusOK, map[string]string{"did": "did:plc:" + name})
}

func (n *network) find(did, rkey string) *entry {
	for _, e := range n.entries {
		if e.did == did && e.rkey == rkey {
			return e
		}
	}
	return nil
}

func (n *network) getRecord(w http.ResponseWriter, r *http.Request) {
	e := n.find(r.FormValue("repo"), r.FormValue("rkey"))
	if e == nil {
		n.refuse(w, http.StatusBadRequest, "RecordNotFound", "Could not locate record")
		return
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{"uri": e.uri(), "cid": e.cid, "value": e.record})
}

func (n *network) putRecord(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Repo, Collection, Rkey string
		Record                 json.RawMessage
		SwapRecord             *string
	}
	if json.NewDecoder(r.Body).Decode(&in) != nil || in.Repo != ours || in.Collection != collection {
		n.refuse(w, http.StatusBadRequest, "InvalidRequest", "bad input")
		return
	}
	if _, err := syntax.ParseTID(in.Rkey); err != nil {
		n.refuse(w, http.StatusBadRequest, "InvalidRequest", err.Error())
		return
	}
	if n.find(ours, in.Rkey) != nil { // swapRecord is null: there must be none
		n.refuse(w, http.StatusBadRequest, "InvalidSwap", "Record was at …")
		return
	}
	e := n.add(ours, in.Rkey, in.Record, n.clock())
	channeltest.JSON(w, http.StatusOK, map[string]any{"uri": e.uri(), "cid": e.cid, "validationStatus": "valid"})
}

// subscribe is Jetstream: what was said since the cursor, and then what is.
func (n *network) subscribe(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("wantedCollections") != collection {
		n.tb.Errorf("asked for %q", r.URL.RawQuery)
	}
	upgrader := websocket.Upgrader{}
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	told := make(chan []byte, 20_000)
	n.mu.Lock()
	if from, err := strconv.ParseInt(r.FormValue("cursor"), 10, 64); err == nil {
		for _, message := range n.tape {
			var e event
			if json.Unmarshal(message, &e) == nil && e.TimeUS >= from {
				told <- message
			}
		}
	}
	n.sockets[told] = true
	n.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _, _ = conn.ReadMessage() // nobody says anything: it ends with the line
	}()
	defer func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.sockets, told)
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

func (n *network) hangUp() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for socket := range n.sockets {
		close(socket)
		delete(n.sockets, socket)
	}
}

func (n *network) listening() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.sockets) > 0
}

// sentWith counts the posts that lie under a message's key.
func (n *network) sentWith(key string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.find(ours, recordKey(key)) == nil {
		return 0
	}
	return 1
}

// posted gives a post of ours.
func (n *network) posted(uri string) record {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := n.find(ours, uri[strings.LastIndexByte(uri, '/')+1:])
	require.NotNil(n.tb, e)
	var r record
	require.NoError(n.tb, json.Unmarshal(e.record, &r))
	return r
}
