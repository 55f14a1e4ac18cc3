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

// mailSettings are settings as a channel has them.
type mailSettings struct {
	IMAP struct {
		Host     string        `config:"host,required"`
		Port     int           `config:"port"`
		Password config.Secret `config:"password"`
	} `config:"imap"`
	Common  `config:",squash"`
	Folders []string        `config:"folders"`
	Keys    []config.Secret `config:"keys"`
	Hooks   []hookSettings  `config:"hooks"`
	Idle    time.Duration   `config:"idle"`
	Wait    tocsin.Duration `config:"wait"`
	TLS     bool            `config:"tls"`
	Rate    float64         `config:"rate"`
	Size    uint            `config:"size"`
	unread  string
}

// Common is what channels of one kind share.
type Common struct {
	User string `config:"user"`
}

type hookSettings struct {
	URL    string        `config:"url"`
	Secret config.Secret `config:"secret"`
	Tries  int           `config:"tries"`
}

func TestSettingsFillAChannelsStruct(t *testing.T) {
	t.Parallel()
	mail := mailSettings{Folders: []string{"a", "b", "c"}, Rate: 1.5, unread: "kept"}
	require.NoError(t, config.NewSettings(map[string]any{
		"imap": map[string]any{"host": "imap.example.org", "port": 993, "password": config.NewSecret("0123")},
		"user": "ana", "folders": []string{"INBOX"}, "keys": []any{"one", 2},
		"hooks": []map[string]any{{"url": "https://example.org", "secret": "s", "tries": "3"}},
		"idle":  29 * time.Minute, "wait": "90s", "tls": true, "size": uint8(7),
	}).Decode(&mail))
	require.Equal(t, "imap.example.org", mail.IMAP.Host)
	require.Equal(t, 993, mail.IMAP.Port)
	require.Equal(t, "0123", mail.IMAP.Password.Reveal())
	require.Equal(t, "ana", mail.User)
	require.Equal(t, []string{"INBOX"}, mail.Folders, "a list replaces the default")
	require.Equal(t, []config.Secret{config.NewSecret("one"), config.NewSecret("2")}, mail.Keys)
	require.Equal(t, []hookSettings{{URL: "https://example.org", Secret: config.NewSecret("s"), Tries: 3}}, mail.Hooks)
	require.Equal(t, 29*time.Minute, mail.Idle)
	require.Equal(t, tocsin.Duration(90*time.Second), mail.Wait)
	require.True(t, mail.TLS)
	require.InDelta(t, 1.5, mail.Rate, 0, "what is not set keeps its default")
	require.Equal(t, uint(7), mail.Size)
	require.Equal(t, "kept", mail.unread)
}

func TestSettingsTellEveryMistakeWithItsLine(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte(`
channels:
  - name: mail
    type: email
    imap: {prot: 993, port: all}
    tls: maybe
    wait: 5
    size: -1
    folders: INBOX
    hooks:
      - url: https://example.org
        tries: few
        secrets: [hunter2]
    keys: {a: hunter2}
    user: [ana]
`))
	require.NoError(t, err)
	var mail mailSettings
	require.EqualError(t, c.Channels[0].Settings.Decode(&mail), `t.yml:5: channels.mail.imap.host: This key is missing. Write it here or set TOCSIN_CHANNELS_MAIL_IMAP_HOST.
t.yml:5: channels.mail.imap.port: "all" is not what is wanted here. Write a whole number, such as 5.
t.yml:5: channels.mail.imap.prot: There is no such key. Did you mean port?
t.yml:6: channels.mail.tls: "maybe" is not what is wanted here. Write true or false.
t.yml:7: channels.mail.wait: "5" is no span of time. Write it like 90s, 5m or 2h30m.
t.yml:8: channels.mail.size: "-1" is not what is wanted here. Write a whole number, 0 or more.
t.yml:9: channels.mail.folders: Here a single value is written, and a list is wanted: put each item on a line of its own after a dash.
t.yml:12: channels.mail.hooks[0].tries: "few" is not what is wanted here. Write a whole number, such as 5.
t.yml:13: channels.mail.hooks[0].secrets: There is no such key. Did you mean secret?
t.yml:14: channels.mail.keys: Here a mapping is written, and a list is wanted: put each item on a line of its own after a dash.
t.yml:15: channels.mail.user: Here a list is written, and one value is wanted. Write it as text.`)
}

func TestChannelNamesItsOwnMistakesWithTheirPlace(t *testing.T) {
	t.Parallel()
	c, err := config.Parse("t.yml", []byte("channels:\n  - name: mail\n    type: email\n    imap:\n      port: 993\n"))
	require.NoError(t, err)
	s := c.Channels[0].Settings
	require.EqualError(t, s.Mistake("imap.port", "Port %d is taken.", 993), "t.yml:5: channels.mail.imap.port: Port 993 is taken.")
	require.EqualError(t, s.Mistake("smtp.host", "Write one."), "t.yml:2: channels.mail.smtp.host: Write one.")
	require.EqualError(t, s.Mistake("", "It can do nothing."), "t.yml:2: channels.mail: It can do nothing.")
	require.EqualError(t, config.NewSettings(nil).Mistake("a", "Wrong."), "a: Wrong.")
}

func TestSecretsInListsComeFromFilesToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secret"), []byte("hunter2\n"), 0o600))
	c, err := config.Parse(filepath.Join(dir, "t.yml"), []byte(`
channels:
  - name: mail
    type: email
    imap: {host: h}
    hooks:
      - secret_file: secret
      - {secret_file: secret, secret: hunter2}
      - {secret_file: nowhere}
`))
	require.NoError(t, err)
	var mail mailSettings
	err = c.Channels[0].Settings.Decode(&mail)
	require.ErrorContains(t, err, "t.yml:8: channels.mail.hooks[1].secret_file: The secret and its file are both set.")
	require.ErrorContains(t, err, "t.yml:9: channels.mail.hooks[2].secret_file: The file "+filepath.Join(dir, "nowhere")+" can't be read")
	require.NotContains(t, err.Error(), "hunter2")
	require.Equal(t, "hunter2", mail.Hooks[0].Secret.Reveal())
}

func TestListOfSecretsComesFromAFileLineByLine(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "keys")
	require.NoError(t, os.WriteFile(file, []byte("one,1\n\ntwo\n"), 0o600))
	var mail mailSettings
	require.NoError(t, config.NewSettings(map[string]any{
		"imap": map[string]any{"host": "h"}, "keys_file": file,
	}).Decode(&mail))
	require.Equal(t, []config.Secret{config.NewSecret("one,1"), config.NewSecret("two")}, mail.Keys)
}

func TestSettingsWithoutAFileKnowNoEnvironment(t *testing.T) {
	t.Setenv("TOCSIN_USER", "eve")
	t.Setenv("_USER", "eve")
	t.Setenv("USER", "eve")
	var mail mailSettings
	require.NoError(t, config.NewSettings(map[string]any{"imap": map[string]any{"host": "h"}}).Decode(&mail))
	require.Empty(t, mail.User)
}

func TestSettingsWantAStruct(t *testing.T) {
	t.Parallel()
	require.Error(t, config.NewSettings(nil).Decode(nil))
	require.Error(t, config.NewSettings(nil).Decode(mailSettings{}))
	require.Error(t, config.NewSettings(nil).Decode(new(string)))
}

func TestRequiredSettingThatNobodySetIsNamed(t *testing.T) {
	t.Parallel()
	var mail mailSettings
	require.EqualError(t, config.NewSettings(nil).Decode(&mail), "imap.host: This key is missing. Write it as text.")
}
