package channel_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
)

func TestCallsTellHowFarClocksAreApart(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", time.Now().Add(-7*time.Minute).UTC().Format(http.TimeFormat))
		if r.URL.Path == "/odd" {
			w.Header().Set("Date", "today")
		}
		fmt.Fprint(w, "ok")
	})
	var told []time.Duration
	ctx := channel.WithClock(t.Context(), func(host string, ahead time.Duration) {
		require.Contains(t, url, host)
		told = append(told, ahead)
	})
	for _, path := range []string{"/", "/odd"} {
		_, err := client.Do(ctx, request(t, http.MethodGet, url+path))
		require.NoError(t, err)
	}
	_, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.NoError(t, err)
	require.Len(t, told, 1)
	require.InDelta(t, 7*time.Minute, told[0], float64(5*time.Second))
}
