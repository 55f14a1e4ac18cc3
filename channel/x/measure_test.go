package x

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextsAreWeighedAsXDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"":                0,
		"hello":           5,
		"café":            4,
		"cafe\u0301":      4, // composed first
		"Ελλάδα":          6,
		"ไทย":             3,
		"ქართული":         7,
		"日本":              4,
		"한국":              4,
		"“quoted” – and…": 16, // the ellipsis is heavy
		"👍":               2,
		"👍🏽":              2,
		"👨‍👩‍👧‍👦":         2,
		"🏳️‍🌈":            2,
		"🇩🇪🇫🇷":            4,
		"🏴󠁧󠁢󠁥󠁮󠁧󠁿":         2, // tags
		"1️⃣ 2":           4,
		"12":              2,
		"©":               1,
		"©️":              2,
		"❤️":              2,
		"https://example.com/a/very/long/path?with=query": 23,
		"see example.com.":             4 + 23 + 1,
		"http://t.co":                  23,
		"status.acme.com: 日":           23 + 1 + 1 + 2,
		"write to help@acme.com":       22,
		"@acme.com":                    9,
		"version 1.2.3 and e.g. this":  27,
		"done.Nobody":                  11,
		"(https://a.org/x) and b.de/y": 1 + 23 + 1 + 5 + 23,
	} {
		require.Equal(t, want, weigh(text), "%q", text)
	}
}

func TestRoomForTheOpeningIsTakenOff(t *testing.T) {
	t.Parallel()
	x := newX(t)
	require.Equal(t, 280-17, x.channel(nil).Measurer.Measure("x").Limit, "@ and 15 characters and a blank")
	require.Equal(t, 280, x.channel(map[string]any{"openings": []any{}}).Measurer.Measure("x").Limit)
	long := x.channel(map[string]any{"openings": []any{"", "日本 "}}).Measurer.Measure(" 日本 ")
	require.Equal(t, 280-6, long.Limit)
	require.Equal(t, 4, long.Used)
}

func TestLinksAreSeenAsXSeesThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"all is well":            false,
		"see https://acme.com":   true,
		"see acme.com":           true,
		"see foo.github.io now":  true,
		"HTTP://ACME.COM":        true,
		"ana@acme.com":           false,
		"at 14.30 h, v2.1":       false,
		"etc. We":                false,
		"file main.go":           false,
		"https://localhost/test": false, // X makes none of it
	} {
		require.Equal(t, want, linked(text), text)
	}
}

func FuzzWeigh(f *testing.F) {
	for _, seed := range []string{"a", "👨‍👩‍👧‍👦", "1️⃣", "a.com b.com", "\xff\u200d👍\u200d", "https://é.com/\U000e0067"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n := weigh(text)
		require.GreaterOrEqual(t, n, 0)
		require.LessOrEqual(t, n, linkWeight*len(text)+1)
		require.LessOrEqual(t, len(bareLinks(text)), len(text)/4+1)
		require.True(t, strings.TrimSpace(text) == "" || n > 0)
	})
}
