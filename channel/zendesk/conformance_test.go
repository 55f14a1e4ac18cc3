package zendesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel/channeltest"
)

// say lets n people write: every third one into a ticket that is there.
func (a *account) say(n int) []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var ids []string
	var last *kept
	for i := range n {
		who := a.person(fmt.Sprintf("person-%d@example.org", a.next), i%2 == 0)
		if i%3 != 2 {
			last = a.open(who, who, "The editor loses what I typed.")
			ids = append(ids, strconv.FormatInt(last.id, 10))
			continue
		}
		a.write(last, who, "For me too.", true, nil)
		ids = append(ids, fmt.Sprintf("%d/%d", last.id, last.comments[1]["id"]))
	}
	return ids
}

func sign(secret string, at time.Time, body []byte) *http.Request {
	stamp := at.UTC().Format(time.RFC3339)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp))
	mac.Write(body)
	r := httptest.NewRequest(http.MethodPost, "/api/v1/intake/help-desk", strings.NewReader(string(body)))
	r.Header.Set(headerSignature, base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Set(headerTime, stamp)
	return r
}

func (a *account) outside(tb testing.TB) channeltest.Outside {
	tb.Helper()
	next := 0
	return channeltest.Outside{
		Settings: a.settings(tb),
		Secrets:  []string{apiToken, hookSecret, base64.StdEncoding.EncodeToString([]byte(adminMail + "/token:" + apiToken))},
		// Time goes by with each look at the clock, so that the export is never asked
		// too often.
		Now: func() time.Time { a.pass(7 * time.Second); return a.tick() },
		Say: a.say,
		Body: func(n int) []byte {
			a.mu.Lock()
			defer a.mu.Unlock()
			who := a.person("", false)
			t := a.open(who, who, "It is broken.")
			for range n - 1 {
				a.write(t, t.requester, "It is still broken.", true, nil)
			}
			body, _ := json.Marshal(map[string]any{"ticket_id": strconv.FormatInt(t.id, 10)}) // always marshals
			return body
		},
		Sign: func(body []byte) *http.Request { return sign(hookSecret, a.tick(), body) },
		Message: func() tocsin.Message {
			a.mu.Lock()
			defer a.mu.Unlock()
			who := a.person("ana@example.org", true)
			t := a.open(who, who, "Help")
			next++
			to, _ := json.Marshal(route{Requester: who}) // always marshals
			id := strconv.FormatInt(t.id, 10)
			return tocsin.Message{Key: fmt.Sprintf("1-%d", next), Text: "It works again.", Report: tocsin.Report{ExternalID: id, Thread: id, Route: to}}
		},
		Arrived: a.arrived,
		Break:   a.Break,
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		return newAccount(tb).outside(tb)
	}})
}

func TestTenThousandReportsComeOnceThroughFaults(t *testing.T) {
	t.Parallel()
	a := newAccount(t)
	setup := channeltest.Setup{Type: Type(), Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		return a.outside(tb)
	}}
	channeltest.Haul(t, setup, 10_000, a.pass)
}
