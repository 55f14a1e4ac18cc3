package bluesky

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

func (n *network) expire(refreshToo bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.stale, n.dead = true, refreshToo
}

func (n *network) begun() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sessions
}

func TestSessionIsRefreshedAndBegunAnewOnlyWhenThatFails(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	k.drain(t, "")
	require.Equal(t, 1, k.network.begun())
	k.network.expire(false)
	var wg sync.WaitGroup
	for range 5 { // all at once: one refreshes, the others go on with what it got
		wg.Go(func() {
			_, err := k.Source.Pull(t.Context(), "")
			require.NoError(t, err)
		})
	}
	wg.Wait()
	require.Equal(t, 1, k.network.begun(), "it was refreshed")
	require.Equal(t, 1, k.network.calls["com.atproto.server.refreshSession"])

	k.network.expire(true)
	_, err := k.Poster.Post(t.Context(), tocsin.Message{Key: "1", Text: "A post with a body to be sent again."})
	require.NoError(t, err)
	require.Equal(t, 2, k.network.begun())
	require.Equal(t, 1, k.network.sentWith("1"))
}

// A server that is down while the session expires must not make us sign in anew.
func TestSessionSurvivesAServerThatIsDown(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	k.drain(t, "")
	k.network.expire(false)
	k.network.suffer(channeltest.Down)
	for range 5 {
		_, err := k.Source.Pull(t.Context(), "")
		require.Error(t, err)
	}
	k.network.suffer(channeltest.Healthy)
	_, err := k.Source.Pull(t.Context(), "")
	require.NoError(t, err)
	require.Equal(t, 1, k.network.begun())
}

func TestWrongPasswordIsNotTriedMoreOftenThanAllowed(t *testing.T) {
	t.Parallel()
	k := setup(t, func(_ *network, set map[string]any) { set["password"] = "wrong-password" })
	now := time.Now()
	k.network.clock = func() time.Time { return now }
	day := 0
	for range 24 * 60 {
		_, err := k.Source.Pull(t.Context(), "")
		require.Error(t, err)
		now = now.Add(time.Minute)
		day++
	}
	require.LessOrEqual(t, k.network.calls["com.atproto.server.createSession"], loginsDay)
	for range 100 {
		_, err := k.Source.Pull(t.Context(), "")
		require.Error(t, err)
	}
	_, err := k.Source.Pull(t.Context(), "")
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	_, after := tocsin.Retry(err)
	require.Positive(t, after)
	require.NotContains(t, fmt.Sprint(err), "wrong-password")
}

func TestErrorsTellNoSessionKeyThatTheServerEchoes(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	k.drain(t, "")
	k.network.mu.Lock()
	k.network.echo = true
	k.network.mu.Unlock()
	_, err := k.Source.Pull(t.Context(), "")
	require.Error(t, err)
	require.Contains(t, err.Error(), "you said")
	require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), "access-jwt")
}

func TestCheckNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	k := setup(t, nil)
	require.NoError(t, k.Checker.Check(t.Context()))
	k.network.mu.Lock()
	k.network.status = "takendown"
	k.network.mu.Unlock()
	k = setup(t, func(n *network, _ map[string]any) { n.status = "suspended" })
	err := k.Checker.Check(t.Context())
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
	require.Contains(t, err.Error(), "suspended")

	k = setup(t, func(_ *network, set map[string]any) { set["password"] = "wrong-password" })
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(k.Checker.Check(t.Context())))

	k = setup(t, func(_ *network, set map[string]any) { set["jetstream"] = "ws://127.0.0.1:1/subscribe" })
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(k.Checker.Check(t.Context())))

	k = setup(t, func(_ *network, set map[string]any) { set["jetstream"] = "" })
	require.Nil(t, k.Streamer)
	require.NoError(t, k.Checker.Check(t.Context()))
}
