package config

import (
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// every has a field of each shape.
type every struct {
	Word     string          `config:"word,required"`
	Number   int             `config:"number"`
	Natural  uint16          `config:"natural"`
	Share    float32         `config:"share"`
	Flag     bool            `config:"flag"`
	Span     time.Duration   `config:"span"`
	Wait     tocsin.Duration `config:"wait"`
	Moment   time.Time       `config:"moment"`
	Secret   Secret          `config:"secret"`
	Words    []string        `config:"words"`
	Secrets  []Secret        `config:"secrets"`
	Inner    inner           `config:"inner"`
	Inners   []inner         `config:"inners"`
	Named    []inner         `config:"named,named"`
	Hidden   string
	Left     string `config:"-"`
	Embedded `config:",squash"`
}

type inner struct {
	Deep []struct {
		Deeper int `config:"deeper"`
	} `config:"deep"`
}

// Embedded is shared by several structs.
type Embedded struct {
	Shared string `config:"shared"`
}

func TestFieldsHaveTheShapeOfTheirTypes(t *testing.T) {
	t.Parallel()
	shapes := map[string]shape{}
	for _, f := range fields(reflect.TypeFor[every]()) {
		shapes[f.key] = f.shape
		require.Equal(t, f.key == "word", f.required)
		require.Equal(t, f.key == "secret_file" || f.key == "secrets_file", f.file)
	}
	require.Equal(t, map[string]shape{
		"word": scalar, "number": scalar, "natural": scalar, "share": scalar, "flag": scalar, "span": scalar,
		"wait": scalar, "moment": scalar, "secret": scalar, "secret_file": scalar, "words": scalars,
		"secrets": scalars, "secrets_file": scalar, "inner": section, "inners": entries, "named": named, "shared": scalar,
	}, shapes)
}

func TestFieldsOfEmbeddedStructsAreReached(t *testing.T) {
	t.Parallel()
	f, ok := find(fields(reflect.TypeFor[every]()), "shared")
	require.True(t, ok)
	v := reflect.ValueOf(every{Embedded: Embedded{Shared: "x"}})
	require.Equal(t, "x", v.FieldByIndex(f.index).String())
}

func TestRemedyNamesNoFiles(t *testing.T) {
	t.Parallel()
	require.NotContains(t, keys(fields(reflect.TypeFor[every]())), "secret_file")
	require.Contains(t, keys(fields(reflect.TypeFor[every]())), "secret")
}

func TestAtFindsTheFieldOfAPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]reflect.Kind{
		"number": reflect.Int, "words[3]": reflect.String, "inner.deep[0].deeper": reflect.Int,
		"inners[1].deep[2].deeper": reflect.Int, "shared": reflect.String,
	} {
		f, ok := at(reflect.TypeFor[every](), steps(path))
		require.True(t, ok, path)
		require.Equal(t, want, f.typ.Kind(), path)
	}
	for _, path := range []string{"", "nothing", "number.deeper", "inner.nothing", "Hidden", "-"} {
		_, ok := at(reflect.TypeFor[every](), steps(path))
		require.False(t, ok, path)
	}
}

func TestRemedyFitsTheType(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"word": "as text", "number": "whole number, such as 5", "natural": "0 or more", "share": "such as 0.5",
		"flag": "true or false", "span": "90s", "wait": "90s", "moment": "2026-11-03T14:00:00Z", "secret": "as text", "words": "as text",
	} {
		f, ok := find(fields(reflect.TypeFor[every]()), key)
		require.True(t, ok)
		require.Contains(t, wants(f.typ), want, key)
	}
}

func TestEveryShapeIsDecoded(t *testing.T) {
	t.Parallel()
	e := every{Number: 1, Words: []string{"default"}, Hidden: "kept", Left: "kept"}
	require.NoError(t, NewSettings(map[string]any{
		"word": "w", "number": -5, "natural": 65535, "share": .5, "flag": "true", "span": "1h", "wait": "2m",
		"moment": "2026-11-03T14:00:00Z", "secret": "s", "words": []string{"a", "b,c"}, "secrets": []string{"x", "y"},
		"inner":  map[string]any{"deep": []any{map[string]any{"deeper": 1}, map[string]any{"deeper": 2}}},
		"inners": []any{map[string]any{"deep": []any{map[string]any{"deeper": 3}}}}, "shared": "all",
	}).Decode(&e))
	require.Equal(t, -5, e.Number)
	require.Equal(t, uint16(65535), e.Natural)
	require.InDelta(t, .5, e.Share, 0)
	require.True(t, e.Flag)
	require.Equal(t, time.Hour, e.Span)
	require.Equal(t, tocsin.Duration(2*time.Minute), e.Wait)
	require.Equal(t, time.Date(2026, 11, 3, 14, 0, 0, 0, time.UTC), e.Moment)
	require.Equal(t, []string{"a", "b,c"}, e.Words, "a comma in the file is a comma")
	require.Equal(t, []Secret{NewSecret("x"), NewSecret("y")}, e.Secrets)
	require.Equal(t, 2, e.Inner.Deep[1].Deeper)
	require.Equal(t, 3, e.Inners[0].Deep[0].Deeper)
	require.Equal(t, "all", e.Shared)
	require.Equal(t, "kept", e.Hidden+e.Left[:0])
}

func TestDefaultListIsNotWrittenInto(t *testing.T) {
	t.Parallel()
	defaults := []string{"one", "two", "three"}
	e := every{Word: "w", Words: defaults}
	require.NoError(t, NewSettings(map[string]any{"words": []string{"other"}}).Decode(&e))
	require.Equal(t, []string{"other"}, e.Words)
	require.Equal(t, []string{"one", "two", "three"}, defaults)
}

func TestNumbersOutOfTheirTypesRangeAreMistakes(t *testing.T) {
	t.Parallel()
	for _, bad := range []map[string]any{
		{"natural": 65536},
		{"natural": -1},
		{"natural": "1.5"},
		{"number": "1e3"},
		{"number": "9223372036854775808"},
		{"share": "half"},
		{"flag": "perhaps"},
		{"span": "1 hour"},
		{"span": 5},
		{"wait": ""},
		{"moment": "tomorrow"},
	} {
		bad["word"] = "w"
		var e every
		err := NewSettings(bad).Decode(&e)
		var mistakes Mistakes
		require.ErrorAs(t, err, &mistakes, "%v", bad)
		require.Len(t, mistakes, 1)
	}
}
