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
	Setup
	Outside
	log journal
}

func newKit(tb testing.TB, s Setup) *kit {
	tb.Helper()
	k := &kit{Setup: s, Outside: s.Start(tb)}
	tb.Cleanup(func() { k.clean(tb, k.log.String(), "the log") })
	return k
}

// open makes the channel anew, as after a restart.
func (k *kit) open(tb testing.TB) tocsin.Channel {
	tb.Helper()
	ch, err := k.make(k.Settings)
	require.NoError(tb, err)
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
func (k *kit) breakdown(tb testing.TB, f Fault) {
	tb.Helper()
	if k.Break == nil || !k.Break(f) {
		tb.Skipf("this system cannot be %s", f)
	}
}

func (k *kit) heal(tb testing.TB) {
	tb.Helper()
	require.True(tb, k.Break(Healthy), "a stand-in can always be healed")
}

// fails asks that err is what a call under the fault must give, and that it tells no secret.
func (k *kit) fails(tb testing.TB, err error, f Fault) {
	tb.Helper()
	require.Error(tb, err, "a call must fail while the other side is %s", f)
	k.clean(tb, fmt.Sprintf("%v %+v %#v %s", err, err, err, tocsin.MessageOf(err)), "an error")
	want, known := f.retryable()
	if !known {
		return
	}
	retry, after := tocsin.Retry(err)
	require.Equal(tb, want, retry, "while the other side is %s, is another try worth it? The error says: %v", f, err)
	if f == Limited {
		require.InDelta(tb, RetryAfter.Seconds(), after.Seconds(), 2, "the other side said how long to wait")
	}
}

// clean asks that no planted secret stands in text.
func (k *kit) clean(tb testing.TB, text, where string) {
	tb.Helper()
	for _, secret := range k.Secrets {
		if secret != "" && strings.Contains(text, secret) {
			tb.Errorf("a secret stands in %s: %s", where, strings.ReplaceAll(text, secret, "[SECRET]"))
		}
	}
}

// within runs call, and fails when it is not back in time.
func within(tb testing.TB, limit time.Duration, what string, call func()) {
	tb.Helper()
	done := make(chan struct{})
	go func() { defer close(done); call() }()
	select {
	case <-done:
	case <-time.After(limit):
		require.FailNow(tb, "too slow", "%s was not back within %s", what, limit)
	}
}

// calledOff asks that call comes back promptly and with an error when its context
// ends: before the start, and while the other side hangs.
func (k *kit) calledOff(tb testing.TB, call func(ctx context.Context) error) {
	tb.Helper()
	var err error
	ended, cancel := context.WithCancel(tb.Context())
	cancel()
	within(tb, promptly, "a call with an ended context", func() { err = call(ended) })
	require.Error(tb, err, "the context had ended")

	k.breakdown(tb, Hang)
	ending, cancel := context.WithTimeout(tb.Context(), soon)
	defer cancel()
	within(tb, promptly, "a call whose context ended under way", func() { err = call(ending) })
	k.fails(tb, err, Hang)
}
