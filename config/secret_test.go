package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/tocsin/tocsin/config"
)

const password = "correct horse battery staple"

// holder keeps a secret in fields that fmt can and can't call methods on.
type holder struct {
	Open   config.Secret
	closed config.Secret
	inner  struct{ list []config.Secret }
}

func hold() holder {
	h := holder{Open: config.NewSecret(password), closed: config.NewSecret(password)}
	h.inner.list = []config.Secret{config.NewSecret(password)}
	return h
}

func TestSecretNeverPrints(t *testing.T) {
	t.Parallel()
	secret := config.NewSecret(password)
	settings := config.NewSettings(map[string]any{"password": password})
	for _, value := range []any{secret, &secret, []config.Secret{secret}, map[string]config.Secret{"a": secret}, hold(), settings, &settings} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T", "%p", "%z"} {
			require.NotContains(t, fmt.Sprintf(verb, value), "horse", "%T by %s", value, verb)
			require.NotContains(t, fmt.Sprintf(verb, value), fmt.Sprintf("%x", password), "%T by %s", value, verb)
		}
		text, err := json.Marshal(value)
		require.NoError(t, err)
		require.NotContains(t, string(text), "horse")
		text, err = yaml.Marshal(value)
		require.NoError(t, err)
		require.NotContains(t, string(text), "horse")
	}
}

func TestSecretNeverGetsIntoALog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		log := slog.New(handler)
		log.Info("a secret", "secret", config.NewSecret(password), "struct", hold(),
			"settings", config.NewSettings(map[string]any{"password": password}))
	}
	require.Contains(t, out.String(), "[secret]")
	require.NotContains(t, out.String(), "horse")
}

func TestSecretIsRevealedOnlyByName(t *testing.T) {
	t.Parallel()
	require.Equal(t, password, config.NewSecret(password).Reveal())
	require.Empty(t, config.Secret{}.Reveal())
	require.True(t, config.NewSecret("").IsZero())
	require.False(t, config.NewSecret(password).IsZero())
	same := config.NewSecret(password)
	require.Equal(t, same, config.NewSecret(password), "two of the same value are equal")
	var s config.Secret
	require.NoError(t, s.UnmarshalText([]byte(password)))
	require.Equal(t, password, s.Reveal())
}
