package config_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// The tests here set the environment of the process and so run one by one.

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("t.yml", []byte(text))
	require.NoError(t, err)
	return c
}

func TestEnvironmentWinsOverTheFile(t *testing.T) {
	t.Setenv("TOCSIN_SERVER_LISTEN", ":9090")
	t.Setenv("TOCSIN_SERVER_BASE_URL", "https://tocsin.example.org")
	t.Setenv("TOCSIN_DATABASE_URL", "postgres://db/tocsin")
	t.Setenv("TOCSIN_LOG_LEVEL", "debug")
	t.Setenv("TOCSIN_LOG_FORMAT", "json")
	t.Setenv("TOCSIN_INGEST_EVERY", "1m")
	t.Setenv("TOCSIN_TRIAGE_FALSE_RINGS", "2.5")
	t.Setenv("TOCSIN_TRIAGE_WINDOW", "24h")
	t.Setenv("TOCSIN_TRIAGE_FALSE_WHISPERS", "3")
	t.Setenv("TOCSIN_TRIAGE_STALE", "2h")
	t.Setenv("TOCSIN_TRIAGE_QUIET", "3h")
	t.Setenv("TOCSIN_STAFF", "@acme,*@example.org")
	t.Setenv("TOCSIN_BROADCAST_HOLD", "0s")
	want := config.Config{
		Server:    config.Server{Listen: ":9090", BaseURL: "https://tocsin.example.org"},
		Database:  config.Database{URL: config.NewSecret("postgres://db/tocsin")},
		Log:       config.Log{Level: "debug", Format: "json"},
		Ingest:    config.Ingest{Every: time.Minute},
		Triage:    config.Triage{FalseRings: 2.5, FalseWhispers: 3, Window: 24 * time.Hour, Stale: 2 * time.Hour, Quiet: 3 * time.Hour},
		Staff:     []string{"@acme", "*@example.org"},
		Broadcast: config.Broadcast{},
	}
	require.Equal(t, want, values(parse(t, "")))
	require.Equal(t, want, values(parse(t, "server: {listen: 'localhost:1'}\nlog: {level: info}\n")))
}

func TestMistakeInTheEnvironmentNamesItsVariable(t *testing.T) {
	t.Setenv("TOCSIN_SERVER_LISTEN", "here")
	t.Setenv("TOCSIN_INGEST_EVERY", "often")
	t.Setenv("TOCSIN_CHANNELS", "[{name: drill, type: simulator}, {name: drill, type: simulator}]")
	t.Setenv("TOCSIN_POLICIES_DEFAULT_STEPS", "[{wait: soon, targets: [{chanel: drill}]}]")
	t.Setenv("TOCSIN_AREAS", "{")
	_, err := config.Parse("t.yml", []byte("policies:\n  - name: default\n"))
	require.EqualError(t, err, `TOCSIN_AREAS:1: This is not YAML: did not find expected node content. Mind the indentation and the quotes.
TOCSIN_CHANNELS:1: channels.drill: The name drill is taken by the entry in line 1. Choose another.
TOCSIN_POLICIES_DEFAULT_STEPS:1: policies.default.steps[0].targets[0].chanel: There is no such key. Did you mean channel?
TOCSIN_INGEST_EVERY: ingest.every: "often" is not what is wanted here. Write a span of time with its unit, such as 90s, 5m or 2h30m.
TOCSIN_POLICIES_DEFAULT_STEPS: policies.default.steps[0].targets[0].channel: This target names no channel, and nobody. Choose from: drill.
TOCSIN_POLICIES_DEFAULT_STEPS: policies.default.steps[0].wait: Write a span of time with its unit, such as 90s, 5m or 2h30m.
TOCSIN_SERVER_LISTEN: server.listen: "here" is no address to listen on. Write host:port, such as 127.0.0.1:8080 or :8080.`)
}

