package bluesky

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/store/storetest"
)

// realNetwork is Bluesky's own software on this machine: directory, PDS, index.
type realNetwork struct {
	tb        testing.TB
	PDS       string `json:"pds"`
	Jetstream string `json:"jetstream"`
}

// startNetwork installs the network, once for each lock file, and starts it.
func startNetwork(t *testing.T) *realNetwork {
	t.Helper()
	if os.Getenv("TOCSIN_SLOW") == "" {
		t.Skip("set TOCSIN_SLOW=1; it installs Bluesky's network by npm, which takes minutes")
	}
	for _, program := range []string{"node", "npm", "redis-server"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				require.NoError(t, err)
			}
			t.Skipf("%s is not installed: on Debian, apt-get install nodejs npm redis-server", program)
		}
	}
	node := exec.CommandContext(t.Context(), "node", "net.mjs")
	node.Dir = installNetwork(t)
	node.Env = append(os.Environ(), "DB_POSTGRES_URL="+storetest.Postgres(t))
	var said bytes.Buffer
	node.Stderr = &said
	life, err := node.StdinPipe()
	require.NoError(t, err)
	out, err := node.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, node.Start())
	t.Cleanup(func() {
		_ = life.Close() // it ends when this does
		_ = node.Wait()  // whatever it says to that
	})
	n := &realNetwork{tb: t}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if json.Unmarshal(lines.Bytes(), n) == nil && n.PDS != "" {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return n
		}
	}
	require.FailNow(t, "the network did not start", "%s", said.String())
	return nil
}

func installNetwork(t *testing.T) string {
	t.Helper()
	lock, err := os.ReadFile("testdata/network/package-lock.json")
	require.NoError(t, err)
	sum := sha256.Sum256(lock)
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	folder := filepath.Join(cache, "tocsin-bluesky-network-"+hex.EncodeToString(sum[:6]))
	require.NoError(t, os.MkdirAll(folder, 0o755))
	for _, name := range []string{"package.json", "package-lock.json", "net.mjs"} {
		text, err := os.ReadFile(filepath.Join("testdata/network", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), text, 0o600))
	}
	done := filepath.Join(folder, "installed")
	if _, err := os.Stat(done); err == nil {
		return folder
	}
	npm := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund")
	npm.Dir = folder
	said, err := npm.CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.NoError(t, os.WriteFile(done, nil, 0o600))
	return folder
}

// person is somebody with an account on the network.
type person struct {
	*realNetwork
	DID    string `json:"did"`
	Handle string `json:"handle"`
	Access string `json:"accessJwt"`
}

func (n *realNetwork) join(handle string) *person {
	p := &person{realNetwork: n}
	p.call(http.MethodPost, "com.atproto.server.createAccount", map[string]any{
		"handle": handle, "email": handle + "@example.org", "password": password,
	}, p)
	return p
}

// call makes a call that must go well.
func (p *person) call(method, name string, in map[string]any, out any) {
	p.tb.Helper()
	status, text := p.try(method, name, in)
	require.Equal(p.tb, http.StatusOK, status, "%s: %s", name, text)
	if out != nil {
		require.NoError(p.tb, json.Unmarshal(text, out))
	}
}

