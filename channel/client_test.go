package channel_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

const token = "tok-en/4711+x=" // has characters that URLs escape

// setup starts an outside and a client that may reach it.
func setup(t *testing.T, handler http.HandlerFunc) (*channel.Client, string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return channel.NewClient(channel.Options{
		AllowPrivate: true, Timeout: 10 * time.Second, MaxBody: 1 << 20,
		Secrets: []config.Secret{config.NewSecret(token)},
	}), server.URL
}

func request(t *testing.T, method, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("body"))
	require.NoError(t, err)
	return req
}

func TestTroubleOfTheOtherSideIsTold(t *testing.T) {
	t.Parallel()
	for status, said := range map[int]string{500: "500 Internal Server Error", 503: "503 Service Unavailable", 599: "599"} {
		client, url := setup(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		_, err := client.Do(t.Context(), request(t, http.MethodPost, url+"/"+token))
		require.Equal(t, strings.TrimPrefix(url, "http://")+" answered "+said+".", tocsin.MessageOf(err))
	}
}

func TestStatusSaysWhatHappenedAndWhetherToTryAgain(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		status           int
		code             tocsin.Code
		retry, uncertain bool // of a POST
	}{
		{301, tocsin.CodeInvalid, false, false},
		{400, tocsin.CodeInvalid, false, false},
		{401, tocsin.CodeUnauthorized, false, false},
		{403, tocsin.CodeForbidden, false, false},
		{404, tocsin.CodeNotFound, false, false},
		{408, tocsin.CodeUnavailable, true, false},
		{409, tocsin.CodeConflict, false, false},
		{410, tocsin.CodeNotFound, false, false},
		{413, tocsin.CodeTooLarge, false, false},
		{420, tocsin.CodeLimited, true, false},
		{422, tocsin.CodeInvalid, false, false},
		{425, tocsin.CodeUnavailable, true, false},
		{429, tocsin.CodeLimited, true, false},
		{500, tocsin.CodeUnavailable, true, true},
		{503, tocsin.CodeUnavailable, true, true},
	} {
		t.Run(fmt.Sprint(tc.status), func(t *testing.T) {
			t.Parallel()
			client, url := setup(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Retry-After", "30")
				w.WriteHeader(tc.status)
				fmt.Fprint(w, `{"error":"no, because"}`)
			})
			resp, err := client.Do(t.Context(), request(t, http.MethodPost, url))
			require.Equal(t, tc.code, tocsin.CodeOf(err))
			retry, after := tocsin.Retry(err)
			require.Equal(t, tc.retry, retry)
			if retry {
				require.Equal(t, 30*time.Second, after)
			}
			require.Equal(t, tc.uncertain, tocsin.Uncertain(err))
			require.Equal(t, tc.status, resp.Status, "the caller may read what the other side said")
			require.Contains(t, string(resp.Body), "because")
			require.ErrorContains(t, err, "because", "the log has what the other side said")
			require.NotContains(t, tocsin.MessageOf(err), "because", "the user has a sentence of ours")

			_, err = client.Do(t.Context(), request(t, http.MethodPut, url))
			require.False(t, tocsin.Uncertain(err), "what may be repeated is in no doubt")
		})
	}
}

func TestNotModifiedIsAnAnswer(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) })
	resp, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.NoError(t, err)
	require.Equal(t, http.StatusNotModified, resp.Status)
}

func TestBrokenLineIsUncertainOnlyWhenTheCallMayHaveLeft(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := client.Do(t.Context(), request(t, http.MethodPost, url))
	require.True(t, tocsin.Uncertain(err), "it had reached the other side")
	retry, _ := tocsin.Retry(err)
	require.True(t, retry)

	_, err = client.Do(t.Context(), request(t, http.MethodGet, url))
	require.False(t, tocsin.Uncertain(err), "reading changes nothing")

	_, err = client.Do(t.Context(), request(t, http.MethodPost, "http://"+closedPort(t)))
	require.False(t, tocsin.Uncertain(err), "nobody was there to take it")
	retry, _ = tocsin.Retry(err)
	require.True(t, retry)
	require.Equal(t, tocsin.CodeUnavailable, tocsin.CodeOf(err))
}

// closedPort gives an address where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

func TestAnswerCutInHalfLeavesAPostInDoubt(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, `{"id":`)
	})
	_, err := client.Do(t.Context(), request(t, http.MethodPost, url))
	require.Error(t, err)
	require.True(t, tocsin.Uncertain(err))
}

