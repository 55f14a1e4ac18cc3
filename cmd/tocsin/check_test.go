package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

const example = "../../tocsin.example.yml"

// check runs `tocsin check` on a configuration.
func check(t *testing.T, text string, more ...string) (code int, out, errs string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tocsin.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	var stdout, stderr bytes.Buffer
	t.Chdir(filepath.Dir(file))
	code = run(t.Context(), append([]string{"check", "--config", "tocsin.yml"}, more...), nil, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestCheckNamesEveryMistakeOfTheTreeAndOfTheChannels(t *testing.T) {
	code, out, errs := check(t, `
servr: {}
channels:
  - name: mail
    type: email
    from_nam: Support
  - name: hook
    type: webhok
  - name: form
    type: webhook
    secrets: [whsec_bm90LWEtcmVhbC1zZWNyZXQtanVzdC1hbi1leGFtcGxl]
policies:
  - name: default
    whisper: [{channel: form}]
    steps:
      - targets: [{channel: mail}, {channel: form}]
`)
	require.Equal(t, 1, code)
	require.Empty(t, out)
	require.Equal(t, `tocsin: the configuration has 6 mistakes.
tocsin.yml:2: servr: There is no such key. Did you mean server?
tocsin.yml:4: channels.mail.address: This key is missing. Write it here or set TOCSIN_CHANNELS_MAIL_ADDRESS.
tocsin.yml:6: channels.mail.from_nam: There is no such key. Did you mean from_name?
tocsin.yml:8: channels.hook.type: There is no channel type "webhok". Did you mean webhook?
tocsin.yml:14: policies.default.whisper[0].channel: The channel form can't carry a bell to anybody: a channel of type webhook does not page, or its settings don't say how.
tocsin.yml:16: policies.default.steps[0].targets[1].channel: The channel form can't carry a bell to anybody: a channel of type webhook does not page, or its settings don't say how.
`, errs)
}

func TestCheckSaysWhatWouldRun(t *testing.T) {
	code, out, errs := check(t, `
database: {url: "postgres://tocsin:hunter2@db.example.org/tocsin"}
channels: [{name: drill, type: simulator}]
areas: [{name: sign-in}, {name: billing, policy: night}]
policies: [{name: night, whisper: [{channel: drill}]}]
`)
	require.Equal(t, 0, code, errs)
	require.Equal(t, `No mistakes (tocsin.yml). This would run:

  server    127.0.0.1:8080, reached as http://127.0.0.1:8080
  database  PostgreSQL at db.example.org/tocsin
  channel   drill (simulator): source, stream, reply, post, edit, find, page, renew, check
  seed      area sign-in, paged by nobody, unless the store has a policy default; put into the store when it is unknown there
  seed      area billing, paged by the policy night; put into the store when it is unknown there
  seed      policy night: whispers to 1 target, rings in 0 steps; put into the store when it is unknown there
`, out)
}

func TestCheckOnlineTriesEachChannel(t *testing.T) {
	well := httptest.NewServer(http.NotFoundHandler()) // somebody is there: that is all a hook asks
	defer well.Close()
	const hook = `
channels:
  - {name: drill, type: simulator}
  - {name: deaf, type: webhook, secrets: [whsec_bm90LWEtcmVhbC1zZWNyZXQtanVzdC1hbi1leGFtcGxl]}
  - {name: form, type: webhook, secrets: [whsec_bm90LWEtcmVhbC1zZWNyZXQtanVzdC1hbi1leGFtcGxl], reply_url: "{url}", allow_private: true}
`
	code, out, errs := check(t, strings.ReplaceAll(hook, "{url}", well.URL), "--online")
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, "Tried:\n\n  drill  ok\n  deaf   cannot be tried\n  form   ok\n")
	code, out, errs = check(t, strings.ReplaceAll(hook, "{url}", "http://127.0.0.1:1"), "--online")
	require.Equal(t, 1, code)
	require.Regexp(t, `(?m)^  form +.*could not be reached`, out)
	require.Contains(t, errs, "1 channel of 3 did not work")

	late := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(-10*time.Minute).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusNotFound)
	}))
	defer late.Close()
	code, out, _ = check(t, strings.ReplaceAll(hook, "{url}", late.URL), "--online")
	require.Equal(t, 1, code, "it answers, and would refuse what we sign")
	require.Regexp(t, `clock, wrong: Our clock is 10m\ds ahead of that of 127.0.0.1:\d+. Signed requests are refused by that`, out)
}

