package channeltest

import (
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/config"
)

// minDoc is the least length of a README that can hold credentials, limits and manners.
const minDoc = 300

func typePromises() []promise {
	return []promise{
		{"TypeHasItsTexts", typeHasItsTexts},
		{"ExampleLoads", exampleLoads},
	}
}

func typeHasItsTexts(tb testing.TB, k *kit) {
	require.Regexp(tb, regexp.MustCompile(`^[a-z][a-z0-9-]*$`), k.Type.Name)
	require.NotEmpty(tb, k.Type.Title)
	require.Greater(tb, len(k.Type.Doc), minDoc, "README.md tells credentials, limits and manners")
	require.True(tb, strings.HasPrefix(k.Type.Doc, "# "), "README.md begins with a title")
	require.True(tb, strings.HasPrefix(strings.TrimSpace(k.Type.Icon), "<svg"), "the icon is an SVG")
	require.NotContains(tb, k.Type.Icon, "<script", "an icon is shown on our own pages")
	d := xml.NewDecoder(strings.NewReader(k.Type.Icon))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(tb, err, "the icon is well-formed")
	}
}

// exampleLoads reads the example as a person would paste it: a channels list.
func exampleLoads(tb testing.TB, k *kit) {
	var file struct {
		Channels []map[string]any `yaml:"channels"`
	}
	require.NoError(tb, yaml.Unmarshal([]byte(k.Type.Example), &file))
	require.NotEmpty(tb, file.Channels, "example.yml is a channels: list, ready to be pasted")
	for _, settings := range file.Channels {
		require.Equal(tb, k.Type.Name, settings["type"])
		own, ok := settings["name"].(string)
		require.True(tb, ok, "a channel has a name")
		delete(settings, "name")
		delete(settings, "type")
		ch, err := k.Type.New(channel.Env{
			Name: own, Settings: config.NewSettings(settings),
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		require.NoError(tb, err)
		require.Equal(tb, own, ch.Name)
		require.Equal(tb, k.Type.Name, ch.Type)
		honest(tb, ch)
	}
}

// honest asks that a capability that looks nil is nil, and that there is one at all.
func honest(tb testing.TB, ch tocsin.Channel) {
	tb.Helper()
	fields := reflect.ValueOf(ch)
	able := 0
	for i := range fields.NumField() {
		field := fields.Field(i)
		if field.Kind() != reflect.Interface || field.IsNil() {
			continue
		}
		able++
		inner := field.Elem()
		if inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Func || inner.Kind() == reflect.Map {
			require.False(tb, inner.IsNil(), "%s holds a nil: it looks as if the channel could", fields.Type().Field(i).Name)
		}
	}
	require.Positive(tb, able, "a channel can do something")
}
