package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/store/storetest"
)

// TestWhatCameWhileWeWereDownIsReadAndJudgedAsWhatItIs stops the server, lets
// people write, and starts it again: what is long past is history, and what is new
// rings.
func TestWhatCameWhileWeWereDownIsReadAndJudgedAsWhatItIs(t *testing.T) {
	t.Parallel()
	storetest.EachURL(t, func(t *testing.T, url string) {
		c := newCompany(t, url)
		now := time.Now()

		c.stop()
		old := mails(t, "victim", outageLines, 40, now.Add(-9*time.Hour), 30*time.Minute)
		c.remember(old)
		c.start()
		c.until(30*time.Second, "the mails of the night are read", func() bool { return c.count("/api/v1/reports") == 440 && c.judged() })
		require.Empty(t, c.pager.bells("ring"), "what was nine hours ago wakes nobody now")
		require.Empty(t, c.pager.bells("whisper"))

		c.stop()
		c.remember(again(mails(t, "victim", outageLines, 40, now, 30*time.Minute)))
		c.start()
		c.until(30*time.Second, "the outage that began while we were down rings", func() bool {
			return c.count("/api/v1/reports") == 480 && c.judged() && len(c.pager.bells("ring")) == 1
		})
		for range 2 { // nothing is read twice, however often we come back
			c.stop()
			c.start()
		}
		c.until(20*time.Second, "the mailbox was looked at again", func() bool { return c.lookedAt() })
		require.Equal(t, 480, c.count("/api/v1/reports"))
		require.Len(t, c.pager.bells("ring"), 1)
		c.stop()
	})
}

// again makes other people of those who wrote.
func again(posts []post) []post {
	for n := range posts {
		posts[n].From, posts[n].ID = fmt.Sprintf("again%03d@customers.example", n), fmt.Sprintf("again-%03d@customers.example", n)
	}
	return posts
}

// lookedAt tells whether the mailbox answered since the last start.
func (c *company) lookedAt() bool {
	var page struct {
		Items []struct {
			Name   string `json:"name"`
			Health struct {
				LastPull time.Time `json:"last_pull"`
			} `json:"health"`
		} `json:"items"`
	}
	c.ask("/api/v1/channels", &page)
	return len(page.Items) > 1 && !page.Items[1].Health.LastPull.IsZero()
}
