package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store/storetest"
)

// forum is a community's own forum: it tells Tocsin what people write, change and
// delete there, and takes answers into their threads.
type forum struct {
	t      *testing.T
	secret string
	keys   *standardwebhooks.Webhook
	url    string // where answers go

	mu      sync.Mutex
	calls   int
	answers map[string][]string // texts by thread
}

func newForum(t *testing.T) *forum {
	t.Helper()
	f := &forum{t: t, secret: "whsec_YSBmb3J1bSdzIGtleSBvZiB0aGlydHktdHdvIGJ5dGVz", answers: map[string][]string{}}
	var err error
	f.keys, err = standardwebhooks.NewWebhook(f.secret)
	require.NoError(t, err)
	seen := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var said struct {
			Data struct {
				Text   string `json:"text"`
				Report struct {
					Thread string `json:"thread"`
				} `json:"report"`
			} `json:"data"`
		}
		body, err := io.ReadAll(r.Body)
		if err != nil || f.keys.Verify(body, r.Header) != nil || json.Unmarshal(body, &said) != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		if id := r.Header.Get("webhook-id"); !seen[id] {
			seen[id] = true
			f.answers[said.Data.Report.Thread] = append(f.answers[said.Data.Report.Thread], said.Data.Text)
		}
	}))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

// tell sends something to Tocsin, signed.
func (f *forum) tell(p *program, what any) {
	f.t.Helper()
	body, err := json.Marshal(what)
	require.NoError(f.t, err)
	f.calls++
	id, now := fmt.Sprintf("msg-%d", f.calls), time.Now()
	signature, err := f.keys.Sign(id, now, body)
	require.NoError(f.t, err)
	req, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, p.URL+"/api/v1/intake/forum", bytes.NewReader(body))
	require.NoError(f.t, err)
	req.Header.Set("webhook-id", id)
	req.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	req.Header.Set("webhook-signature", signature)
	res, err := http.DefaultClient.Do(req)
	require.NoError(f.t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	require.NoError(f.t, err)
	require.Equal(f.t, http.StatusAccepted, res.StatusCode, "%s", answer)
}

// written is a mail of the made-up people as a post in the forum.
func written(p post) map[string]any {
	return map[string]any{"id": p.ID, "author": p.From, "thread": "t-" + p.ID, "at": p.At.UTC().Format(time.RFC3339), "text": p.Subject + ". " + p.Body}
}

const forumConfig = `
server: {listen: "{listen}", base_url: "{url}"}
database: {url: "%s"}
broadcast: {hold: 1s}
channels:
  - {name: forum, type: webhook, secrets: [%s], reply_url: "%s", allow_private: true, idempotent: true}
  - {name: chat, type: webhook, secrets: [%s], page_url: "%s", allow_private: true}
policies:
  - {name: default, whisper: [{channel: chat}], steps: [{targets: [{channel: chat}], wait: 1h}]}
`

