package e2e

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store/storetest"
)

// TestAMailBecomesAnIncidentPagesAndIsAnswered is the whole loop with a real mail
// server, on both databases.
func TestAMailBecomesAnIncidentPagesAndIsAnswered(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newCompany(t, url)
		c.breakDown()
		c.until(20*time.Second, "the bells are heard", func() bool {
			return len(c.pager.bells("whisper")) == 1 && len(c.pager.bells("ring")) == 1 && len(c.relay.to(onCall)) == 1
		})
		ring := c.pager.bells("ring")[0]
		require.GreaterOrEqual(t, ring.Incident.People, 5)
		require.NotEmpty(t, ring.Summary)
		require.NotEmpty(t, ring.Quotes)

		i := c.theIncident()
		require.Equal(t, tocsin.KindIncident, i.Kind)
		require.Equal(t, "editing", i.Area)
		found := c.complete(i.ID)
		t.Logf("triage was sure of %d of 40 by itself", found)
		require.GreaterOrEqual(t, found, 32, "at least four of five are found without help")

		c.approveAware(i.ID)
		c.until(30*time.Second, "everybody is told", func() bool { return c.ledger(i.ID)[tocsin.DeliverySent] == 40 })
		c.everyVictimWasToldOnce()

		c.autoReply(10)
		c.until(20*time.Second, "the automatic answers are rejected by name", func() bool {
			return c.rejected("auto-reply") == 10
		})
		require.Len(t, c.relay.to(onCall), 1)
		require.Len(t, c.pager.bells("whisper"), 1)
		require.Len(t, c.pager.bells("ring"), 1, "it grew and was confirmed, and rang once all the same")
		require.Equal(t, 448, c.count("/api/v1/reports"), "no machine became a reporter")
		c.everyVictimWasToldOnce()
		c.stop()
	})
}

// TestNobodyIsToldTwiceOrForgottenByAServerThatIsKilled kills the server ten times
// at random moments of a broadcast.
func TestNobodyIsToldTwiceOrForgottenByAServerThatIsKilled(t *testing.T) {
	t.Parallel()
	c := newCompany(t, storetest.SQLite(t))
	c.breakDown()
	i := c.theIncident()
	c.complete(i.ID)
	c.relay.dawdle(150 * time.Millisecond)
	c.approveAware(i.ID)
	c.until(10*time.Second, "the broadcast begins", func() bool { return len(c.relay.toCustomers()) > 0 })
	for range 10 {
		<-time.After(rand.N(300 * time.Millisecond))
		c.kill()
		c.start()
	}
	c.relay.dawdle(0)
	c.until(90*time.Second, "everybody is told", func() bool { return c.ledger(i.ID)[tocsin.DeliverySent] == 40 })
	c.everyVictimWasToldOnce()
	require.Len(t, c.pager.bells("whisper"), 1)
	require.Len(t, c.pager.bells("ring"), 1)
}

// toCustomers gives what went to customers.
func (r *relay) toCustomers() []letter {
	var got []letter
	for _, l := range r.sent() {
		if !strings.EqualFold(l.To[0], onCall) {
			got = append(got, l)
		}
	}
	return got
}

// everyVictimWasToldOnce compares what left the relay with who wrote: one letter
// each, in their own thread, and none to anybody else.
func (c *company) everyVictimWasToldOnce() {
	c.t.Helper()
	got := c.relay.toCustomers()
	seen := map[string]bool{}
	for _, l := range got {
		id := l.Mail.Header.Get("Message-Id")
		require.False(c.t, seen[id], "two letters with the Message-ID %s", id)
		seen[id] = true
		require.Equal(c.t, "auto-replied", l.Mail.Header.Get("Auto-Submitted"))
	}
	for _, p := range c.outage {
		told := c.relay.to(p.From)
		require.Len(c.t, told, 1, "%s wrote, and must be told once", p.From)
		require.Equal(c.t, "<"+p.ID+">", told[0].Mail.Header.Get("In-Reply-To"), "in their own thread")
		require.Contains(c.t, told[0].Mail.Header.Get("References"), p.ID)
	}
	require.Len(c.t, got, len(c.outage), "nobody else hears anything")
}

// autoReply lets n of those who were told be out of office; half of their servers
// send from nobody, as they should.
func (c *company) autoReply(n int) {
	c.t.Helper()
	for i, p := range c.outage[:n] {
		ours := c.relay.to(p.From)[0].Mail.Header.Get("Message-Id")
		c.box.Deliver(c.t, []string{"", p.From}[i%2], support, strings.Join([]string{
			"From: " + p.From, "To: " + support, "Message-ID: <away-" + p.ID + ">", "In-Reply-To: " + ours,
			"Subject: Out of office", "Auto-Submitted: auto-replied", "Date: " + time.Now().Format(time.RFC1123Z), "",
			[]string{"I am away until Monday.", "I can't save the world today, back next week."}[i%2], "",
		}, "\r\n"))
	}
}

// rejected counts what came in and was rejected for a reason.
func (c *company) rejected(reason string) int {
	c.t.Helper()
	var page struct {
		Items []tocsin.Rejection `json:"items"`
	}
	c.ask("/api/v1/rejections?limit=200", &page)
	n := 0
	for _, r := range page.Items {
		if r.Reason == reason {
			n++
		}
	}
	return n
}
