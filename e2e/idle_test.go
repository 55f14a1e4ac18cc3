package e2e

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/email/dovecottest"
	"github.com/tocsin/tocsin/store/storetest"
)

// slow keeps what takes minutes out of make test.
func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("TOCSIN_SLOW") == "" {
		t.Skip("set TOCSIN_SLOW=1; it takes long")
	}
}

// clockTicks is how many ticks of /proc/PID/stat make a second on Linux.
const clockTicks = 100

// cpu tells how much time of a processor the server has used.
func (p *program) cpu() time.Duration {
	p.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	require.NoError(p.t, err)
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	used := 0
	for _, field := range fields[11:13] { // utime and stime: proc_pid_stat(5)
		n, err := strconv.Atoi(field)
		require.NoError(p.t, err)
		used += n
	}
	return time.Duration(used) * time.Second / clockTicks
}

// TestFiftyChannelsThatAreIdleCostNextToNothing lets fifty mailboxes on a real
// server be followed, with nothing new for a minute. Each has a connection of its
// own, a lease that is renewed, and a watch for silence. What the server costs
// without any channel is taken off.
func TestFiftyChannelsThatAreIdleCostNextToNothing(t *testing.T) {
	slow(t)
	box := dovecottest.Start(t, dovecottest.Options{})
	alone, followed := idle(t, box, 0), idle(t, box, 50)
	t.Logf("a server without channels uses %.2f %% of a core, fifty idle channels %.2f %% more", alone*100, (followed-alone)*100)
	require.LessOrEqual(t, followed-alone, .02)
}

// idle gives the share of a core that a server uses which follows so many mailboxes.
func idle(t *testing.T, box *dovecottest.Server, channels int) float64 {
	t.Helper()
	config := &strings.Builder{}
	fmt.Fprintf(config, "server: {listen: \"{listen}\", base_url: \"{url}\"}\ndatabase: {url: %q}\nchannels:\n", storetest.SQLite(t))
	for n := range channels {
		address := fmt.Sprintf("box%d@harbour.example", n)
		box.SetPassword(t, address, password)
		fmt.Fprintf(config, "  - {name: box%d, type: email, address: %s, imap: %q, imap_tls: none, password: %q}\n", n, address, box.IMAP, password)
	}
	p := newProgram(t, config.String())
	p.start()
	p.until(60*time.Second, "all are followed", func() bool {
		_, body := p.get("/metrics")
		return strings.Count(string(body), "tocsin_ingest_last_pull_timestamp_seconds{") == channels
	})
	<-time.After(5 * time.Second) // what starting costs is not meant
	const span = time.Minute
	before := p.cpu()
	<-time.After(span)
	share := float64(p.cpu()-before) / float64(span)
	p.stop()
	return share
}

// TestAMailIsStoredWithinASecond measures from the hand-over to the mail server to
// the answer of our API: the mail server's own delay is in it.
func TestAMailIsStoredWithinASecond(t *testing.T) {
	slow(t)
	c := found(t, storetest.SQLite(t))
	c.start()
	c.until(20*time.Second, "the mailbox is followed", c.lookedAt)
	var took []time.Duration
	for n, p := range mails(t, "quick", ordinaryLines, 100, time.Now(), time.Hour) {
		began := time.Now()
		c.box.Deliver(t, p.From, support, string(p.bytes()))
		for c.stored() <= n {
			require.Less(t, time.Since(began), 20*time.Second)
			<-time.After(5 * time.Millisecond)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	t.Logf("from the mail server to the store: p50 %s, p99 %s", took[50], took[98])
	require.LessOrEqual(t, took[98], time.Second)
	c.stop()
}

// stored counts the new reports since the start.
func (c *company) stored() int {
	c.t.Helper()
	_, body := c.get("/metrics")
	for line := range strings.SplitSeq(string(body), "\n") {
		if value, ok := strings.CutPrefix(line, `tocsin_ingest_reports_total{channel="support-mail"} `); ok {
			n, err := strconv.Atoi(value)
			require.NoError(c.t, err)
			return n
		}
	}
	return 0
}
