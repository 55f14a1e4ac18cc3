package channel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// socket serves each connection with talk and gives a client and its ws address.
func socket(t *testing.T, talk func(*websocket.Conn)) (*channel.Client, string) {
	t.Helper()
	up := websocket.Upgrader{}
	client, address := setup(t, func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer conn.Close()
		talk(conn)
	})
	return client, "ws" + strings.TrimPrefix(address, "http")
}

func TestSocketTalksBothWays(t *testing.T) {
	t.Parallel()
	client, address := socket(t, func(c *websocket.Conn) {
		var said map[string]string
		_ = c.ReadJSON(&said)
		_ = c.WriteControl(websocket.PingMessage, []byte("there?"), time.Now().Add(time.Second))
		_ = c.WriteJSON("you said " + said["type"])
	})
	s, err := client.Dial(t.Context(), address, http.Header{"Authorization": {"Bearer " + token}})
	require.NoError(t, err)
	defer s.Close()
	require.NoError(t, s.Write(map[string]string{"type": "subscribe"}))
	message, err := s.Read()
	require.NoError(t, err)
	require.JSONEq(t, `"you said subscribe"`, string(message))
	_, err = s.Read()
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err))
	again, _ := tocsin.Retry(err)
	require.True(t, again)
}

func TestSocketEndsWithItsContextAndWhenClosed(t *testing.T) {
	t.Parallel()
	client, address := socket(t, func(c *websocket.Conn) { _, _, _ = c.ReadMessage() })
	ctx, cancel := context.WithCancel(t.Context())
	s, err := client.Dial(ctx, address, nil)
	require.NoError(t, err)
	cancel()
	_, err = s.Read()
	require.ErrorIs(t, err, context.Canceled)

	s, err = client.Dial(t.Context(), address, nil)
	require.NoError(t, err)
	s.Close()
	_, err = s.Read()
	require.Error(t, err)
	require.Error(t, s.Write(1))
}

func TestSocketReadsNoMessageWithoutEnd(t *testing.T) {
	t.Parallel()
	client, address := socket(t, func(c *websocket.Conn) {
		_ = c.WriteMessage(websocket.TextMessage, make([]byte, channel.MaxMessage+1))
		_, _, _ = c.ReadMessage()
	})
	s, err := client.Dial(t.Context(), address, nil)
	require.NoError(t, err)
	defer s.Close()
	_, err = s.Read()
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
}

func TestSocketSaysWhyItDidNotOpen(t *testing.T) {
	t.Parallel()
	client, address := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "17")
		http.Error(w, "no "+r.Header.Get("Authorization"), http.StatusTooManyRequests)
	})
	_, err := client.Dial(t.Context(), "ws"+strings.TrimPrefix(address, "http"), http.Header{"Authorization": {token}})
	require.Equal(t, tocsin.CodeLimited, tocsin.CodeOf(err))
	_, after := tocsin.Retry(err)
	require.Equal(t, 17*time.Second, after)
	require.NotContains(t, err.Error(), token)

	_, err = client.Dial(t.Context(), "https://example.org", nil)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))

	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err = client.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http"), nil)
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err))

	strict := channel.NewClient(channel.Options{})
	_, err = strict.Dial(t.Context(), "ws"+strings.TrimPrefix(address, "http"), nil)
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err), "a stream leads into no private network")
}
