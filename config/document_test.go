package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

const document = `# comment
server:
  listen: here

channels:
  - name: mail
    imap: {host: h, port: 1}
  - name: hook
    lists:
      - one
      - two
`

func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	n, err := parse("t.yml", []byte(text))
	require.NoError(t, err)
	return n
}

func TestFollowFindsTheLineOfTheDeepestPartThatIsWritten(t *testing.T) {
	t.Parallel()
	root := parsed(t, document)
	for path, want := range map[string]struct {
		line  int
		value string
	}{
		"server":                   {2, ""},
		"server.listen":            {3, "here"},
		"server.base_url":          {2, ""}, // where its section begins
		"database.url":             {2, ""},
		"channels.mail.imap.port":  {7, "1"},
		"channels.mail.smtp.port":  {6, ""},
		"channels.hook.lists[1]":   {11, "two"},
		"channels.hook.lists[7]":   {9, ""},
		"channels[1].lists[0]":     {10, "one"},
		"channels.nobody.imap":     {5, ""},
		"channels.hook.lists.deep": {9, ""},
		"":                         {2, ""},
	} {
		n, line := follow(root, steps(path))
		require.Equal(t, want.line, line, path)
		if want.value != "" {
			require.Equal(t, want.value, n.Value, path)
		}
	}
	n, line := follow(nil, steps("a.b"))
	require.Nil(t, n)
	require.Zero(t, line)
}

func TestEmptyDocumentsAreNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\n", "# only a comment\n", "~", "null", "---\n"} {
		require.Nil(t, parsed(t, text), "%q", text)
	}
}

func TestWhatIsNoYAMLIsToldWithItsLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: [1\nb: 2\n":          "t.yml:1: This is not YAML:",
		"a: b: c\n":              "t.yml:1: This is not YAML: mapping values are not allowed",
		"a: \"open\n":            "t.yml:2: This is not YAML:",
		"a: 1\n---\nb: 2\n":      "t.yml:2: There is a second document.",
		"a: 1\n---\nb: [\n":      "t.yml:3: This is not YAML:",
		"a: *hunter2\n":          "a value that begins with * or & needs quotes",
		"\x00":                   "t.yml:1: Here stands something that is not text. Save the file as UTF-8.",
		"\xff\xfea\x00":          "t.yml:1: Here stands something that is not text.",
		"a: 1\nb: \xff\n":        "t.yml:2: Here stands something that is not text.",
		strings.Repeat("[", 1e5): "This is not YAML: exceeded max depth",
	} {
		_, err := parse("t.yml", []byte(text))
		require.ErrorContains(t, err, want, "%.20q", text)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), "yaml: ")
		require.NotContains(t, err.Error(), ": line ")
	}
}

func TestAliasesAndDeepNestsAreRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a: &x hunter2\nb: *x\n":                                         "t.yml:2: Aliases are not read.",
		"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n":                       "t.yml:3: Aliases are not read.",
		"base: &b {x: 1}\nd:\n  <<: *b\n":                                "t.yml:3: Aliases are not read.",
		"a: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n": "t.yml:1: The lists and mappings are nested too deep.",
		"? {a: b}\n: c\n":                                                "t.yml:1: A key must be a word; here it is a mapping.",
	} {
		r := &reader{file: "t.yml"}
		require.False(t, r.sound(parsed(t, text), 0), text)
		require.ErrorContains(t, Join(r.mistakes...), want)
		require.NotContains(t, Join(r.mistakes...).Error(), "hunter2")
	}
	r := &reader{}
	require.True(t, r.sound(parsed(t, document), 0))
}

func TestValuesInGoBecomeTheTreeThatAPersonWouldWrite(t *testing.T) {
	t.Parallel()
	n := node(map[string]any{
		"b": []any{1, "two", nil, 2.5}, "a": map[string]string{"x": "0123"}, "secret": NewSecret("s"), "yes": true,
	})
	r := &reader{}
	require.True(t, r.sound(n, 0))
	require.Equal(t, []string{"a", "b", "secret", "yes"}, []string{
		n.Content[0].Value, n.Content[2].Value, n.Content[4].Value, n.Content[6].Value,
	}, "in a fixed order")
	require.Equal(t, "0123", child(child(n, "a"), "x").Value)
	require.Equal(t, "s", child(n, "secret").Value)
	require.True(t, isNull(child(n, "b").Content[2]))
	require.Equal(t, "2.5", child(n, "b").Content[3].Value)
	require.Equal(t, "true", child(n, "yes").Value)
	require.True(t, isNull(node(nil)))
}
