package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const example = "../../tocsin.example.yml"

// check runs `tocsin check` on a configuration.
func check(t *testing.T, text string) (code int, out, errs string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tocsin.yml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	var stdout, stderr bytes.Buffer
	t.Chdir(filepath.Dir(file))
	code = run(t.Context(), []string{"check", "--config", "tocsin.yml"}, nil, &stdout, &stderr)
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
  channel   drill (simulator): hears, answers, posts, pages
  area      sign-in, paged by nobody, unless the store has a policy default
  area      billing, paged by the policy night
  policy    night: whispers to 1, rings in 0 steps
`, out)
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
	require.Contains(t, out, "support-mail (email): hears, answers, pages")
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
