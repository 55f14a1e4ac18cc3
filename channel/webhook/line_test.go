package webhook

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

// Two of our own channels, one on each side of a real line: what one sends, the
// other one's signature check takes.
func TestWhatWeSendWeWouldTake(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	taker, err := newKeys([]config.Secret{config.NewSecret(secret)})
	require.NoError(t, err)
	bodies := make(chan string, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if _, err := taker.verify(body, r.Header, time.Now()); err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		bodies <- string(body)
	}))
	t.Cleanup(server.Close)
	for _, secrets := range [][]any{{secret}, {newSecret(), secret}, {secret, newSecret()}} {
		ch, err := Type().New(channel.Env{Name: "form", Now: time.Now, Settings: config.NewSettings(map[string]any{
			"secrets": secrets, "page_url": server.URL, "allow_private": true,
		})})
		require.NoError(t, err)
		sent, err := ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p1", Summary: "ü < 1"})
		require.NoError(t, err)
		require.Equal(t, "p1", sent.ExternalID, "the other side gave no id of its own")
		require.Contains(t, <-bodies, `"key":"p1"`)
	}
}

func TestWrongSecretIsAClearNo(t *testing.T) {
	t.Parallel()
	ch, r := wired(t, map[string]any{"secrets": []any{newSecret()}})
	_, err := ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p1"})
	require.Equal(t, tocsin.CodeUnauthorized, tocsin.CodeOf(err))
	require.False(t, tocsin.Uncertain(err))
	retry, _ := tocsin.Retry(err)
	require.False(t, retry)
	require.Empty(t, r.body("p1"))
}

func TestAddressTellsNothingOfItsToken(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close() // nobody listens
	ch, err := Type().New(channel.Env{Name: "form", Now: time.Now, Settings: config.NewSettings(map[string]any{
		"secrets": []any{secret}, "reply_url": server.URL + "/hook/t0ken?key=k3y", "allow_private": true,
	})})
	require.NoError(t, err)
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Key: "1-1"})
	require.False(t, tocsin.Uncertain(err), "there was no connection")
	for _, hidden := range []string{"t0ken", "k3y", strings.TrimPrefix(secret, secretPrefix)} {
		require.NotContains(t, err.Error(), hidden)
	}
	require.Error(t, ch.Checker.Check(t.Context()))
}