// TestWhatWritersChangeAndDeleteIsFollowedToTheLedger: of forty who wrote one
// deletes the post; another, who wrote of something else, changes it into the
// problem; a third changes a word. Then a broadcast goes out.
func TestWhatWritersChangeAndDeleteIsFollowedToTheLedger(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		f, chat := newForum(t), newPager(t)
		c := &company{t: t, pager: chat, program: newProgram(t, fmt.Sprintf(forumConfig, url, f.secret, f.url, chat.Secret, chat.URL))}
		c.start()
		c.importPast(t)
		for name, token := range map[string]*string{"mara": &c.mara, "jonas": &c.jonas} {
			var made struct {
				Secret string `json:"secret"`
			}
			c.decode(c.cli(c.admin, "tokens", "create", name, "--role", "responder", "--json"), &made)
			*token = made.Secret
		}
		now := time.Now()
		victims := mails(t, "victim", outageLines, 40, now, 30*time.Minute)
		others := mails(t, "later", ordinaryLines, 3, now, 30*time.Minute)
		for _, p := range append(others, victims...) {
			f.tell(c.program, written(p))
		}
		c.until(30*time.Second, "the bells are heard", func() bool { return len(chat.bells("ring")) == 1 && c.judged() })
		incident := c.theIncident().ID
		members := c.members(incident)
		gone, mended := sureOf(t, victims, members, 0), sureOf(t, victims, members, 1)
		require.NotContains(t, members, others[0].From)

		// What its writers do to it.
		changed, joined := written(mended), written(others[0])
		changed["text"] = changed["text"].(string) + " EDIT: in Firefox too."
		joined["text"] = written(victims[3])["text"]
		f.tell(c.program, map[string]any{"edits": []any{changed, joined}, "deleted": []string{gone.ID}})
		c.until(20*time.Second, "the edited post is judged by its new words", func() bool {
			return c.judged() && c.members(incident)[others[0].From].Sure
		})
		members = c.members(incident)
		require.Contains(t, members[mended.From].Report.Text, "in Firefox too")
		require.False(t, members[gone.From].Report.DeletedAt.IsZero())
		require.Empty(t, members[gone.From].Report.Text)
		secret := gone.Body[:min(len(gone.Body), 30)]
		require.NotContains(t, c.cli(c.mara, "incidents", "show", fmt.Sprint(incident), "--all"), secret, "a deleted post is quoted nowhere")
		require.Contains(t, c.cli(c.mara, "reports", "show", fmt.Sprint(members[gone.From].Report.ID)), "deleted by its writer")
		require.NotContains(t, c.cli(c.mara, "reports", "--channel", "forum"), secret)

		c.approveAware(incident)
		sure := 0
		for _, m := range members {
			if m.Sure {
				sure++
			}
		}
		c.until(30*time.Second, "everybody who can be told is", func() bool { return c.ledger(incident)[tocsin.DeliverySent] == sure-1 })
		require.Equal(t, map[tocsin.DeliveryState]int{tocsin.DeliverySent: sure - 1, tocsin.DeliveryHeld: 1}, c.ledger(incident))
		lines := c.lines(incident)
		require.Equal(t, tocsin.DeliveryHeld, lines[gone.From].State)
		require.Equal(t, "deleted by its writer: there is no thread to answer in", lines[gone.From].Reason)
		require.Equal(t, tocsin.DeliverySent, lines[mended.From].State)
		require.Equal(t, tocsin.DeliverySent, lines[others[0].From].State)
		f.mu.Lock()
		defer f.mu.Unlock()
		require.Len(t, f.answers, sure-1)
		require.Empty(t, f.answers["t-"+gone.ID], "nobody speaks into a thread that is gone")
		for thread, texts := range f.answers {
			require.Len(t, texts, 1, thread)
		}
		c.stop()
	})
}

// importPast brings 400 ordinary posts in from a file, and starts the server anew
// so that triage learns from them.
func (c *company) importPast(t *testing.T) {
	t.Helper()
	var file strings.Builder
	for _, p := range mails(t, "ordinary", ordinaryLines, 400, time.Now().Add(-time.Hour), 6*24*time.Hour) {
		line, err := json.Marshal(written(p))
		require.NoError(t, err)
		file.Write(append(line, '\n'))
	}
	path := filepath.Join(t.TempDir(), "past.jsonl")
	require.NoError(t, os.WriteFile(path, []byte(file.String()), 0o600))
	require.Contains(t, c.cli(c.admin, "import", path, "--channel", "forum"), "400 read, 400 new.")
	require.True(t, c.judged(), "a backlog waits for no judgement")
	require.Empty(t, c.pager.bells("whisper"))
	c.stop()
	c.start()
}

// sureOf gives the n-th of those who wrote whom triage is sure of.
func sureOf(t *testing.T, of []post, members map[string]tocsin.Member, n int) post {
	t.Helper()
	for _, p := range of {
		if !members[p.From].Sure {
			continue
		}
		if n--; n < 0 {
			return p
		}
	}
	t.Fatal("triage is sure of too few")
	return post{}
}

// lines gives the ledger of an incident by the address of whom each is for.
func (c *company) lines(incident int64) map[string]tocsin.Delivery {
	c.t.Helper()
	var page struct {
		Items []tocsin.Delivery `json:"items"`
	}
	c.ask(fmt.Sprintf("/api/v1/deliveries?incident=%d&limit=200", incident), &page)
	all := map[string]tocsin.Delivery{}
	for _, d := range page.Items {
		all[strings.TrimPrefix(d.Reporter.ID, "mailto:")] = d
	}
	return all
}
