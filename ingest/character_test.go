package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"golang.org/x/text/unicode/norm"
)

func TestCharactersThatNobodySeesAreLeftOut(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"plain":                    "plain",
		"a\x00b\x07c\x1b[31md\x7f": "abc[31md",
		"a\u202eb\u202c\u2066c\u2069\u200e\u200f\u061c": "abc",
		"lo\u200bg\u2060in\ufeff \u00adout\u034f":       "login out",
		"wide\u00a0\u2003\u3000blank":                   "wide   blank",
		"a\r\nb\rc\u2028d\u2029e\vf\fg\u0085h":          "a\nb\nc\nd\ne\nf\ng\nh",
		"tab\tstays":                                    "tab\tstays",
		"\xff\xfebad\xc3":                               "\uFFFDbad\uFFFD",
		"e\u0301":                                       "é",
		"tag\U000E0061\U000E0062":                       "tag",
		"\u3164\u115f\uffa0blank letters":               "blank letters",
	} {
		require.Equal(t, want, characters(given), "%q", given)
	}
}

func TestJoinersStayWhereWritingNeedsThem(t *testing.T) {
	t.Parallel()
	for _, needed := range []string{"👩\u200d👧\u200d👦", "می\u200cخواهم", "क्\u200dष", "❤️\u200d🔥"} {
		require.Equal(t, norm.NFC.String(needed), characters(needed))
	}
	for given, want := range map[string]string{
		"pass\u200dword": "password", "\u200dstart": "start", "end\u200d": "end", "é\u200cé": "éé", "a\u200dک": "aک",
	} {
		require.Equal(t, want, characters(given), "%q", given)
	}
}

func TestShortTextsAreOneBoundedLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a b c", word(" a\n\tb\u2028c\x00 ", 10))
	require.Equal(t, "aaa", word("aaaa", 3))
	require.Equal(t, "äää", word("ääää", 3))
	require.Empty(t, word("\u202e\u200b", 3))
	require.Equal(t, 5, utf8.RuneCountInString(word(strings.Repeat("👩", 1_000_000), 5)))
}

func TestCutsLeaveNoHalfRune(t *testing.T) {
	t.Parallel()
	for most := range 8 {
		require.True(t, utf8.ValidString(cutBytes("aäü👩", most)))
		require.LessOrEqual(t, len(cutBytes("aäü👩", most)), most)
	}
	require.Equal(t, "aä", cutBytes("aäü👩", 4))
	require.Equal(t, "aäü👩", cutBytes("aäü👩", 100))
	require.Equal(t, "aä", cutRunes("aäü👩", 2))
	require.Equal(t, "a", cutRunes("a b", 2), "no blank is left at the end")
	require.Equal(t, "aäü👩", cutRunes("aäü👩", 4))
	require.Empty(t, shortOrNone("long", 3))
	require.Equal(t, "long", shortOrNone("long", 4))
}
