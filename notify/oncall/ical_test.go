package oncall

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestACalendarIsWhatCalendarProgramsRead(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-23 10:00")
	text := string(Calendar("Who; is, on\ncall", []tocsin.Shift{
		{Schedule: "primary", Person: "ana", From: at(t, "2026-11-23 08:00"), To: at(t, "2026-11-30 08:00")},
		{Schedule: "primary", From: at(t, "2026-11-30 08:00"), To: at(t, "2026-12-01 08:00")},
		{Schedule: "primary", Person: "jürgen-mit-einem-sehr-langen-namen-der-über-die-zeile-hinausläuft-äöüäöü", Override: 7, From: at(t, "2026-12-01 08:00"), To: at(t, "2026-12-02 08:00")},
	}, now))
	require.True(t, strings.HasPrefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tocsin//on call//EN\r\n"))
	require.Equal(t, 2, strings.Count(text, "BEGIN:VEVENT"), "a gap is no event")
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\r\n"), "\r\n") {
		require.LessOrEqual(t, len(line), 75)
		require.NotContains(t, line, "\n")
		require.True(t, utf8.ValidString(line), "folded within a character: %q", line)
	}
	whole := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		`X-WR-CALNAME:Who\; is\, on\ncall`, "UID:primary-1795420800@tocsin", "DTSTAMP:20261123T100000Z", "DTSTART:20261123T080000Z", "DTEND:20261130T080000Z",
		"SUMMARY:ana on call (primary)", "hinausläuft-äöüäöü on call (primary)", "DESCRIPTION:By override 7.",
	} {
		require.Contains(t, whole, want+"\r\n")
	}
}

func FuzzCalendarKeepsEachLineShort(f *testing.F) {
	f.Add("ana", "x\r\nATTENDEE:y")
	f.Fuzz(func(t *testing.T, person, name string) {
		text := string(Calendar(name, []tocsin.Shift{{Schedule: "s", Person: person, From: at(t, "2026-11-23 08:00"), To: at(t, "2026-11-24 08:00")}}, at(t, "2026-11-23 10:00")))
		for line := range strings.SplitSeq(strings.ReplaceAll(text, "\r\n ", ""), "\r\n") {
			require.NotContains(t, line, "\n")
			key, _, ok := strings.Cut(line, ":")
			require.True(t, line == "" || ok && strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "", "%q", line)
		}
	})
}
