package config

import (
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// readExample gives the tree of tocsin.example.yml.
func readExample(t *testing.T) *yaml.Node {
	t.Helper()
	text, err := os.ReadFile("../tocsin.example.yml")
	require.NoError(t, err)
	root, err := parse("tocsin.example.yml", text)
	require.NoError(t, err)
	return root
}

func TestExampleDocumentsEveryKey(t *testing.T) {
	t.Parallel()
	root := readExample(t)
	documented(t, root, reflect.TypeFor[Config]())
	documented(t, child(root, "areas").Content[0], reflect.TypeFor[areaKeys]())
	documented(t, child(root, "people").Content[0], reflect.TypeFor[personKeys]())
	documented(t, child(root, "schedules").Content[0], reflect.TypeFor[scheduleKeys]())
	policy := child(root, "policies").Content[0]
	for n, f := range fields(reflect.TypeFor[policyKeys]()) {
		if f.key == "steps" || f.key == "whisper" {
			continue // below: each kind of target excludes the others
		}
		documented(t, policy, reflect.StructOf([]reflect.StructField{reflect.TypeFor[policyKeys]().Field(n)}))
	}
	text, err := yaml.Marshal(child(policy, "steps"))
	require.NoError(t, err)
	for _, f := range append(fields(reflect.TypeFor[targetKeys]()), fields(reflect.TypeFor[stepKeys]())...) {
		require.Contains(t, string(text), f.key+":", "tocsin.example.yml lacks a target of this kind")
	}
}

// documented asks that each key of typ stands in n, in the first entry of lists.
func documented(t *testing.T, n *yaml.Node, typ reflect.Type) {
	t.Helper()
	for _, f := range fields(typ) {
		if f.file {
			continue
		}
		value := child(n, f.key)
		require.NotNil(t, value, "tocsin.example.yml lacks the key %s of %s", f.key, typ)
		switch f.shape {
		case section:
			documented(t, value, f.typ)
		case entries:
			documented(t, value.Content[0], f.typ)
		default:
		}
	}
}

// TestExampleShowsTheDefaults reads the example without its lists: what is left
// must be what applies when nothing is written, as its first lines say.
func TestExampleShowsTheDefaults(t *testing.T) {
	root := readExample(t)
	text, err := yaml.Marshal(only(root, false, "channels", "areas", "policies", "people", "schedules"))
	require.NoError(t, err)
	c, err := Parse("tocsin.example.yml", text)
	require.NoError(t, err)
	want := Default()
	want.Path, want.source = c.Path, c.source
	want.Staff = []string{} // written as a list without entries
	require.Equal(t, &want, c)
}

func TestEveryKeyOfTheTreeHasAVariable(t *testing.T) {
	for _, key := range leaves(reflect.TypeFor[Config](), "") {
		whole := source{env: prefix}
		t.Setenv(whole.variable(key), "{}") // nothing takes a mapping for a value
	}
	_, err := Parse("", nil)
	var told Mistakes
	require.ErrorAs(t, err, &told)
	said := map[string]bool{}
	for _, m := range told {
		said[m.Key] = true
	}
	for _, key := range leaves(reflect.TypeFor[Config](), "") {
		if key == "database.url" { // a file may have any name
			continue
		}
		require.True(t, said[key], "the variable of %s is not read", key)
	}
}

func leaves(typ reflect.Type, path string) []string {
	var keys []string
	for _, f := range fields(typ) {
		switch key := join(path, f.key); {
		case f.file:
		case f.shape == section:
			keys = append(keys, leaves(f.typ, key)...)
		default:
			keys = append(keys, key)
		}
	}
	return keys
}

func TestSpansAreWrittenAsPeopleDo(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"5m": "5m", "168h": "168h", "90s": "1m30s", "10s": "10s", "0s": "0s", "1h10m": "1h10m", "20m": "20m",
	} {
		d, err := time.ParseDuration(written)
		require.NoError(t, err)
		require.Equal(t, want, span(d))
	}
}