// try is plain HTTP, so that what the channel says is held against something else.
func (p *person) try(method, name string, in map[string]any) (int, []byte) {
	p.tb.Helper()
	address, body := p.PDS+"/xrpc/"+name, io.Reader(nil)
	if method == http.MethodGet {
		params := url.Values{}
		for key, value := range in {
			params.Set(key, value.(string))
		}
		address += "?" + params.Encode()
	} else {
		text, err := json.Marshal(in)
		require.NoError(p.tb, err)
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(p.tb.Context(), method, address, body)
	require.NoError(p.tb, err)
	req.Header.Set("Content-Type", "application/json")
	if p.Access != "" {
		req.Header.Set("Authorization", "Bearer "+p.Access)
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(p.tb, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(p.tb, err)
	return resp.StatusCode, text
}

func (p *person) write(r record) (ref strongRef) {
	p.tb.Helper()
	r.Type, r.CreatedAt = collection, time.Now().UTC().Format(time.RFC3339Nano)
	p.call(http.MethodPost, "com.atproto.repo.createRecord", map[string]any{"repo": p.DID, "collection": collection, "record": r}, &ref)
	return ref
}

// revision is the last commit of an account's repository.
func (p *person) revision() string {
	var out struct {
		Rev string `json:"rev"`
	}
	p.call(http.MethodGet, "com.atproto.sync.getLatestCommit", map[string]any{"did": p.DID}, &out)
	return out.Rev
}

// answersTo are the texts below a post, as the index shows them.
func (p *person) answersTo(uri string) []string {
	var out struct {
		Thread struct {
			Replies []struct {
				Post struct {
					Record record `json:"record"`
				} `json:"post"`
			} `json:"replies"`
		} `json:"thread"`
	}
	status, text := p.try(http.MethodGet, "app.bsky.feed.getPostThread", map[string]any{"uri": uri})
	if status != http.StatusOK {
		return nil // the index does not have it yet
	}
	require.NoError(p.tb, json.Unmarshal(text, &out))
	var texts []string
	for _, r := range out.Thread.Replies {
		texts = append(texts, r.Post.Record.Text)
	}
	return texts
}

// TestRealNetwork goes the whole way on Bluesky's own software: a mention becomes a
// report, is answered, and the answer is seen once; a resend adds nothing.
func TestRealNetwork(t *testing.T) {
	t.Parallel()
	n := startNetwork(t)
	help, ana := n.join("nearby.test"), n.join("ana.test")
	open := func(jetstream string) tocsin.Channel {
		ch, err := Type().New(channel.Env{
			Name: "sky", Log: slog.New(slog.DiscardHandler), Now: time.Now,
			Settings: config.NewSettings(map[string]any{
				"service": n.PDS, "identifier": help.Handle, "password": password, "jetstream": jetstream, "allow_private": true,
			}),
		})
		require.NoError(t, err)
		return ch
	}
	ch := open(n.Jetstream)
	require.NoError(t, ch.Checker.Check(t.Context()))

	streamed := make(chan tocsin.Batch, 100)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		_ = ch.Streamer.Stream(ctx, "", func(b tocsin.Batch) error { streamed <- b; return nil })
	}()
	heard := func(wanted func(tocsin.Batch) bool) tocsin.Batch {
		for patience := time.After(time.Minute); ; {
			select {
			case b := <-streamed:
				if wanted(b) {
					return b
				}
			case <-patience:
				require.FailNow(t, "the stream did not bring it")
			}
		}
	}
	heard(func(b tocsin.Batch) bool { return b.Cursor != "" })

	m := mention("nothing loads any more")
	m.Text = strings.ReplaceAll(m.Text, handleOf, help.Handle)
	m.Facets[0].Index.End = len(help.Handle) + 1
	m.Facets[0].Features[0].DID = help.DID
	post := ana.write(m)

	r := heard(func(b tocsin.Batch) bool { return len(b.Reports) > 0 }).Reports[0]
	require.Equal(t, post.URI, r.ExternalID)
	require.Equal(t, "bsky:"+ana.DID, r.Reporter.ID)
	require.Equal(t, "@ana.test", r.Reporter.Handle)
	require.Equal(t, m.Text, r.Raw)

	// The poll brings the same, and moves on.
	poller, cursor := open(""), ""
	var polled []tocsin.Report
	pull := func() {
		for more := true; more; {
			b, err := poller.Source.Pull(t.Context(), cursor)
			require.NoError(t, err)
			polled, cursor, more = append(polled, b.Reports...), b.Cursor, b.More
		}
	}
	require.Eventually(t, func() bool { pull(); return len(polled) > 0 }, time.Minute, 200*time.Millisecond)
	require.Equal(t, r.ExternalID, polled[0].ExternalID)
	require.JSONEq(t, string(r.Route), string(polled[0].Route), "stream and poll know the same versions")
	pull()
	require.Len(t, polled, 1)

	answer := tocsin.Message{Key: "u1-d1", Text: "We know, and work on it: https://status.example.org/1 @ana.test", Lang: "en", Report: r}
	found, _, err := ch.Finder.Find(t.Context(), answer)
	require.NoError(t, err)
	require.Equal(t, tocsin.FoundAbsent, found)
	sent, err := ch.Replier.Reply(t.Context(), answer)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(ana.answersTo(post.URI)) == 1 }, time.Minute, 200*time.Millisecond)

	before := help.revision()
	for _, c := range []tocsin.Channel{ch, open(n.Jetstream)} { // and after a restart
		again, err := c.Replier.Reply(t.Context(), answer)
		require.NoError(t, err)
		require.Equal(t, sent, again)
		found, seen, err := c.Finder.Find(t.Context(), answer)
		require.NoError(t, err)
		require.Equal(t, tocsin.FoundPresent, found)
		require.Equal(t, sent, seen)
	}
	require.Equal(t, before, help.revision(), "a resend is no commit")
	require.Equal(t, []string{answer.Text}, ana.answersTo(post.URI), "the answer is seen once")

	// What she says to that is a report in the same thread, and can be answered.
	var record struct {
		CID string `json:"cid"`
	}
	ana.call(http.MethodGet, "com.atproto.repo.getRecord", map[string]any{
		"repo": help.DID, "collection": collection, "rkey": sent.ExternalID[strings.LastIndexByte(sent.ExternalID, '/')+1:],
	}, &record)
	second := ana.write(recordOf("still broken", post, strongRef{sent.ExternalID, record.CID}))
	r = heard(func(b tocsin.Batch) bool { return len(b.Reports) > 0 }).Reports[0]
	require.Equal(t, second.URI, r.ExternalID)
	require.Equal(t, sent.ExternalID, r.ReplyTo)
	require.Equal(t, post.URI, r.Thread)
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Key: "u2-d1", Text: "Now it is fixed.", Report: r})
	require.NoError(t, err)
	require.Eventually(t, func() bool { return len(ana.answersTo(second.URI)) == 1 }, time.Minute, 200*time.Millisecond)

	// Edits and deletions are followed.
	rkey := second.URI[strings.LastIndexByte(second.URI, '/')+1:]
	changed := recordOf("works again", post, strongRef{sent.ExternalID, record.CID})
	changed.Type, changed.CreatedAt = collection, time.Now().UTC().Format(time.RFC3339Nano)
	ana.call(http.MethodPost, "com.atproto.repo.putRecord", map[string]any{"repo": ana.DID, "collection": collection, "rkey": rkey, "record": changed}, nil)
	edit := heard(func(b tocsin.Batch) bool { return len(b.Edits) > 0 }).Edits[0]
	require.Equal(t, second.URI, edit.ExternalID)
	require.Equal(t, "works again", edit.Raw)
	ana.call(http.MethodPost, "com.atproto.repo.deleteRecord", map[string]any{"repo": ana.DID, "collection": collection, "rkey": rkey}, nil)
	require.Equal(t, []string{second.URI}, heard(func(b tocsin.Batch) bool { return len(b.Deleted) > 0 }).Deleted)
}

func recordOf(text string, root, parent strongRef) record {
	return record{Text: text, Reply: &replyRefs{Root: root, Parent: parent}}
}
