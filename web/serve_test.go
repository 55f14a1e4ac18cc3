package web

import (
	"context"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestServeLetsARequestUnderWayFinish stops a server in the midst of an answer.
func TestServeLetsARequestUnderWayFinish(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	begun := make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(begun)
		stop()
		require.NoError(t, r.Context().Err(), "the request outlives the order to stop")
		_, _ = w.Write([]byte("finished"))
	})
	served := make(chan error, 1)
	go func() { served <- Serve(ctx, l, h) }()
	resp, err := http.Get("http://" + l.Addr().String())
	require.NoError(t, err)
	defer func() { require.NoError(t, resp.Body.Close()) }()
	require.Equal(t, "finished", body(t, resp))
	<-begun
	require.NoError(t, <-served)
	_, err = http.Get("http://" + l.Addr().String())
	require.Error(t, err, "nothing listens any more")
}

func TestServeTellsWhenItCannotListen(t *testing.T) {
	t.Parallel()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.ErrorContains(t, Serve(t.Context(), l, http.NotFoundHandler()), "serve HTTP")
}