func TestCallIsNeverSentTwiceByTheTransport(t *testing.T) {
	t.Parallel()
	// A kept connection that dies under a call is what makes net/http try again.
	var posts atomic.Int32
	client, url := setup(t, func(_ http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			posts.Add(1)
			panic(http.ErrAbortHandler)
		}
	})
	_, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.NoError(t, err)
	req := request(t, http.MethodPost, url)
	req.Header.Set("Idempotency-Key", "k")
	_, err = client.Do(t.Context(), req)
	require.True(t, tocsin.Uncertain(err))
	require.EqualValues(t, 1, posts.Load())
}

func TestSlowAnswerIsGivenUp(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // the server notices a closed line only after the body
		<-r.Context().Done()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := client.Do(ctx, request(t, http.MethodPost, url))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Contains(t, tocsin.MessageOf(err), "did not answer in time")
	require.True(t, tocsin.Uncertain(err))

	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	_, err = client.Do(ctx, request(t, http.MethodGet, url))
	require.ErrorIs(t, err, context.Canceled)
	retry, _ := tocsin.Retry(err)
	require.False(t, retry, "whoever called it off does not want it again")
}

func TestLongAnswerIsNotRead(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		size := map[string]int{"/fits": 1 << 20, "/long": 1<<20 + 1}[r.URL.Path]
		_, _ = w.Write(bytes.Repeat([]byte("x"), size))
	})
	resp, err := client.Do(t.Context(), request(t, http.MethodGet, url+"/fits"))
	require.NoError(t, err)
	require.Len(t, resp.Body, 1<<20)
	_, err = client.Do(t.Context(), request(t, http.MethodGet, url+"/long"))
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
}

func TestSmallAnswerThatUnpacksIntoAHugeOneIsStopped(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	zip := gzip.NewWriter(&bomb)
	for range 8 {
		_, _ = zip.Write(make([]byte, 1<<20))
	}
	require.NoError(t, zip.Close())
	client, url := setup(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(bomb.Bytes())
	})
	_, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
}

func TestWeIntroduceOurselves(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.UserAgent()) })
	resp, err := client.Do(t.Context(), request(t, http.MethodGet, url))
	require.NoError(t, err)
	require.Equal(t, channel.DefaultUserAgent, string(resp.Body))
}

func TestJSONGoesOutAndComesBack(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			fmt.Fprint(w, "<html>Sign in to the hotel's network</html>")
			return
		}
		if r.URL.Path == "/nothing" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		var in map[string]any
		_ = json.NewDecoder(r.Body).Decode(&in)
		in["type"], in["key"] = r.Header.Get("Content-Type"), r.Header.Get("Api-Key")
		_ = json.NewEncoder(w).Encode(in)
	})
	var out map[string]any
	call := channel.Call{
		Method: http.MethodPost, URL: url, In: map[string]string{"a": "b"}, Out: &out,
		Header: http.Header{"api-key": {"k"}},
	}
	_, err := client.JSON(t.Context(), call)
	require.NoError(t, err)
	require.Equal(t, map[string]any{"a": "b", "type": "application/json", "key": "k"}, out)

	call.URL = url + "/page"
	_, err = client.JSON(t.Context(), call)
	require.True(t, tocsin.Uncertain(err), "something took the call; nobody knows what")
	require.Contains(t, tocsin.MessageOf(err), "other than the JSON")

	call.URL = url + "/nothing"
	_, err = client.JSON(t.Context(), call)
	require.NoError(t, err, "no content is an answer too")

	_, err = client.JSON(t.Context(), channel.Call{URL: "http://[::1"})
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
}

func TestSignedBytesStayAsTheyAre(t *testing.T) {
	t.Parallel()
	const signed = `{ "b":1,   "a":"<&>" }`
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		var got bytes.Buffer
		_, _ = got.ReadFrom(r.Body)
		if got.String() != signed {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	_, err := client.JSON(t.Context(), channel.Call{Method: http.MethodPost, URL: url, In: json.RawMessage(signed)})
	require.NoError(t, err)
}

func TestLibrariesGetTheSameManners(t *testing.T) {
	t.Parallel()
	client, url := setup(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.UserAgent(), strings.Repeat("x", 2<<20))
	})
	resp, err := client.HTTP().Get(url)
	require.NoError(t, err)
	defer resp.Body.Close()
	var got bytes.Buffer
	_, err = got.ReadFrom(resp.Body)
	require.Error(t, err)
	require.True(t, strings.HasPrefix(got.String(), channel.DefaultUserAgent))

	err = client.Hush(errors.New("GET https://api.example.org/?key=" + token))
	require.NotContains(t, err.Error(), token)
}
