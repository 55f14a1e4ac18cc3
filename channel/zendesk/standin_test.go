package zendesk

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/channeltest"
)

const (
	apiToken   = "api-t0ken-of-the-desk"
	hookSecret = "h00k-secret-of-the-desk"
	adminMail  = "tocsin@acme.example"
	adminID    = int64(900)
)

// account is a Zendesk account: it keeps tickets, comments, audits and users, and
// speaks the parts of the API that we use, as strictly as the original.
type account struct {
	tb testing.TB
	*channeltest.Server

	mu      sync.Mutex
	now     time.Time
	next    int64
	turn    int64 // of the last change; the export goes by it
	tickets map[int64]*kept
	users   map[int64]map[string]any
	counts  bool // the export tells how many comments there are
	left    int  // calls left this minute
	role    string
	forbid  string // a path that the token may not read
}

// kept is a ticket as the account keeps it.
type kept struct {
	id, requester, submitter int64
	subject, status          string
	external                 string
	source                   int64
	tags                     []string
	via                      map[string]any
	at                       time.Time
	turn                     int64
	comments                 []map[string]any
	audits                   []map[string]any
}

func newAccount(tb testing.TB) *account {
	tb.Helper()
	a := &account{
		tb: tb, now: time.Now().UTC().Truncate(time.Second), next: 1000, tickets: map[int64]*kept{},
		users: map[int64]map[string]any{}, counts: true, left: 700, role: roleAdmin,
	}
	a.users[adminID] = map[string]any{"id": adminID, "name": "Tocsin", "email": adminMail, "verified": true, "role": roleAdmin, "created_at": a.now}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v2/incremental/tickets/cursor.json", a.export)
	mux.HandleFunc("GET /api/v2/tickets/{file}", a.show)
	mux.HandleFunc("GET /api/v2/tickets/{id}/comments.json", a.listComments)
	mux.HandleFunc("GET /api/v2/tickets/{id}/audits.json", a.listAudits)
	mux.HandleFunc("GET /api/v2/tickets.json", a.byExternalID)
	mux.HandleFunc("POST /api/v2/tickets.json", a.create)
	mux.HandleFunc("PUT /api/v2/tickets/{file}", a.update)
	mux.HandleFunc("GET /api/v2/users/me.json", a.me)
	mux.HandleFunc("GET /api/v2/ticket_audits.json", func(w http.ResponseWriter, _ *http.Request) {
		channeltest.JSON(w, http.StatusOK, map[string]any{"audits": []any{}, "meta": map[string]any{"has_more": false}})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		tb.Errorf("Zendesk has no %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	})
	a.Server = channeltest.Serve(tb, a.gate(mux))
	return a
}

// gate lets in who shows a token, and one call at a time.
func (a *account) gate(next http.Handler) http.Handler {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(adminMail+"/token:"+apiToken))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.mu.Lock()
		defer a.mu.Unlock()
		w.Header().Set("Date", a.now.Format(http.TimeFormat))
		w.Header().Set("X-Rate-Limit", "700")
		w.Header().Set("X-Rate-Limit-Remaining", strconv.Itoa(a.left))
		w.Header().Set("Ratelimit-Reset", "41")
		switch {
		case r.Header.Get("Authorization") != want:
			channeltest.JSON(w, http.StatusUnauthorized, map[string]any{"error": "Couldn't authenticate you"})
		case a.forbid != "" && strings.HasSuffix(r.URL.Path, a.forbid):
			channeltest.JSON(w, http.StatusForbidden, map[string]any{"error": "Forbidden"})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func (a *account) tick() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// pass lets time go by.
func (a *account) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

func (a *account) id() int64 { a.next++; return a.next }

// person makes an end user.
func (a *account) person(mail string, verified bool) int64 {
	id := a.id()
	a.users[id] = map[string]any{"id": id, "name": "Person " + fmt.Sprint(id), "email": mail, "verified": verified, "role": roleEndUser, "created_at": a.now.Add(-time.Hour)}
	return id
}

// touch marks a ticket as changed now.
func (a *account) touch(t *kept) { a.turn++; t.turn = a.turn }

// open makes a ticket.
func (a *account) open(requester, submitter int64, text string) *kept {
	t := &kept{id: a.id(), requester: requester, submitter: submitter, subject: "Help", status: "new", at: a.now, via: map[string]any{"channel": "web", "source": map[string]any{"from": map[string]any{}}}}
	a.tickets[t.id] = t
	a.write(t, submitter, text, true, nil)
	return t
}

// write adds a comment to a ticket, and an audit of it.
func (a *account) write(t *kept, author int64, text string, public bool, custom any) map[string]any {
	c := map[string]any{"id": a.id(), "type": "Comment", "author_id": author, "body": text, "public": public, "via": t.via, "created_at": a.now}
	t.comments = append(t.comments, c)
	made := map[string]any{"id": a.id(), "ticket_id": t.id, "author_id": author, "created_at": a.now, "metadata": map[string]any{"system": map[string]any{}, "custom": custom}, "events": []any{map[string]any{"id": a.id(), "type": "Change"}, c}}
	t.audits = append(t.audits, made)
	a.touch(t)
	return made
}

func (t *kept) shown(counts bool) map[string]any {
	shown := map[string]any{
		"id": t.id, "subject": t.subject, "description": t.comments[0]["body"], "status": t.status, "tags": t.tags, "requester_id": t.requester,
		"submitter_id": t.submitter, "created_at": t.at, "via": t.via, "external_id": t.external,
	}
	if t.status == statusDeleted {
		shown["description"], shown["subject"] = "SCRUBBED", "SCRUBBED"
	}
	if counts {
		shown["comment_count"] = len(t.comments)
	}
	return shown
}

// around gives the users who have to do with tickets.
func (a *account) around(tickets []*kept) []map[string]any {
	var ids []int64
	for _, t := range tickets {
		ids = append(ids, t.requester, t.submitter)
	}
	return a.named(ids)
}

func (a *account) named(ids []int64) []map[string]any {
	slices.Sort(ids)
	all := []map[string]any{}
	for _, id := range slices.Compact(ids) {
		all = append(all, a.users[id])
	}
	return all
}

func (a *account) export(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, err := strconv.Atoi(q.Get("per_page"))
	if err != nil || size < 1 || size > 1000 || q.Has("start_time") == q.Has("cursor") {
		channeltest.JSON(w, http.StatusBadRequest, map[string]any{"error": "InvalidParameter"})
		return
	}
	after := int64(0)
	if q.Has("cursor") {
		raw, _ := base64.StdEncoding.DecodeString(q.Get("cursor"))
		if after, err = strconv.ParseInt(string(raw), 10, 64); err != nil {
			channeltest.JSON(w, http.StatusBadRequest, map[string]any{"error": "InvalidCursor"})
			return
		}
	} else if start, err := strconv.ParseInt(q.Get("start_time"), 10, 64); err != nil || a.now.Unix()-start < 60 {
		channeltest.JSON(w, http.StatusUnprocessableEntity, map[string]any{"error": "StartTimeTooRecent"})
		return
	}
	var found []*kept
	for _, t := range a.tickets {
		if t.turn > after {
			found = append(found, t)
		}
	}
	slices.SortFunc(found, func(x, y *kept) int { return cmp.Compare(x.turn, y.turn) })
	end := len(found) <= size
	found = found[:min(len(found), size)]
	answer := map[string]any{"end_of_stream": end, "before_cursor": nil, "after_cursor": nil, "tickets": []any{}}
	if len(found) > 0 {
		after = found[len(found)-1].turn
	}
	if after > 0 {
		answer["after_cursor"] = base64.StdEncoding.EncodeToString([]byte(strconv.FormatInt(after, 10)))
	}
	answer["tickets"] = a.showAll(found, a.counts && strings.Contains(q.Get("include"), "comment_count"))
	if strings.Contains(q.Get("include"), "users") {
		answer["users"] = a.around(found)
	}
	channeltest.JSON(w, http.StatusOK, answer)
}

func (a *account) showAll(tickets []*kept, counts bool) []map[string]any {
	all := make([]map[string]any, len(tickets))
	for i, t := range tickets {
		all[i] = t.shown(counts)
	}
	return all
}

func (a *account) show(w http.ResponseWriter, r *http.Request) {
	if t := a.ticket(w, r.PathValue("file")); t != nil {
		counts := strings.Contains(r.URL.Query().Get("include"), "comment_count")
		channeltest.JSON(w, http.StatusOK, map[string]any{"ticket": t.shown(counts), "users": a.around([]*kept{t})})
	}
}

// ticket finds the ticket of a path, or answers 404.
func (a *account) ticket(w http.ResponseWriter, id string) *kept {
	n, _ := strconv.ParseInt(strings.TrimSuffix(id, ".json"), 10, 64)
	t := a.tickets[n]
	if t == nil || t.status == statusDeleted {
		channeltest.JSON(w, http.StatusNotFound, map[string]any{"error": "RecordNotFound", "description": "Not found"})
		return nil
	}
	return t
}

// list answers a page of a list.
func list(w http.ResponseWriter, q url.Values, name string, all []map[string]any, more map[string]any) {
	size, err := strconv.Atoi(q.Get("page[size]"))
	from, wrong := strconv.Atoi(cmp.Or(q.Get("page[after]"), "0"))
	if err != nil || wrong != nil || size < 1 || size > 100 {
		channeltest.JSON(w, http.StatusBadRequest, map[string]any{"error": "InvalidPaginationParameter"})
		return
	}
	to := min(from+size, len(all))
	answer := map[string]any{name: all[from:to], "meta": map[string]any{"has_more": to < len(all), "after_cursor": strconv.Itoa(to)}}
	for key, value := range more {
		answer[key] = value
	}
	channeltest.JSON(w, http.StatusOK, answer)
}

func (a *account) listComments(w http.ResponseWriter, r *http.Request) {
	if t := a.ticket(w, r.PathValue("id")); t != nil {
		authors := make([]int64, len(t.comments))
		for i, c := range t.comments {
			authors[i], _ = c["author_id"].(int64)
		}
		list(w, r.URL.Query(), "comments", t.comments, map[string]any{"users": a.named(authors)})
	}
}

func (a *account) listAudits(w http.ResponseWriter, r *http.Request) {
	if t := a.ticket(w, r.PathValue("id")); t != nil {
		list(w, r.URL.Query(), "audits", t.audits, nil)
	}
}

func (a *account) byExternalID(w http.ResponseWriter, r *http.Request) {
	var found []*kept
	for _, t := range a.tickets {
		if t.external != "" && t.external == r.URL.Query().Get("external_id") {
			found = append(found, t)
		}
	}
	channeltest.JSON(w, http.StatusOK, map[string]any{"tickets": a.showAll(found, false)})
}

// change is what may be asked of a ticket.
type change struct {
	Ticket struct {
		Comment struct {
			HTML   string `json:"html_body"`
			Public bool   `json:"public"`
		} `json:"comment"`
		Metadata  map[string]string `json:"metadata"`
		Source    int64             `json:"via_followup_source_id"`
		Requester int64             `json:"requester_id"`
		External  string            `json:"external_id"`
	} `json:"ticket"`
}

func (a *account) asked(w http.ResponseWriter, r *http.Request) (change, bool) {
	var c change
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil || c.Ticket.Comment.HTML == "" || r.Header.Get("Content-Type") != "application/json" {
		channeltest.JSON(w, http.StatusBadRequest, map[string]any{"error": "InvalidParameter", "description": fmt.Sprint(err)})
		return c, false
	}
	return c, true
}

func (a *account) update(w http.ResponseWriter, r *http.Request) {
	t := a.ticket(w, r.PathValue("file"))
	if t == nil {
		return
	}
	c, ok := a.asked(w, r)
	if !ok {
		return
	}
	if t.status == statusClosed {
		channeltest.JSON(w, http.StatusUnprocessableEntity, map[string]any{"error": "RecordInvalid", "description": "Record validation errors", "details": map[string]any{"status": []any{map[string]any{"description": "Status: closed prevents ticket update"}}}})
		return
	}
	made := a.write(t, adminID, c.Ticket.Comment.HTML, c.Ticket.Comment.Public, c.Ticket.Metadata)
	channeltest.JSON(w, http.StatusOK, map[string]any{"ticket": t.shown(false), "audit": made})
}

func (a *account) create(w http.ResponseWriter, r *http.Request) {
	c, ok := a.asked(w, r)
	if !ok {
		return
	}
	key := r.Header.Get("Idempotency-Key")
	for _, t := range a.tickets {
		if key != "" && t.external == key {
			channeltest.JSON(w, http.StatusCreated, map[string]any{"ticket": t.shown(false)})
			return
		}
	}
	source := a.tickets[c.Ticket.Source]
	if source == nil || source.status != statusClosed || a.users[c.Ticket.Requester] == nil {
		channeltest.JSON(w, http.StatusUnprocessableEntity, map[string]any{"error": "RecordInvalid"})
		return
	}
	t := a.open(c.Ticket.Requester, adminID, c.Ticket.Comment.HTML)
	t.source, t.external = source.id, c.Ticket.External
	channeltest.JSON(w, http.StatusCreated, map[string]any{"ticket": t.shown(false)})
}

func (a *account) me(w http.ResponseWriter, _ *http.Request) {
	channeltest.JSON(w, http.StatusOK, map[string]any{"user": map[string]any{"id": adminID, "email": adminMail, "role": a.role}})
}

// arrived counts the answers with a key, in tickets and as follow-ups.
func (a *account) arrived(key string) (n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range a.tickets {
		if t.external == key {
			n++
		}
		for _, made := range t.audits {
			custom, _ := made["metadata"].(map[string]any)["custom"].(map[string]string)
			if custom[mark] == key {
				n++
			}
		}
	}
	return n
}

func (a *account) settings(tb testing.TB) map[string]any {
	tb.Helper()
	require.NotEmpty(tb, a.URL)
	return map[string]any{
		"subdomain": "acme", "url": a.URL, "email": adminMail, "api_token": apiToken, "webhook_secret": hookSecret, "allow_private": true,
	}
}
