package e2e

import (
	"encoding/json"
	"io"
	"mime/quotedprintable"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

const onCallConfig = `
server: {listen: "{listen}", base_url: "{url}"}
ingest: {every: 1s}
channels:
  - {name: town, type: simulator, people: 25, live: 3s, background: 48h}
  - {name: bells, type: email, address: tocsin@example.org, smtp: "{relay}", smtp_login: false, smtp_tls: none, allow_private: true}
people:
  - {name: mara, zone: Europe/Vienna, contacts: [{name: mail, channel: bells, to: mara@example.org}]}
  - {name: jonas, zone: America/Denver, contacts: [{name: mail, channel: bells, to: jonas@example.org}]}
schedules:
  - name: primary
    zone: Europe/Vienna
    layers: [{name: base, people: [mara], start: "2020-01-01"}]
policies:
  - name: default
    whisper: [{channel: town, to: support}]
    steps:
      - {name: primary, targets: [{schedule: primary}], wait: 10m}
      - {name: the cavalry, targets: [{everyone: true}], wait: 10m}
`

var actLink = regexp.MustCompile(`http://\S+/act/\d+/ack/\d+/\S+`)

// TestWhoIsOnCallTakesAPageByTheLinkInItsMail goes from users' words to the mail of
// whoever is on call, and from its link to the page that is taken. A mail scanner
// opens the link first, and the server is killed in between.
func TestWhoIsOnCallTakesAPageByTheLinkInItsMail(t *testing.T) {
	t.Parallel()
	mails := newRelay(t, "support@example.org", func(string, []byte) error { return nil })
	p := newProgram(t, strings.ReplaceAll(onCallConfig, "{relay}", mails.Addr))
	p.start()
	require.Contains(t, p.cli(p.admin, "oncall"), "mara")
	require.Contains(t, p.cli(p.admin, "oncall", "gaps"), "No gaps.")

	var incidents struct {
		Items []tocsin.Incident `json:"items"`
	}
	p.until(60*time.Second, "users tell of a problem", func() bool {
		p.ask("/api/v1/incidents", &incidents)
		return len(incidents.Items) > 0
	})
	if len(mails.to("mara@example.org")) == 0 { // it may have rung by itself
		_, _ = p.try(p.admin, "verdict", "1", "confirmed", "--reason", "seen it")
	}
	p.until(30*time.Second, "the person on call has a mail", func() bool { return len(mails.to("mara@example.org")) > 0 })
	require.Empty(t, mails.to("jonas@example.org"), "nobody else is woken")

	body, err := io.ReadAll(quotedprintable.NewReader(strings.NewReader(string(mails.to("mara@example.org")[0].Data))))
	require.NoError(t, err)
	link := actLink.FindString(string(body))
	require.NotEmpty(t, link, "%s", body)

	call := func(method string) (int, string) {
		req, err := http.NewRequestWithContext(t.Context(), method, link, http.NoBody)
		require.NoError(t, err)
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		require.NoError(t, err)
		return res.StatusCode, string(text)
	}
	code, text := call(http.MethodGet)
	require.Equal(t, http.StatusOK, code, text)
	require.Contains(t, text, "Nothing happens until you press the button")
	require.Equal(t, tocsin.PageOpen, ringState(t, p), "a mail scanner takes no page")

	p.kill()
	p.start()
	code, text = call(http.MethodPost)
	require.Equal(t, http.StatusOK, code, text)
	require.Contains(t, text, "You have taken it")
	require.Equal(t, tocsin.PageAcked, ringState(t, p))
	require.Contains(t, p.cli(p.admin, "pages"), "mara")
	code, text = call(http.MethodPost)
	require.Equal(t, http.StatusOK, code, "a button may be pressed twice: %s", text)

	var attempts struct {
		Items []tocsin.Attempt `json:"items"`
	}
	p.ask("/api/v1/pages/2/attempts", &attempts)
	shown, err := json.Marshal(attempts)
	require.NoError(t, err)
	require.Contains(t, string(shown), "bells")
}

// ringState gives where the ring stands.
func ringState(t *testing.T, p *program) tocsin.PageState {
	t.Helper()
	var pages struct {
		Items []tocsin.Page `json:"items"`
	}
	p.ask("/api/v1/pages", &pages)
	for _, page := range pages.Items {
		if page.Tier == tocsin.TierRing {
			return page.State
		}
	}
	return ""
}