func TestEnvironmentReachesIntoNamedEntries(t *testing.T) {
	t.Setenv("TOCSIN_CHANNELS_SUPPORT_MAIL_TYPE", "email")
	t.Setenv("TOCSIN_CHANNELS_SUPPORT_MAIL_NAME", "not-this")
	t.Setenv("TOCSIN_CHANNELS_SUPPORT_MAIL_IMAP_PORT", "143")
	t.Setenv("TOCSIN_CHANNELS_SUPPORT_MAIL_FOLDERS", "INBOX, Help me")
	t.Setenv("TOCSIN_AREAS_SIGN_IN_TITLE", "Signing in")
	t.Setenv("TOCSIN_POLICIES_NIGHT_STEPS", "[{name: all, wait: 1m, targets: [{channel: support-mail, to: a@example.org}]}]")
	c := parse(t, `
channels: [{name: support-mail, type: webhook}]
policies: [{name: night}]
areas: [{name: sign-in}]`)
	require.Equal(t, "support-mail", c.Channels[0].Name)
	require.Equal(t, "email", c.Channels[0].Type)
	require.Equal(t, "Signing in", c.Areas[0].Title)
	require.Equal(t, []tocsin.Step{{
		Name: "all", Wait: tocsin.Duration(time.Minute),
		Targets: []tocsin.Target{{Channel: "support-mail", To: "a@example.org"}},
	}}, c.Policies[0].Steps)

	mail := mailSettings{Folders: []string{"one", "two", "three"}}
	mail.IMAP.Host = "imap.example.org"
	require.NoError(t, c.Channels[0].Settings.Decode(&mail))
	require.Equal(t, 143, mail.IMAP.Port)
	require.Equal(t, []string{"INBOX", "Help me"}, mail.Folders)
}

func TestWholeListsComeFromTheEnvironment(t *testing.T) {
	t.Setenv("TOCSIN_CHANNELS", "[{name: mail, type: email, imap: {host: imap.example.org}}]")
	t.Setenv("TOCSIN_CHANNELS_MAIL_IMAP_PORT", "143")
	c := parse(t, "channels: [{name: other, type: webhook}]")
	require.Len(t, c.Channels, 1)
	var mail mailSettings
	require.NoError(t, c.Channels[0].Settings.Decode(&mail))
	require.Equal(t, "imap.example.org", mail.IMAP.Host)
	require.Equal(t, 143, mail.IMAP.Port)
}

func TestSecretFilesComeFromTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("from the file\n"), 0o600))
	t.Setenv("TOCSIN_DATABASE_URL_FILE", file)
	t.Setenv("TOCSIN_CHANNELS_MAIL_IMAP_PASSWORD_FILE", file)
	text := "channels: [{name: mail, type: email, imap: {host: h}}]"
	c := parse(t, text)
	require.Equal(t, "from the file", c.Database.URL.Reveal())
	var mail mailSettings
	require.NoError(t, c.Channels[0].Settings.Decode(&mail))
	require.Equal(t, "from the file", mail.IMAP.Password.Reveal())

	t.Setenv("TOCSIN_CHANNELS_MAIL_IMAP_PASSWORD", "hunter2")
	require.EqualError(t, c.Channels[0].Settings.Decode(&mail),
		"TOCSIN_CHANNELS_MAIL_IMAP_PASSWORD_FILE: channels.mail.imap.password_file: The secret and its file are both set. Keep one of the two.")
}

func TestSecretInTheEnvironmentIsNotQuoted(t *testing.T) {
	t.Setenv("TOCSIN_CHANNELS_MAIL_HOOKS", "[{url: hunter2, secret: hunter2, tries: hunter2}, hunter2]")
	c := parse(t, "channels: [{name: mail, type: email, imap: {host: h}}]")
	var mail mailSettings
	err := c.Channels[0].Settings.Decode(&mail)
	require.ErrorContains(t, err, "TOCSIN_CHANNELS_MAIL_HOOKS: channels.mail.hooks[0].tries: Write a whole number")
	require.NotContains(t, err.Error(), "hunter2")
}
