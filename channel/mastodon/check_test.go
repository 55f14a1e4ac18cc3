package mastodon

import (
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

func TestCheckNamesWhatTheTokenMayNot(t *testing.T) {
	t.Parallel()
	for missing, scopes := range map[string][]string{
		"":                   {"read:accounts", "read:notifications", "read:statuses", "write:statuses"},
		"write:statuses":     {"read"},
		"read:notifications": {"read:accounts", "read:statuses", "write"},
	} {
		k := setup(t, func(s *server, _ map[string]any) { s.scopes = scopes })
		err := k.Checker.Check(t.Context())
		if missing == "" {
			require.NoError(t, err)
			continue
		}
		require.Equal(t, tocsin.CodeForbidden, tocsin.CodeOf(err))
		require.Contains(t, err.Error(), "lacks the scope "+missing)
	}
	k := setup(t, func(s *server, _ map[string]any) { s.scopes = nil })
	require.NoError(t, k.Checker.Check(t.Context()), "a server before 4.3 does not tell")
}

func TestSettingsAreHeldAgainstWhatCanBe(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(map[string]any){
		"no server":      func(s map[string]any) { s["server"] = "mastodon.example" },
		"a page":         func(s map[string]any) { s["server"] = "https://mastodon.example/@help" },
		"plain":          func(s map[string]any) { s["allow_private"] = false },
		"odd tag":        func(s map[string]any) { s["hashtags"] = []any{"two words"} },
		"too many tags":  func(s map[string]any) { s["hashtags"] = []any{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} },
		"odd visibility": func(s map[string]any) { s["visibility"] = "secret" },
		"future":         func(s map[string]any) { s["since"] = "-1h" },
		"no token":       func(s map[string]any) { delete(s, "token") },
	} {
		settings := settingsFor("http://127.0.0.1:1")
		change(settings)
		_, err := Type().New(channel.Env{Name: "fedi", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: time.Now})
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), token)
	}
	settings := settingsFor("https://mastodon.example/")
	settings["hashtags"] = []any{"#NearDown", "störung"}
	_, err := Type().New(channel.Env{Name: "fedi", Settings: config.NewSettings(settings), Log: slog.New(slog.DiscardHandler), Now: time.Now})
	require.NoError(t, err)
}
