package email

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func TestMistakeInSettingsNamesKeyAndRemedy(t *testing.T) {
	t.Parallel()
	notPEM := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(notPEM, []byte("nothing"), 0o600))
	for name, tc := range map[string]struct {
		change map[string]any
		says   []string
	}{
		"no address":          {map[string]any{"address": nil}, []string{"address"}},
		"address of nonsense": {map[string]any{"address": "support"}, []string{"address", "like support@example.org"}},
		"bounce of nonsense":  {map[string]any{"bounce": "a b@c"}, []string{"bounce"}},
		"alias of nonsense":   {map[string]any{"aliases": []string{"team"}}, []string{"aliases", `"team"`}},
		"neither way":         {map[string]any{"imap": nil, "smtp": nil}, []string{"imap, smtp or both"}},
		"no port":             {map[string]any{"imap": "mail.example.org"}, []string{"imap", "mail.example.org:993"}},
		"port too high":       {map[string]any{"smtp": "mail.example.org:99999"}, []string{"smtp", "mail.example.org:465"}},
		"several at once": {
			map[string]any{"address": "nope", "imap": "host", "smtp": "h:0", "aliases": []string{"one", "two"}, "poll": "1ms", "mailbox": ""},
			[]string{"address: ", "imap: ", "smtp: ", `aliases[0]: "one"`, `aliases[1]: "two"`, "poll: ", "mailbox: "},
		},
		"unknown TLS":        {map[string]any{"smtp_tls": "ssl"}, []string{"smtp_tls", "implicit, starttls or none"}},
		"plain to the world": {map[string]any{"imap": "mail.example.org:143", "imap_tls": "none"}, []string{"imap_tls", "allow_plain: true"}},
		"unknown auth":       {map[string]any{"auth": "kerberos"}, []string{"auth", "xoauth2"}},
		"no password":        {map[string]any{"password": nil}, []string{"password_file"}},
		"no token":           {map[string]any{"auth": "xoauth2"}, []string{"token_url"}},
		"no client":          {map[string]any{"auth": "xoauth2", "token_url": "https://x"}, []string{"client_id"}},
		"no grant":           {map[string]any{"auth": "xoauth2", "token_url": "https://x", "client_id": "x"}, []string{"refresh_token", "client_secret"}},
		"tiny mails":         {map[string]any{"max_size": 12}, []string{"max_size", "16384"}},
		"hasty":              {map[string]any{"poll": "1ms"}, []string{"poll", "1s"}},
		"back to the future": {map[string]any{"since": "-1h"}, []string{"since"}},
		"impatient":          {map[string]any{"find_after": "-1h"}, []string{"find_after"}},
		"no mailbox":         {map[string]any{"mailbox": ""}, []string{"mailbox", "INBOX"}},
		"no CA":              {map[string]any{"ca_file": "/nowhere/ca.pem"}, []string{"ca_file", "can't be read"}},
		"no PEM":             {map[string]any{"ca_file": notPEM}, []string{"ca_file", "PEM"}},
		"unknown key":        {map[string]any{"pasword": "x"}, []string{"pasword"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			raw := map[string]any{"address": "support@example.org", "password": "x", "imap": "mail.example.org:993", "smtp": "mail.example.org:587"}
			for key, value := range tc.change {
				raw[key] = value
				if value == nil {
					delete(raw, key)
				}
			}
			_, err := readSettings(config.NewSettings(raw))
			for _, says := range tc.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
}

func TestTLSFollowsThePort(t *testing.T) {
	t.Parallel()
	for server, want := range map[string]string{
		"mail.example.org:993": tlsImplicit, "mail.example.org:143": tlsStart, "[::1]:143": tlsStart,
	} {
		s, err := readSettings(config.NewSettings(map[string]any{"address": "a@example.org", "password": "x", "imap": server}))
		require.NoError(t, err)
		require.Equal(t, want, s.IMAPTLS, server)
	}
	for server, mode := range map[string]string{"localhost:25": "none", "127.0.0.1:25": "none", "[::1]:25": "none"} {
		_, err := readSettings(config.NewSettings(map[string]any{"address": "a@example.org", "password": "x", "smtp": server, "smtp_tls": mode}))
		require.NoError(t, err, server)
	}
	_, err := readSettings(config.NewSettings(map[string]any{
		"address": "a@example.org", "password": "x", "smtp": "relay.example.org:25", "smtp_tls": "none", "allow_plain": true,
	}))
	require.NoError(t, err)
}

func TestChannelCanWhatItsServersCan(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		imap, smtp string
	}{"both": {"h:993", "h:465"}, "reads": {"h:993", ""}, "sends": {"", "h:465"}} {
		ch, err := open(channel.Env{Name: "mail", Settings: config.NewSettings(map[string]any{
			"address": "a@example.org", "password": "x", "imap": tc.imap, "smtp": tc.smtp,
		})})
		require.NoError(t, err, name)
		require.Equal(t, tc.imap != "", ch.Source != nil && ch.Streamer != nil, name)
		require.Equal(t, tc.smtp != "", ch.Replier != nil && ch.Pager != nil, name)
		require.Equal(t, tc.imap != "" && tc.smtp != "", ch.Finder != nil, name)
		require.NotNil(t, ch.Checker, name)
		require.Nil(t, ch.Measurer, name)
	}
}
