package ingest

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinksShrinkToTheirHosts(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"see https://www.example.org/a/b?c=d#e.": "see example.org.",
		"https://EXAMPLE.org":                    "example.org",
		"HTTP://example.org:8080/x, and":         "example.org, and",
		"(https://example.org/a)":                "(example.org)",
		"<https://example.org/a>":                "<example.org>",
		"[text](https://example.org/a) more":     "[text](example.org) more",
		"https://user:hunter2@example.org/":      "example.org",
		"https://例え.jp/道、そして":                    "例え.jp、そして",
		"https://a.example/ https://b.example/":  "a.example b.example",
		"ftp://example.org/a":                    "ftp://example.org/a",
		"://":                                    "://", "https://": "https://", "https:// x": "https:// x", "https:///path": "https:///path",
		"no link at all":         "no link at all",
		"xhttps://example.org/a": "xexample.org",
	} {
		require.Equal(t, want, shortLinks(given), given)
	}
}

func TestLeadingHandlesSayToWhomAndNotWhat(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"@acme is it down?":                       "is it down?",
		"@acme @bob_1: @c@social.example, is it?": "is it?",
		"  @acme\nis it?":                         "is it?",
		"is it down @acme?":                       "is it down @acme?",
		"@ is an at sign":                         "@ is an at sign",
		"@acme's site is down":                    "@acme's site is down",
		"@acme":                                   "",
		"@日本 壊れた":                                 "壊れた",
		"":                                        "",
	} {
		require.Equal(t, want, withoutHandles(given), given)
	}
}
