package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// outbox is written by one goroutine and read by another.
type outbox struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *outbox) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *outbox) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// configure writes a configuration on a database of its own.
func configure(t *testing.T, listen, more string) (path string) {
	t.Helper()
	folder := t.TempDir()
	path = filepath.Join(folder, "tocsin.yml")
	text := "server: {listen: \"" + listen + "\", base_url: http://127.0.0.1}\ndatabase: {url: " + filepath.Join(folder, "tocsin.db") + "}\n" + more
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// busy gives an address at which somebody listens.
func busy(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l.Addr().String()
}

// serveOnce runs the server until it has said something, and gives what it said.
func serveOnce(t *testing.T, path, until string) string {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var said outbox
	ended := make(chan int, 1)
	go func() { ended <- run(ctx, []string{"serve", "--config", path}, nil, &said, &said) }()
	require.Eventually(t, func() bool { return strings.Contains(said.String(), until) }, 20*time.Second, 10*time.Millisecond)
	stop()
	require.Equal(t, 0, <-ended, said.String())
	return said.String()
}

var secret = regexp.MustCompile(`tocsin_[A-Za-z0-9_-]{43}`)

func TestABusyAddressDoesNotBurnTheFirstToken(t *testing.T) {
	t.Parallel()
	taken := busy(t)
	path := configure(t, taken, "")
	var said bytes.Buffer
	require.Equal(t, 1, run(t.Context(), []string{"serve", "--config", path}, nil, &said, &said))
	require.Contains(t, said.String(), "Another program listens at "+taken+". Stop it, or set server.listen")
	require.Empty(t, secret.FindString(said.String()))

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(text, []byte(taken), []byte("127.0.0.1:0")), 0o600))
	require.NotEmpty(t, secret.FindString(serveOnce(t, path, "msg=ready")))
}

func TestAServerSaysThatItStopsAndThatItHasStopped(t *testing.T) {
	t.Parallel()
	said := serveOnce(t, configure(t, "127.0.0.1:0", ""), "msg=ready")
	require.Regexp(t, `(?s)msg=ready.*msg="stopping.*msg=stopped`, said)
}

func TestALostAdminTokenIsReset(t *testing.T) {
	t.Parallel()
	path := configure(t, "127.0.0.1:0", "")
	first := secret.FindString(serveOnce(t, path, "msg=ready"))
	var said bytes.Buffer
	require.Equal(t, 0, run(t.Context(), []string{"tokens", "reset", "--config", path}, nil, &said, &said), said.String())
	second := secret.FindString(said.String())
	require.NotEmpty(t, second)
	require.NotEqual(t, first, second)

	o, err := readOrders(path, io.Discard)
	require.NoError(t, err)
	h, err := build(t.Context(), o)
	require.NoError(t, err)
	defer h.close()
	said.Reset()
	require.Equal(t, 1, run(t.Context(), []string{"tokens", "reset", "--config", path}, nil, &said, &said), "the server holds the database")
	require.Contains(t, said.String(), "Stop it first")
}

func TestASeedThatPeopleHaveEditedIsNamedAtTheStart(t *testing.T) {
	t.Parallel()
	path := configure(t, "127.0.0.1:0", "areas: [{name: sign-in, title: Signing in}, {name: billing}]\n")
	require.NotContains(t, serveOnce(t, path, "msg=ready"), "store's own version")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, bytes.ReplaceAll(text, []byte("Signing in"), []byte("Logging in")), 0o600))
	said := serveOnce(t, path, "msg=ready")
	require.Contains(t, said, `the store's own version is used" of="[area sign-in]"`)
}

func TestADemoThatCannotListenSaysSoBeforeItBegins(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{
		busy(t): "set --listen to another address", "nonsense": `Nobody can listen at "nonsense". Set --listen to host:port`,
	} {
		var said, errs bytes.Buffer
		require.Equal(t, 1, run(t.Context(), []string{"demo", "--listen", listen}, nil, &said, &errs))
		require.Empty(t, said.String(), "no banner")
		require.Contains(t, errs.String(), want)
	}
}

// TestTheDemoSaysWhatToDoOnceTheBellHasToldAll looks that no event cuts the block.
func TestTheDemoSaysWhatToDoOnceTheBellHasToldAll(t *testing.T) {
	t.Parallel()
	v := settle(t, func(o orders) orders { return o })
	v.outage()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var said outbox
	ended := make(chan error, 1)
	go func() { ended <- v.house.narrate(ctx, &said, "/demo/env") }()
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "Ctrl-C") }, 20*time.Second, 10*time.Millisecond)
	stop()
	require.NoError(t, <-ended)
	events, next, _ := strings.Cut(said.String(), "\nMara of support")
	require.Contains(t, events, "page")
	for _, step := range []string{"source /demo/env", "update preview 1", "phase 1 resolved", "update approve 2", "close 1"} {
		require.Contains(t, next, step)
	}
	require.Regexp(t, `goes with it\.\n\n$`, next)
}
