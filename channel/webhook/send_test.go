package webhook

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

// wired gives a channel to a receiver that speaks over a real line.
func wired(t *testing.T, more map[string]any) (tocsin.Channel, *receiver) {
	t.Helper()
	r, address := newReceiver(t)
	settings := map[string]any{"secrets": []any{r.secret}, "reply_url": address, "page_url": address, "allow_private": true}
	for key, value := range more {
		settings[key] = value
	}
	ch, err := Type().New(channel.Env{Name: "form", Settings: config.NewSettings(settings), Now: time.Now})
	require.NoError(t, err)
	return ch, r
}

func TestChannelCanWhatItsSettingsAllow(t *testing.T) {
	t.Parallel()
	ch := setup(t, map[string]any{"secrets": []any{newSecret()}})
	require.NotNil(t, ch.Receiver)
	require.Nil(t, ch.Replier)
	require.Nil(t, ch.Pager)
	require.Nil(t, ch.Checker)
	ch = setup(t, map[string]any{"secrets": []any{newSecret()}, "page_url": "https://example.org"})
	require.Nil(t, ch.Replier)
	require.NotNil(t, ch.Pager)
	require.NotNil(t, ch.Checker)
}

func TestReplyTellsTheSenderWhomToAnswer(t *testing.T) {
	t.Parallel()
	ch, r := wired(t, nil)
	batch, err := receive(t, `{"id":"form-1","author":"Ana@Example.org","text":"x","thread":"t-1"}`)
	require.NoError(t, err)
	sent, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: "9-1", Text: "It works again.", Lang: "en", Report: batch.Reports[0]})
	require.NoError(t, err)
	require.Equal(t, tocsin.Sent{ExternalID: "theirs-9-1", URL: "https://desk.example.org/9-1"}, sent)
	got := r.body("9-1")
	require.Contains(t, got, `"type":"reply"`)
	require.Contains(t, got, `"data":{"key":"9-1","text":"It works again.","lang":"en","report":{"id":"form-1","author":"Ana@Example.org","thread":"t-1"}}`)

	// A report from a restored or imported store has no route.
	report := batch.Reports[0]
	report.Route = nil
	_, err = ch.Replier.Reply(t.Context(), tocsin.Message{Key: "9-2", Report: report})
	require.NoError(t, err)
	require.Contains(t, r.body("9-2"), `"author":"Ana@Example.org"`)
}

func TestPageCarriesTheAlarm(t *testing.T) {
	t.Parallel()
	ch, r := wired(t, nil)
	_, err := ch.Pager.Page(t.Context(), tocsin.Alarm{Key: "p1", Dedup: "i1", To: "night-shift", Tier: tocsin.TierRing, Summary: "12 people can't sign in."})
	require.NoError(t, err)
	got := r.body("p1")
	for _, want := range []string{`"type":"page"`, `"to":"night-shift"`, `"key":"p1"`, `"dedup":"i1"`, `"tier":"ring"`, `"summary":"12 people can't sign in."`} {
		require.Contains(t, got, want)
	}
}

func TestPromiseToDropDoublesTakesTheDoubtAway(t *testing.T) {
	t.Parallel()
	for _, promised := range []bool{false, true} {
		ch, r := wired(t, map[string]any{"idempotent": promised})
		for _, f := range []channeltest.Fault{channeltest.Cut, channeltest.Down} {
			r.suffer(f)
			_, err := ch.Replier.Reply(t.Context(), tocsin.Message{Key: f.String()})
			require.Equal(t, !promised, tocsin.Uncertain(err))
			retry, _ := tocsin.Retry(err)
			require.True(t, retry)
		}
	}
}

func TestAnswerOfTheOtherSideMayBeAnything(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]tocsin.Sent{
		``:                                {ExternalID: "k"},
		`ok`:                              {ExternalID: "k"},
		`[]`:                              {ExternalID: "k"},
		`{"id":"7"}`:                      {ExternalID: "7"},
		`{"id":7}`:                        {ExternalID: "k"},
		`{"url":"https://e.org/7"}`:       {ExternalID: "k", URL: "https://e.org/7"},
		`{"id":"7","url":"javascript:x"}`: {ExternalID: "7"},
		`{"id":"` + strings.Repeat("7", maxID+1) + `"}`: {ExternalID: "k"},
	} {
		require.Equal(t, want, sent("k", []byte(answer)), answer)
	}
}

func TestCheckAsksOnlyWhetherSomebodyIsThere(t *testing.T) {
	t.Parallel()
	for status, good := range map[int]bool{200: true, 204: true, 400: true, 404: true, 405: true, 401: false, 403: false, 429: false, 500: false} {
		var asked []string
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.Method)
			w.WriteHeader(status)
		}))
		t.Cleanup(server.Close)
		ch := setup(t, map[string]any{"secrets": []any{newSecret()}, "page_url": server.URL, "allow_private": true})
		require.Equal(t, good, ch.Checker.Check(t.Context()) == nil, status)
		require.Equal(t, []string{http.MethodHead}, asked)
	}
	ch := setup(t, map[string]any{"secrets": []any{newSecret()}, "page_url": "http://localhost:1/"})
	require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(ch.Checker.Check(t.Context())), "a private address")
}
