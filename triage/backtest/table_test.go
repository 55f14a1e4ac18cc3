package backtest

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestTheSeparatorIsTheSignThatTheHeaderHasMostOf(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]rune{
		"id,date,text":               ',',
		"id;date;text":               ';',
		"id\tdate\ttext":             '\t',
		"id;date, local;text":        ';',
		"text":                       ',',
		"":                           ',',
		"id,date,text\na;b;c;d;e;f;": ',',
	} {
		require.Equal(t, string(want), string(separator([]byte(head))), "%q", head)
	}
}

func TestNamesOfColumnsAreComparedWithoutCaseAndSigns(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"created_at", "Created At", "CREATED-AT", " created at: ", "createdAt", "Created (at)"} {
		require.Equal(t, "createdat", plainName(name))
	}
	require.Equal(t, "créé2", plainName("Créé 2"))
}

// TestOfSeveralColumnsTheBestNamedOneCounts: many exports have more than one time
// and more than one text.
func TestOfSeveralColumnsTheBestNamedOneCounts(t *testing.T) {
	t.Parallel()
	e := read("date,name,email,created_at,text,description,subject,id,ticket id\n"+
		"2020-01-01 00:00,Ana,ana@example.org,2026-02-03 08:15,short,the whole story,gate,99,7\n", FormatAny)
	require.NoError(t, e.err)
	r := e.reports[0]
	require.Equal(t, 2026, r.At.Year())
	require.Equal(t, "the whole story", r.Raw)
	require.Equal(t, "gate", r.Title)
	require.Equal(t, "99", r.ExternalID)
	require.Equal(t, "csv:ana@example.org", r.Reporter.ID)
	require.Equal(t, "ana@example.org", r.Reporter.Handle)
}

func TestOfTwoColumnsOfOneNameTheFirstCounts(t *testing.T) {
	t.Parallel()
	e := read("id,date,text,text\n1,2026-02-03 08:15,first,second\n", FormatAny)
	require.Equal(t, "first", e.reports[0].Raw)
}

func TestARowWithoutAnIDIsKnownByItsLine(t *testing.T) {
	t.Parallel()
	e := read("date,text\n2026-02-03 08:15,\"two\nlines\"\n2026-02-03 08:16,one\n", FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, "line-2", e.reports[0].ExternalID)
	require.Equal(t, "line-4", e.reports[1].ExternalID)
}

func TestOnePersonIsOneHoweverTheirAddressIsWritten(t *testing.T) {
	t.Parallel()
	e := read("date,text,email\n2026-02-03 08:15,a,Ana@Example.org\n2026-02-03 08:16,b, ana@example.org \n2026-02-03 08:17,c,\n2026-02-03 08:18,d,\n", FormatAny)
	require.Len(t, e.reports, 4)
	require.Equal(t, e.reports[0].Reporter.ID, e.reports[1].Reporter.ID)
	require.NotEqual(t, e.reports[2].Reporter.ID, e.reports[3].Reporter.ID, "two who are nobody are two")
}

// TestEveryTextComesThroughCSVUnchanged writes hostile texts as an honest writer
// does and reads them again.
func TestEveryTextComesThroughCSVUnchanged(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	signs := []string{`"`, "\n", ",", ";", "\t", "'", "a", "日", " b", `\`, "{", "[", "\u202e", "=", "-"}
	for _, comma := range []rune{',', ';', '\t'} {
		var file strings.Builder
		w := csv.NewWriter(&file)
		w.Comma = comma
		require.NoError(t, w.Write([]string{"id", "created_at", "description"}))
		var want []string
		for n := range 200 {
			text := "x"
			for range r.IntN(12) {
				text += signs[r.IntN(len(signs))]
			}
			text = strings.TrimSpace(text)
			want = append(want, text)
			require.NoError(t, w.Write([]string{fmt.Sprint(n), "2026-02-03 08:15", text}))
		}
		w.Flush()
		e := read(file.String(), FormatAny)
		require.NoError(t, e.err)
		require.Empty(t, e.skipped)
		got := make([]string, len(e.reports))
		for n, report := range e.reports {
			got[n] = report.Raw
		}
		require.Equal(t, want, got)
	}
}

// TestEveryBadRowIsNamedWithItsOwnLine breaks random rows among texts of several lines.
func TestEveryBadRowIsNamedWithItsOwnLine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(13, 14))
	file, line := "created_at,description\n", 2
	var bad []string
	for range 300 {
		when, text := "2026-02-03 08:15", "x"+strings.Repeat("\ny", r.IntN(4))
		if r.IntN(5) == 0 {
			when = "sometime"
			bad = append(bad, fmt.Sprintf("line %02d: ", line))
		}
		file += when + `,"` + text + "\"\n"
		line += 1 + strings.Count(text, "\n")
	}
	e := read(file, FormatAny)
	require.NoError(t, e.err)
	require.Len(t, e.skipped, len(bad))
	for n := range bad {
		require.True(t, strings.HasPrefix(e.skipped[n], bad[n]), "%s, not %s", e.skipped[n], bad[n])
	}
	require.Len(t, e.reports, 300-len(bad))
}

func TestNobodyNeedsToHearOfBadRows(t *testing.T) {
	t.Parallel()
	n := 0
	_, err := Reader{}.Tickets(strings.NewReader("date,text\nsoon,x\n2026-02-03 08:15,y\n"), FormatAny, func(tocsin.Report) error { n++; return nil })
	require.NoError(t, err)
	require.Equal(t, 1, n)
}
