package e2e

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/email/dovecottest"
)

const (
	support  = "support@harbour.example"
	onCall   = "oncall@harbour.example"
	password = "a test's password"
)

// company is Harbour: its mail server, its relay, its pager, and Tocsin among them.
type company struct {
	*program
	t      *testing.T
	box    *dovecottest.Server
	relay  *relay
	pager  *pager
	mara   string // token of who drafts
	jonas  string // token of who approves
	outage []post
}

const companyConfig = `
server: {listen: "{listen}", base_url: "{url}"}
database: {url: "%s"}
ingest: {every: 1s}
broadcast: {hold: 1s}
channels:
  - name: support-mail
    type: email
    address: ` + support + `
    imap: %s
    imap_tls: none
    smtp: %s
    smtp_tls: none
    smtp_login: false
    password: ` + password + `
    find_after: 2s
  - name: chat
    type: webhook
    secrets: [%s]
    page_url: %s
    allow_private: true
policies:
  - name: default
    whisper: [{channel: chat}]
    steps:
      - name: primary
        targets: [{channel: chat}, {channel: support-mail, to: ` + onCall + `}]
        wait: 1h
areas:
  - name: editing
    phrases: [save, saving, editor]
    team: editor
    component: Editor
    checklist: [Save a change and reload]
    runbook: https://wiki.harbour.example/saving
`

// found founds the company on a database. Its server is not started yet.
func found(t *testing.T, database string) *company {
	t.Helper()
	c := &company{t: t, box: dovecottest.Start(t, dovecottest.Options{}), pager: newPager(t)}
	c.box.SetPassword(t, support, password)
	c.relay = newRelay(t, support, func(to string, data []byte) error {
		c.box.Deliver(t, "", to, string(data))
		return nil
	})
	c.program = newProgram(t, fmt.Sprintf(companyConfig, database, c.box.IMAP, c.relay.Addr, c.pager.Secret, c.pager.URL))
	return c
}

// newCompany opens the company with a past of 400 ordinary mails, and waits until
// Tocsin has read them all.
func newCompany(t *testing.T, database string) *company {
	t.Helper()
	c := found(t, database)
	now := time.Now()
	c.remember(mails(t, "ordinary", ordinaryLines, 400, now.Add(-time.Hour), 6*24*time.Hour))
	c.start()
	c.until(60*time.Second, "the past is read and judged", func() bool {
		return c.count("/api/v1/reports") == 400 && c.judged()
	})
	require.Empty(t, c.pager.bells("ring"), "an ordinary week rings nobody")
	require.Empty(t, c.pager.bells("whisper"), "an ordinary week is not worth a whisper")
	for name, token := range map[string]*string{"mara": &c.mara, "jonas": &c.jonas} {
		var made struct {
			Secret string `json:"secret"`
		}
		c.decode(c.cli(c.admin, "tokens", "create", name, "--role", "responder", "--json"), &made)
		*token = made.Secret
	}
	return c
}

// remember puts mails into the mailbox as if they had come when they were written.
func (c *company) remember(posts []post) {
	c.t.Helper()
	client := c.box.Client(c.t, support)
	for _, p := range posts {
		data := p.bytes()
		cmd := client.Append("INBOX", int64(len(data)), &imap.AppendOptions{Time: p.At})
		_, err := cmd.Write(data)
		require.NoError(c.t, err)
		require.NoError(c.t, cmd.Close())
		_, err = cmd.Wait()
		require.NoError(c.t, err)
	}
}

// breakDown lets 40 people write about one new problem, among ordinary mails.
func (c *company) breakDown() {
	c.t.Helper()
	now := time.Now()
	c.outage = mails(c.t, "victim", outageLines, 40, now, 30*time.Minute)
	other := mails(c.t, "later", ordinaryLines, 8, now, 30*time.Minute)
	for i, p := range c.outage {
		c.box.Deliver(c.t, p.From, support, string(p.bytes()))
		if i%5 == 0 {
			c.box.Deliver(c.t, other[i/5].From, support, string(other[i/5].bytes()))
		}
	}
	c.until(60*time.Second, "all of it is read and judged", func() bool {
		return c.count("/api/v1/reports") == 448 && c.judged()
	})
}

