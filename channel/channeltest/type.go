package channeltest

import (
	"encoding/xml"
	"errors"
	"io"
	"log/slog"
	"reflect"
	"strings"
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

func typeHasItsTexts(k *kit) {
	require.Regexp(k, `^[a-z][a-z0-9-]*$`, k.Type.Name)
	require.NotEmpty(k, k.Type.Title)
	require.Greater(k, len(k.Type.Doc), minDoc, "README.md tells credentials, limits and manners")
	require.True(k, strings.HasPrefix(k.Type.Doc, "# "), "README.md begins with a title")
	require.True(k, strings.HasPrefix(strings.TrimSpace(k.Type.Icon), "<svg"), "the icon is an SVG")
	require.NotContains(k, k.Type.Icon, "<script", "an icon is shown on our own pages")
	d := xml.NewDecoder(strings.NewReader(k.Type.Icon))
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(k, err, "the icon is well-formed")
	}
}

// exampleLoads reads the example as a person would paste it: a channels list.
func exampleLoads(k *kit) {
	var file struct {
		Channels []map[string]any `yaml:"channels"`
	}
	require.NoError(k, yaml.Unmarshal([]byte(k.Type.Example), &file))
	require.NotEmpty(k, file.Channels, "example.yml is a channels: list, ready to be pasted")
	for _, settings := range file.Channels {
		require.Equal(k, k.Type.Name, settings["type"])
		own, ok := settings["name"].(string)
		require.True(k, ok, "a channel has a name")
		delete(settings, "name")
		delete(settings, "type")
		ch, err := k.Type.New(channel.Env{
			Name: own, Settings: config.NewSettings(settings),
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		require.NoError(k, err)
		require.Equal(k, own, ch.Name)
		require.Equal(k, k.Type.Name, ch.Type)
		honest(k, ch)
	}
}

// honest asks that a capability that looks nil is nil, and that there is one at all.
func honest(k *kit, ch tocsin.Channel) {
	k.Helper()
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
			require.False(k, inner.IsNil(), "%s holds a nil: it looks as if the channel could", fields.Type().Field(i).Name)
		}
	}
	require.Positive(k, able, "a channel can do something")
}
