package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// against gives a client of a server that answers as told.
func against(t *testing.T, answer http.HandlerFunc) *client {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	c, err := newClient(server.URL+"/", config.NewSecret("tocsin_secret"))
	require.NoError(t, err)
	return c
}

// TestTheClientSaysWhatAnswersInsteadOfTocsin meets what stands at wrong addresses.
func TestTheClientSaysWhatAnswersInsteadOfTocsin(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		said   string
	}{
		"a web site":       {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "is not Tocsin"},
		"a proxy's error":  {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "bad gateway", http.StatusBadGateway) }, "502 Bad Gateway"},
		"a broken answer":  {func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Length", "99") }, "broke off"},
		"an aborted call":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "failed"},
		"our own fault":    {problem(500, `{"detail":"Something went wrong.","code":"internal","request":"r1"}`), "(request r1)"},
		"a plain sentence": {problem(409, `{"detail":"Not now: 100% full.","code":"conflict"}`), "Not now: 100% full."},
	} {
		err := against(t, c.answer).get(t.Context(), "/me", nil, &struct{}{})
		require.ErrorContains(t, err, c.said, name)
		require.NotContains(t, err.Error(), "tocsin_secret", name)
	}
}

func problem(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

func TestTheClientGivesItsTokenToItsServerOnly(t *testing.T) {
	t.Parallel()
	var stolen string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { stolen = r.Header.Get("Authorization") }))
	t.Cleanup(thief.Close)
	elsewhere := strings.Replace(thief.URL, "127.0.0.1", "localhost", 1)
	c := against(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) })
	require.NoError(t, c.get(t.Context(), "/me", nil, nil))
	require.Empty(t, stolen)
}

func TestEachCallHasAKeyOfItsOwn(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{}
	c := against(t, func(_ http.ResponseWriter, r *http.Request) {
		require.Equal(t, "Bearer tocsin_secret", r.Header.Get("Authorization"))
		keys[r.Header.Get("Idempotency-Key")] = true
	})
	for range 3 {
		require.NoError(t, c.call(t.Context(), http.MethodPost, "/updates/1/approve", nil, nil))
	}
	require.Len(t, keys, 3)
	require.NotContains(t, keys, "")
}

func TestAListIsReadToItsEndOrToItsLimit(t *testing.T) {
	t.Parallel()
	const total = 450
	calls := 0
	c := against(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		require.Equal(t, "open", r.URL.Query().Get("state"), "the query goes with every page")
		from, _ := strconv.Atoi(r.URL.Query().Get("cursor"))
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		to := min(from+limit, total)
		items := make([]string, 0, limit)
		for i := from; i < to; i++ {
			items = append(items, strconv.Itoa(i))
		}
		next := ""
		if to < total {
			next = strconv.Itoa(to)
		}
		fmt.Fprintf(w, `{"items":[%s],"next":%q}`, strings.Join(items, ","), next)
	})
	for most, want := range map[int]struct{ items, calls int }{0: {450, 3}, 10: {10, 1}, 201: {201, 2}, 1000: {450, 3}} {
		calls = 0
		list, err := listAll[int](t.Context(), c, "/incidents", url.Values{"state": {"open"}}, most)
		require.NoError(t, err)
		require.Len(t, list.Items, want.items)
		require.Equal(t, want.calls, calls, "limit %d", most)
		require.Equal(t, want.items-1, list.Items[len(list.Items)-1])
	}
}

func TestAnAddressMustBeOneOfAServer(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "127.0.0.1:8080", "ftp://x", "http://", "://", "file:///etc/passwd"} {
		_, err := newClient(bad, config.Secret{})
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), bad)
	}
}

func TestATimeIsGivenAsASpanOrInFull(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 5, 14, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{"30m": now.Add(30 * time.Minute), "2031-05-14T15:00:00+02:00": now.Add(time.Hour)} {
		got, err := moment(text, now)
		require.NoError(t, err)
		require.True(t, want.Equal(got), text)
	}
	for _, bad := range []string{"soon", "15:00", "tomorrow"} {
		_, err := moment(bad, now)
		require.ErrorContains(t, err, "is no time", bad)
	}
}

func TestATextIsReadFromWhereItWasPointedTo(t *testing.T) {
	t.Parallel()
	for _, w := range []words{{text: "We know."}, {file: "-"}} {
		text, err := w.read(strings.NewReader("We know.\n"))
		require.NoError(t, err)
		require.Equal(t, "We know.", text)
	}
	_, err := (&words{file: filepath.Join(t.TempDir(), "gone")}).read(nil)
	require.ErrorContains(t, err, "cannot be read")
}

func TestEachStateOfAnIncidentHasItsWords(t *testing.T) {
	t.Parallel()
	for want, i := range map[string]tocsin.Incident{
		"suspected":             {},
		"suspected flood":       {Kind: tocsin.KindFlood},
		"confirmed, identified": {Verdict: tocsin.VerdictConfirmed, Phase: tocsin.PhaseIdentified},
		"not an incident":       {Verdict: tocsin.VerdictNotIncident},
		"duplicate of 7":        {Verdict: tocsin.VerdictDuplicate, DuplicateOf: 7},
		"flood, closed":         {Verdict: tocsin.VerdictFlood, ClosedAt: time.Now()},
	} {
		require.Equal(t, want, stateOf(i))
	}
}

func TestALongTextIsCutByCharacters(t *testing.T) {
	t.Parallel()
	require.Equal(t, "日本語…", short("日本語の文章", 4))
	require.Equal(t, "one two", short("  one\n two ", 10))
	require.Empty(t, short("", 10))
}

func TestEveryCommandExplainsItselfAndAnswersInJSON(t *testing.T) {
	t.Parallel()
	for _, top := range workCommands() {
		for _, c := range append(top.Commands(), top) {
			require.NotEmpty(t, c.Short, c.CommandPath())
			if c.RunE != nil && c.Name() != "reset" { // that works without a server
				require.NotNil(t, c.Flags().Lookup("json"), c.CommandPath())
				require.NotNil(t, c.Flags().Lookup("token-file"), c.CommandPath())
			}
		}
	}
}