// judged tells whether triage has nothing left to do.
func (c *company) judged() bool {
	_, body := c.get("/metrics")
	return strings.Contains(string(body), "tocsin_triage_inbox_reports 0\n")
}

// count counts the items of a list, page by page.
func (c *company) count(path string) int {
	n, cursor := 0, ""
	for {
		var page struct {
			Items []json.RawMessage `json:"items"`
			Next  string            `json:"next"`
		}
		c.ask(path+"?limit=200&cursor="+url.QueryEscape(cursor), &page)
		n += len(page.Items)
		if cursor = page.Next; cursor == "" {
			return n
		}
	}
}

func (c *company) decode(text string, into any) {
	c.t.Helper()
	require.NoError(c.t, json.Unmarshal([]byte(text), into), text)
}

// members gives the reports of an incident by the address of who wrote them.
func (c *company) members(incident int64) map[string]tocsin.Member {
	c.t.Helper()
	all := map[string]tocsin.Member{}
	cursor := ""
	for {
		var page struct {
			Items []tocsin.Member `json:"items"`
			Next  string          `json:"next"`
		}
		c.ask(fmt.Sprintf("/api/v1/incidents/%d/reports?limit=200&cursor=%s", incident, url.QueryEscape(cursor)), &page)
		for _, m := range page.Items {
			all[strings.TrimPrefix(m.Report.Reporter.ID, "mailto:")] = m
		}
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// ledger counts the deliveries of an incident by state.
func (c *company) ledger(incident int64) map[tocsin.DeliveryState]int {
	c.t.Helper()
	count := map[tocsin.DeliveryState]int{}
	var page struct {
		Items []tocsin.Delivery `json:"items"`
	}
	c.ask(fmt.Sprintf("/api/v1/deliveries?incident=%d&limit=200", incident), &page)
	for _, d := range page.Items {
		count[d.State]++
	}
	return count
}

// theIncident gives the one incident that there must be.
func (c *company) theIncident() tocsin.Incident {
	c.t.Helper()
	var page struct {
		Items []tocsin.Incident `json:"items"`
	}
	c.ask("/api/v1/incidents", &page)
	require.Len(c.t, page.Items, 1)
	return page.Items[0]
}

// complete does what support does with the evidence: whoever wrote about the
// outage and was not found, or is doubtful, is attached by hand. It tells how
// many triage had found surely by itself.
func (c *company) complete(incident int64) (found int) {
	c.t.Helper()
	members := c.members(incident)
	var reports struct {
		Items []tocsin.Report `json:"items"`
	}
	c.ask("/api/v1/reports?limit=100", &reports) // newest first: all of the outage
	for _, r := range reports.Items {
		who := strings.TrimPrefix(r.Reporter.ID, "mailto:")
		switch victim := strings.HasPrefix(who, "victim"); {
		case victim && members[who].Sure:
			found++
		case victim:
			c.cli(c.mara, "attach", strconv.FormatInt(incident, 10), strconv.FormatInt(r.ID, 10))
		default:
			require.False(c.t, members[who].Sure, "%s wrote about something else: %s", who, r.Text)
		}
	}
	return found
}

// approveAware takes the incident from suspicion to an approved word.
func (c *company) approveAware(incident int64) {
	c.t.Helper()
	id := strconv.FormatInt(incident, 10)
	_, err := c.try(c.mara, "update", "draft", id, "--kind", "resolved", "--text", "Fixed.")
	if err == nil {
		_, err = c.try(c.jonas, "update", "approve", "1", "--yes")
		require.Error(c.t, err, "before a verdict no claim may go")
		c.cli(c.mara, "update", "discard", "1")
	}
	c.cli(c.mara, "vet", id, "Save a change and reload", "broken", "--note", "own account, E-507")
	c.cli(c.mara, "verdict", id, "confirmed")
	var draft tocsin.Update
	c.decode(c.cli(c.mara, "update", "draft", id, "--kind", "aware", "--next", "30m", "--json",
		"--text", "Saving projects fails for many of you since about half an hour ago. We see it ourselves and are working on it."), &draft)
	update := strconv.FormatInt(draft.ID, 10)
	out, err := c.try(c.mara, "update", "approve", update, "--yes")
	require.Error(c.t, err, "nobody approves their own word: %s", out)
	c.cli(c.jonas, "update", "approve", update, "--yes")
}