func TestCheckAnswersPrograms(t *testing.T) {
	code, out, errs := check(t, "channels: [{name: drill, type: simulator}]", "--json", "--online")
	require.Equal(t, 0, code, errs)
	var p plan
	require.NoError(t, json.Unmarshal([]byte(out), &p))
	require.Equal(t, "drill", p.Channels[0].Name)
	require.Equal(t, "ok", p.Channels[0].Online)

	code, out, errs = check(t, "servr: {}", "--json")
	require.Equal(t, 1, code)
	require.Empty(t, out)
	var wrong api.Problem
	require.NoError(t, json.Unmarshal([]byte(errs), &wrong), errs)
	require.Equal(t, tocsin.CodeInvalid, wrong.Code)
	require.Equal(t, []api.Field{{Location: "tocsin.yml:1: servr: ", Message: "There is no such key. Did you mean server?"}}, wrong.Fields)
}

func TestCheckOfNothingSaysThatNothingIsHeard(t *testing.T) {
	code, out, _ := check(t, "")
	require.Equal(t, 0, code)
	require.Contains(t, out, "none: nothing would be heard")
}

func TestCheckOfAFileThatIsNoYAML(t *testing.T) {
	code, _, errs := check(t, "server: [")
	require.Equal(t, 1, code)
	require.Contains(t, errs, "tocsin: the configuration has a mistake.\ntocsin.yml:1: This is not YAML:")
}

func TestExampleHasNoMistakes(t *testing.T) {
	text, err := os.ReadFile(example)
	require.NoError(t, err)
	code, out, errs := check(t, string(text))
	require.Equal(t, 0, code, errs)
	require.Contains(t, out, "support-mail (email): ")
}

// TestExampleNamesVariablesThatThereAre sets each variable that the example's
// header names in full.
func TestExampleNamesVariablesThatThereAre(t *testing.T) {
	text, err := os.ReadFile(example)
	require.NoError(t, err)
	head, _, _ := strings.Cut(string(text), "\nserver:")
	names := regexp.MustCompile(`TOCSIN_CHANNELS_[A-Z_]+`).FindAllString(head, -1)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Setenv(name, "elsewhere.example.org:993")
	}
	code, _, errs := check(t, string(text))
	require.Equal(t, 0, code, errs)
}

// TestExampleShowsEveryChannelsKeys asks of tocsin.example.yml each key that the
// example of a channel type has.
func TestExampleShowsEveryChannelsKeys(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(example)
	require.NoError(t, err)
	shown := keysByType(t, string(text))
	for _, typ := range channelTypes() {
		for key := range keysByType(t, typ.Example)[typ.Name] {
			require.True(t, shown[typ.Name][key], "tocsin.example.yml lacks the key %s of a channel of type %s", key, typ.Name)
		}
	}
}

func keysByType(t *testing.T, text string) map[string]map[string]bool {
	t.Helper()
	var file struct {
		Channels []map[string]any `yaml:"channels"`
	}
	require.NoError(t, yaml.Unmarshal([]byte(text), &file))
	keys := map[string]map[string]bool{}
	for _, ch := range file.Channels {
		typ, _ := ch["type"].(string)
		if keys[typ] == nil {
			keys[typ] = map[string]bool{}
		}
		for key := range ch {
			keys[typ][key] = true
		}
	}
	return keys
}

func TestCheckKnowsZonesAndRules(t *testing.T) {
	code, _, errs := check(t, `
channels:
  - {name: drill, type: simulator}
  - {name: feed, type: webhook, secrets: [whsec_bm90LWEtcmVhbC1zZWNyZXQtanVzdC1hbi1leGFtcGxl]}
people:
  - name: mara
    zone: Europe/Viena
    contacts: [{name: mail, channel: feed}]
    rules: [{contact: phone}]
schedules:
  - name: primary
    zone: Europe/Vienna
    layers:
      - people: []
        start: soon
policies:
  - name: default
    whisper: [{channel: drill}]
    quiet: {severity: 1, hours: [{from: "22:00", to: "7"}]}
`)
	require.Equal(t, 1, code)
	require.Equal(t, `tocsin: the configuration has 7 mistakes.
tocsin.yml:7: people.mara.zone: There is no time zone "Europe/Viena". Write its IANA name, such as Europe/Vienna or America/New_York.
tocsin.yml:8: people.mara.contacts[0].channel: The channel feed can't carry a bell to anybody.
tocsin.yml:9: people.mara.rules[0].contact: There is no contact named "phone". A rule names one of the person's contacts.
tocsin.yml:14: schedules.primary.layers[0].people: This layer has 0 people. Give it 1 to 500, or leave the layer out.
tocsin.yml:15: schedules.primary.layers[0].start: "soon" is no date. Write it like 2026-11-23.
tocsin.yml:19: policies.default.quiet.hours[0]: "7" is no time of day. Write it like 09:00 or 17:30.
tocsin.yml:19: policies.default.quiet.severity: 1 is out of range. Write 2 to 4: incidents as mild as this or milder wait. The worst never do.
`, errs)
}
