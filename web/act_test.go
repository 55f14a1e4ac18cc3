package web

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// deeds knows one good link and counts what it was asked to do.
type deeds struct {
	looked, acted int
	policy        string
	asked         tocsin.Asked
	err           error
}

func (d *deeds) Look(_ context.Context, e tocsin.Errand) (tocsin.Asked, error) {
	d.looked++
	if e.Sum != "good" {
		return tocsin.Asked{}, tocsin.Errorf(tocsin.CodeForbidden, "This link is not ours.")
	}
	return d.asked, d.err
}

func (d *deeds) Act(_ context.Context, e tocsin.Errand, policy string) (tocsin.Page, error) {
	if e.Sum != "good" {
		return tocsin.Page{}, tocsin.Errorf(tocsin.CodeForbidden, "This link is not ours.")
	}
	d.acted++
	d.policy = policy
	return tocsin.Page{Policy: policy, NextAt: time.Date(2031, 5, 14, 3, 30, 0, 0, time.UTC)}, d.err
}

func acting(t *testing.T, d *deeds) (http.Handler, func() string) {
	t.Helper()
	h, log := setup(t, func(o *Options) { o.Acts = d })
	return h, log.String
}

func TestOpeningALinkAsksAndDoesNothing(t *testing.T) {
	t.Parallel()
	d := &deeds{asked: tocsin.Asked{Actor: "mara", Summary: "Suspected in Sign-in: <script>alert(1)</script>", Body: "People <b>9</b>"}}
	h, _ := acting(t, d)
	for _, method := range []string{"GET", "HEAD"} { // as mail scanners do
		resp := get(t, h, method, "/act/7/ack/1900000000/good")
		require.Equal(t, http.StatusOK, resp.StatusCode)
		require.Equal(t, "same-origin", resp.Header.Get("Referrer-Policy"))
		require.Equal(t, "no-store", resp.Header.Get("Cache-Control"))
	}
	require.Equal(t, []int{2, 0}, []int{d.looked, d.acted})
	text := body(t, get(t, h, "GET", "/act/7/ack/1900000000/good"))
	for _, want := range []string{"You are <b>mara</b>", "<button>I take it</button>", `<form method="post">`, "People &lt;b&gt;9&lt;/b&gt;", "&lt;script&gt;alert(1)"} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, "<select")
}

func TestOnlyTheButtonActs(t *testing.T) {
	t.Parallel()
	for action, said := range map[string]string{
		"ack": "You have taken it", "snooze": "rings again at 03:30 UTC", "escalate": "next step is being called", "everyone": "Everyone is being called", "not-us": "handed to billing",
	} {
		d := &deeds{}
		h, _ := acting(t, d)
		r := httptest.NewRequestWithContext(t.Context(), "POST", "http://tocsin.test/act/7/"+action+"/1900000000/good", strings.NewReader("policy=billing"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code)
		require.Equal(t, []any{1, "billing"}, []any{d.acted, d.policy})
		require.Contains(t, w.Body.String(), said)
	}
}

func TestAnotherSiteCannotPressTheButton(t *testing.T) {
	t.Parallel()
	d := &deeds{}
	h, _ := acting(t, d)
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		require.Equal(t, http.StatusForbidden, get(t, h, "POST", "/act/7/ack/1900000000/good", header...).StatusCode)
	}
	require.Zero(t, d.acted)
}

func TestABadLinkSaysSoAndTellsNothing(t *testing.T) {
	t.Parallel()
	d := &deeds{asked: tocsin.Asked{Summary: "secret"}}
	h, log := acting(t, d)
	for path, status := range map[string]int{
		"/act/7/ack/1900000000/forged": http.StatusForbidden,
		"/act/x/ack/1900000000/good":   http.StatusNotFound,
		"/act/7/ack/soon/good":         http.StatusNotFound,
	} {
		for _, method := range []string{"GET", "POST"} {
			resp := get(t, h, method, path)
			require.Equal(t, status, resp.StatusCode, path)
			text := body(t, resp)
			require.Contains(t, text, "This did not work")
			require.NotContains(t, text, "secret")
		}
	}
	d.err = errors.New("disk on fire")
	resp := get(t, h, "GET", "/act/7/ack/1900000000/good")
	require.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	require.NotContains(t, body(t, resp), "fire")
	require.Contains(t, log(), "disk on fire")
	require.Zero(t, d.acted)
}

func TestNotUsAsksToWhichTeam(t *testing.T) {
	t.Parallel()
	d := &deeds{asked: tocsin.Asked{Policies: []string{"billing", "editor"}}}
	h, _ := acting(t, d)
	text := body(t, get(t, h, "GET", "/act/7/not-us/1900000000/good"))
	require.Contains(t, text, "<option>billing</option>")
	require.Contains(t, text, `<label for="policy">`)
	d.asked.Policies = nil
}

func TestThePagesStyleIsTheOnlyOneThatItsPolicyAllows(t *testing.T) {
	t.Parallel()
	h, _ := acting(t, &deeds{})
	resp := get(t, h, "GET", "/act/7/ack/1900000000/good")
	css := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(body(t, resp))
	require.NotNil(t, css)
	sum := sha256.Sum256([]byte(css[1]))
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "style-src 'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	require.Contains(t, resp.Header.Get("Content-Security-Policy"), "default-src 'none'")
}

func TestAFormTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	d := &deeds{}
	h, _ := acting(t, d)
	r := httptest.NewRequestWithContext(t.Context(), "POST", "http://tocsin.test/act/7/ack/1900000000/good", strings.NewReader("policy="+strings.Repeat("x", 10<<10)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code)
	require.Zero(t, d.acted)
}

// feeds knows one calendar.
type feeds struct{}

func (feeds) Calendar(_ context.Context, kind, name, sum string) ([]byte, error) {
	switch sum {
	case "good":
		return []byte("BEGIN:VCALENDAR " + kind + " " + name), nil
	case "broken":
		return nil, errors.New("disk on fire")
	default:
		return nil, tocsin.Errorf(tocsin.CodeForbidden, "This address is not whole.")
	}
}

func TestACalendarIsGivenToWhoHasItsAddress(t *testing.T) {
	t.Parallel()
	h, log := setup(t, func(o *Options) { o.Feeds = feeds{} })
	resp := get(t, h, "GET", "/calendar/schedules/primary/good.ics")
	require.Equal(t, "text/calendar; charset=utf-8", resp.Header.Get("Content-Type"))
	require.Equal(t, "BEGIN:VCALENDAR schedules primary", body(t, resp))
	require.Equal(t, http.StatusForbidden, get(t, h, "GET", "/calendar/schedules/primary/bad.ics").StatusCode)
	require.Equal(t, http.StatusNotFound, get(t, h, "GET", "/calendar/schedules/primary/good").StatusCode)
	resp = get(t, h, "GET", "/calendar/schedules/primary/broken.ics")
	require.Equal(t, http.StatusInternalServerError, resp.StatusCode)
	require.NotContains(t, body(t, resp), "fire")
	require.Contains(t, log.String(), "disk on fire")
}
