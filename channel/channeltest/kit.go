package channeltest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

const (
	// patience is how long a call may take that has no reason to wait.
	patience = 20 * time.Second
	// promptly is how long a call may go on after its context ended.
	promptly = 5 * time.Second
	// soon is when a call that hangs is called off.
	soon = 150 * time.Millisecond
	// name is the channel's name in the configuration.
	name = "conformance"
)

// kit is one promise's world: the stand-in, and all that the channel said.
type kit struct {
	testing.TB
	Setup
	Outside
	log journal
}

func newKit(tb testing.TB, s Setup) *kit {
	tb.Helper()
	k := &kit{TB: tb, Setup: s, Outside: s.Start(tb)}
	tb.Cleanup(func() { k.clean(k.log.String(), "the log") })
	return k
}

// open makes the channel anew, as after a restart.
func (k *kit) open() tocsin.Channel {
	k.Helper()
	ch, err := k.make(k.Settings)
	require.NoError(k, err)
	return ch
}

func (k *kit) make(settings map[string]any) (tocsin.Channel, error) {
	now := k.Now
	if now == nil {
		now = time.Now
	}
	return k.Type.New(channel.Env{
		Name:     name,
		Settings: config.NewSettings(settings),
		Log:      slog.New(slog.NewTextHandler(&k.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:      now,
	})
}

// breakdown makes the stand-in fail, or skips the promise where it cannot.
func (k *kit) breakdown(f Fault) {
	k.Helper()
	if k.Break == nil || !k.Break(f) {
		k.Skipf("this system cannot be %s", f)
	}
}

func (k *kit) heal() {
	k.Helper()
	require.True(k, k.Break(Healthy), "a stand-in can always be healed")
}

// fails asks that err is what a call under the fault must give, and that it tells no secret.
func (k *kit) fails(err error, f Fault) {
	k.Helper()
	require.Error(k, err, "a call must fail while the other side is %s", f)
	k.clean(fmt.Sprintf("%v %+v %#v %s", err, err, err, tocsin.MessageOf(err)), "an error")
	want, known := f.retryable()
	if !known {
		return
	}
	retry, after := tocsin.Retry(err)
	require.Equal(k, want, retry, "while the other side is %s, is another try worth it? The error says: %v", f, err)
	if f == Limited {
		require.InDelta(k, RetryAfter.Seconds(), after.Seconds(), 2, "the other side said how long to wait")
	}
}

// clean asks that no planted secret stands in text.
func (k *kit) clean(text, where string) {
	k.Helper()
	for _, secret := range k.Secrets {
		if secret != "" && strings.Contains(text, secret) {
			k.Errorf("a secret stands in %s: %s", where, strings.ReplaceAll(text, secret, "[SECRET]"))
		}
	}
}

// within runs call, and fails when it is not back in time.
func within(k *kit, limit time.Duration, what string, call func()) {
	k.Helper()
	done := make(chan struct{})
	go func() { defer close(done); call() }()
	select {
	case <-done:
	case <-time.After(limit):
		require.FailNow(k, "too slow", "%s was not back within %s", what, limit)
	}
}

// calledOff asks that call comes back promptly and with an error when its context
// ends: before the start, and while the other side hangs.
func (k *kit) calledOff(call func(ctx context.Context) error) {
	k.Helper()
	var err error
	ended, cancel := context.WithCancel(k.Context())
	cancel()
	within(k, promptly, "a call with an ended context", func() { err = call(ended) })
	require.Error(k, err, "the context had ended")

	k.breakdown(Hang)
	ending, cancel := context.WithTimeout(k.Context(), soon)
	defer cancel()
	within(k, promptly, "a call whose context ended under way", func() { err = call(ending) })
	k.fails(err, Hang)
}
