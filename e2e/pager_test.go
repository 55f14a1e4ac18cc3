package e2e

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// pager is what the company uses for its chat and its pages: it checks each
// signature and keeps what it got.
type pager struct {
	URL    string
	Secret string

	mu    sync.Mutex
	calls map[string]bell // by webhook-id: a double is dropped
	total int
}

// bell is as much of a page as the tests look at.
type bell struct {
	Tier     string `json:"tier"`
	Summary  string `json:"summary"`
	Body     string `json:"body"`
	Incident struct {
		ID     int64 `json:"id"`
		People int   `json:"people"`
	} `json:"incident"`
	Quotes []struct {
		Text string `json:"text"`
	} `json:"quotes"`
}

func newPager(t *testing.T) *pager {
	t.Helper()
	key := base64.StdEncoding.EncodeToString([]byte("a test's key of thirty-two bytes"))
	p := &pager{Secret: "whsec_" + key, calls: map[string]bell{}}
	hook, err := standardwebhooks.NewWebhook(p.Secret)
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || hook.Verify(body, r.Header) != nil {
			t.Errorf("a page with a wrong signature: %s", body)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var envelope struct {
			Type string `json:"type"`
			Data bell   `json:"data"`
		}
		if err := json.Unmarshal(body, &envelope); err != nil || envelope.Type != "page" {
			t.Errorf("no page: %s", body)
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.calls[r.Header.Get("webhook-id")] = envelope.Data
		p.total++
	}))
	t.Cleanup(server.Close)
	p.URL = server.URL
	return p
}

// bells gives the pages of a tier that arrived.
func (p *pager) bells(tier string) []bell {
	p.mu.Lock()
	defer p.mu.Unlock()
	var got []bell
	for _, b := range p.calls {
		if b.Tier == tier {
			got = append(got, b)
		}
	}
	return got
}
