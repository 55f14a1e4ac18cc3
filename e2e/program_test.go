package e2e

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// binary is the program, built once for all tests of this package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tocsin-e2e-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tocsin")
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", path, "../cmd/tocsin").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return path, nil
})

// program is a server as an operator runs it: a process of its own.
type program struct {
	t      *testing.T
	path   string
	config string
	URL    string
	admin  string // the token that it printed at its first start

	cmd *exec.Cmd
	log *lockedBuffer
}

var adminToken = regexp.MustCompile(`tocsin_[A-Za-z0-9_-]{20,}`)

// newProgram writes the configuration and does not start it yet. The words
// {listen} and {url} in it are filled in.
func newProgram(t *testing.T, config string) *program {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	address := freeAddress(t)
	url := "http://" + address
	file := filepath.Join(t.TempDir(), "tocsin.yml")
	config = strings.NewReplacer("{listen}", address, "{url}", url).Replace(config)
	require.NoError(t, os.WriteFile(file, []byte(config), 0o600))
	return &program{t: t, path: path, config: file, URL: url, log: &lockedBuffer{}}
}

// start runs the server and waits until it is ready.
func (p *program) start() {
	p.t.Helper()
	p.cmd = exec.CommandContext(context.WithoutCancel(p.t.Context()), p.path, "serve", "--config", p.config)
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	require.NoError(p.t, p.cmd.Start())
	cmd := p.cmd
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }() // a killed process ends with an error
	p.t.Cleanup(func() { _ = cmd.Process.Kill(); <-done })
	p.until(20*time.Second, "the server is ready", func() bool {
		select {
		case <-done:
			p.t.Fatalf("the server ended:\n%s", p.log)
		default:
		}
		code, _ := p.get("/readyz")
		return code == http.StatusOK
	})
	if p.admin == "" {
		p.until(5*time.Second, "the first start shows a token", func() bool {
			p.admin = adminToken.FindString(p.log.String())
			return p.admin != ""
		})
	}
}

// kill ends the process as a power cut does.
func (p *program) kill() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGKILL))
	_, _ = p.cmd.Process.Wait() // the other waiter may have been first
}

// stop asks the process to end and waits for it.
func (p *program) stop() {
	p.t.Helper()
	require.NoError(p.t, p.cmd.Process.Signal(syscall.SIGTERM))
	p.until(20*time.Second, "the server stops", func() bool {
		return p.cmd.Process.Signal(syscall.Signal(0)) != nil
	})
}

// cli runs a sub-command in a user's name and gives what it printed.
func (p *program) cli(token string, args ...string) string {
	p.t.Helper()
	out, err := p.try(token, args...)
	require.NoError(p.t, err, "tocsin %s\n%s", strings.Join(args, " "), out)
	return out
}

func (p *program) try(token string, args ...string) (string, error) {
	p.t.Helper()
	cmd := exec.CommandContext(p.t.Context(), p.path, args...)
	cmd.Env = append(os.Environ(), "TOCSIN_URL="+p.URL, "TOCSIN_TOKEN="+token)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ask reads a JSON answer of the API as the admin.
func (p *program) ask(path string, into any) {
	p.t.Helper()
	code, body := p.get(path)
	require.Equal(p.t, http.StatusOK, code, "%s: %s", path, body)
	require.NoError(p.t, json.Unmarshal(body, into), "%s: %s", path, body)
}

func (p *program) get(path string) (int, []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.URL+path, http.NoBody)
	require.NoError(p.t, err)
	if p.admin != "" {
		req.Header.Set("Authorization", "Bearer "+p.admin)
	}
	client := http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil // not up yet, or killed
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, nil
	}
	return res.StatusCode, body
}

// until polls for a promise that a real, running server keeps in its own time.
func (p *program) until(limit time.Duration, what string, kept func() bool) {
	p.t.Helper()
	deadline := time.Now().Add(limit)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !kept() {
		if time.Now().After(deadline) {
			p.t.Fatalf("after %s still not true: %s\nthe server's log ends:\n%s", limit, what, tail(p.log.String(), 60))
		}
		<-tick.C
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func tail(text string, lines int) string {
	var kept []string
	scan := bufio.NewScanner(strings.NewReader(text))
	for scan.Scan() {
		kept = append(kept, scan.Text())
	}
	return strings.Join(kept[max(0, len(kept)-lines):], "\n")
}

// lockedBuffer takes what a process prints while the test reads it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
