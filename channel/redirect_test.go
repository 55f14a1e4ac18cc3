package channel_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestRedirectKeepsCredentialsAtHome(t *testing.T) {
	t.Parallel()
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, key := range []string{"Authorization", "Api-Key", "Cookie", "Referer"} {
			fmt.Fprint(w, r.Header.Get(key))
		}
		fmt.Fprint(w, r.Header.Get("Accept"))
	}))
	t.Cleanup(stranger.Close)
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, stranger.URL, http.StatusFound)
		case "/within":
			http.Redirect(w, r, "/here", http.StatusFound)
		default:
			fmt.Fprint(w, r.Header.Get("Api-Key"))
		}
	})
	get := func(path string) string {
		req := request(t, http.MethodGet, url+path+"?token="+"q")
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Api-Key", token)
		req.Header.Set("Cookie", token)
		req.Header.Set("Accept", "text/plain")
		resp, err := client.Do(t.Context(), req)
		require.NoError(t, err)
		return string(resp.Body)
	}
	require.Equal(t, "text/plain", get("/away"))
	require.Equal(t, token, get("/within"))
}

func TestCredentialsStayAtHomeAfterAReturnFromAStranger(t *testing.T) {
	t.Parallel()
	var home string
	stranger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, home+"/harvest", http.StatusFound)
	}))
	t.Cleanup(stranger.Close)
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/harvest" {
			fmt.Fprint(w, r.Header.Get("Api-Key"))
			return
		}
		http.Redirect(w, r, stranger.URL, http.StatusFound)
	})
	home = url
	req := request(t, http.MethodGet, url)
	req.Header.Set("Api-Key", token)
	resp, err := client.Do(t.Context(), req)
	require.NoError(t, err)
	require.Empty(t, resp.Body)
}

func TestCallThatChangesSomethingIsNotRedirected(t *testing.T) {
	t.Parallel()
	for _, status := range []int{301, 302, 303, 307, 308} {
		var calls atomic.Int32
		client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
			calls.Add(1)
			http.Redirect(w, r, "/elsewhere", status)
		})
		_, err := client.Do(t.Context(), request(t, http.MethodPost, url))
		require.Contains(t, tocsin.MessageOf(err), "has moved")
		require.EqualValues(t, 1, calls.Load())
	}
}

func TestRedirectsComeToAnEnd(t *testing.T) {
	t.Parallel()
	var calls atomic.Int32
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		calls.Add(1)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	_, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	retry, _ := tocsin.Retry(err)
	require.False(t, retry)
	require.EqualValues(t, 6, calls.Load())
}
