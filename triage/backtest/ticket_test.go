package backtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// export reads an export to its end.
type export struct {
	reports []tocsin.Report
	skipped []string
	format  Format
	err     error
}

func read(text string, f Format) export {
	var e export
	r := Reader{Skip: func(line int, why string) { e.skipped = append(e.skipped, fmt.Sprintf("line %02d: %s", line, why)) }}
	e.format, e.err = r.Tickets(strings.NewReader(text), f, func(r tocsin.Report) error {
		e.reports = append(e.reports, r)
		return nil
	})
	return e
}

func fixture(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(text)
}

// iris is the first ticket of the fixtures, olaf the last.
func iris(t *testing.T, r tocsin.Report) {
	t.Helper()
	require.Equal(t, "501", r.ExternalID)
	require.Equal(t, time.Date(2026, 2, 3, 8, 15, 0, 0, time.UTC), r.At)
	require.Equal(t, r.At, r.ReceivedAt)
	require.Equal(t, "Oven timer", r.Title)
	require.Equal(t, "The oven timer stops at zero and never rings.", r.Raw)
	require.Equal(t, "zendesk:77001", r.Reporter.ID)
}

func olaf(t *testing.T, r tocsin.Report) {
	t.Helper()
	require.Equal(t, "504", r.ExternalID)
	require.Equal(t, time.Date(2026, 2, 3, 8, 0, 0, 0, time.UTC), r.At)
	require.Equal(t, "Timer", r.Title)
	require.Equal(t, "zendesk:77004", r.Reporter.ID)
}

func TestAZendeskExportIsReadAndItsBadTicketsAreNamed(t *testing.T) {
	t.Parallel()
	e := read(fixture(t, "zendesk.json"), FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, FormatZendesk, e.format)
	require.Len(t, e.reports, 2)
	iris(t, e.reports[0])
	require.Equal(t, "Iris@example.org", e.reports[0].Reporter.Handle)
	olaf(t, e.reports[1])
	require.Equal(t, "olaf@example.org", e.reports[1].Reporter.Handle)
	require.Equal(t, []string{"line 14: it was deleted", `line 22: the time "yesterday" cannot be read; write it like 2026-03-01T14:05:00Z`}, e.skipped)
}

func TestABrokenLineCostsItselfOnly(t *testing.T) {
	t.Parallel()
	e := read(fixture(t, "zendesk.jsonl"), FormatAny)
	require.NoError(t, e.err)
	require.Len(t, e.reports, 2)
	iris(t, e.reports[0])
	olaf(t, e.reports[1])
	require.Len(t, e.skipped, 2)
	require.Contains(t, e.skipped[0], "line 03: it is no ticket")
	require.Equal(t, "line 05: it has neither a subject nor text", e.skipped[1])
}

// TestTheSameTicketsInEveryShape reads what a help desk's answers are saved as.
func TestTheSameTicketsInEveryShape(t *testing.T) {
	t.Parallel()
	one := `{"id":1,"created_at":"2026-02-03T08:15:00Z","subject":"a","requester_id":7}`
	two := `{"id":2,"created_at":"2026-02-03T08:16:00Z","subject":"b","requester_id":8}`
	for name, text := range map[string]string{
		"lines":                one + "\n" + two,
		"lines of windows":     "\ufeff" + one + "\r\n" + two + "\r\n",
		"an array":             "[" + one + "," + two + "]",
		"an answer":            `{"tickets":[` + one + "," + two + `],"count":2}`,
		"users before tickets": `{"users":[{"id":7}],"tickets":[` + one + "," + two + `]}`,
		"answers, one a line":  `{"tickets":[` + one + `],"end_of_stream":false}` + "\n" + `{"tickets":[` + two + `]}`,
		"answers, joined":      `{"tickets":[` + one + `]}{"tickets":[` + two + `]}{"tickets":null}`,
		"tickets, indented":    strings.ReplaceAll(one, ",", ",\n") + "\n" + strings.ReplaceAll(two, ",", ",\n"),
	} {
		e := read(text, FormatAny)
		require.NoError(t, e.err, name)
		require.Empty(t, e.skipped, name)
		require.Len(t, e.reports, 2, name)
		require.Equal(t, "1a2b", e.reports[0].ExternalID+e.reports[0].Title+e.reports[1].ExternalID+e.reports[1].Title, name)
	}
}

func TestABrokenDocumentIsRefusedAndNotHalfRead(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "zendesk.json")
	for name, c := range map[string]struct{ text, said string }{
		"cut short":   {whole[:700], "Is it whole?"},
		"no brackets": {strings.Replace(whole, `"tickets": [`, `"tickets": 7,`, 1), "cannot be read on"},
		"not JSON":    {strings.Replace(whole, `"id": 504,`, `"id": oops,`, 1), "cannot be read on behind line 2"},
	} {
		e := read(c.text, FormatAny)
		require.ErrorContains(t, e.err, c.said, name)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(e.err), name)
	}
}

func TestAnIntercomExportTellsUsersFromStaff(t *testing.T) {
	t.Parallel()
	e := read(fixture(t, "intercom.json"), FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, FormatIntercom, e.format)
	require.Empty(t, e.skipped)
	require.Len(t, e.reports, 3)
	noor := e.reports[0]
	require.Equal(t, "9001", noor.ExternalID)
	require.Equal(t, time.Unix(1770106500, 0).UTC(), noor.At)
	require.Equal(t, "<p>The proofing lamp <b>flickers</b></p>", noor.Raw)
	require.Equal(t, tocsin.MarkupHTML, noor.Markup)
	require.Equal(t, tocsin.Reporter{ID: "intercom:u-1", Handle: "noor@example.org"}, noor.Reporter)
	require.True(t, e.reports[1].Reporter.Staff, "our own campaign")
	require.Equal(t, "<p>No light in the proofing box</p>", e.reports[2].Raw, "of an older API")
	require.Equal(t, "intercom:l-3", e.reports[2].Reporter.ID)
}

func TestTicketsInCSVAreFoundByTheirHeader(t *testing.T) {
	t.Parallel()
	e := read(fixture(t, "tickets.csv"), FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, FormatCSV, e.format)
	require.Len(t, e.reports, 2)
	require.Equal(t, "31", e.reports[0].ExternalID)
	require.Equal(t, "It stops at zero;\nand never rings", e.reports[0].Raw)
	require.Equal(t, "csv:iris@example.org", e.reports[0].Reporter.ID)
	require.Equal(t, "csv-ticket:33", e.reports[1].Reporter.ID, "who is nobody is a person of their own")
	require.Equal(t, []string{
		`line 04: the time "03/02/2026 08:16" cannot be read; write it like 2026-03-01T14:05:00Z`,
		"line 06: it has neither a subject nor text",
	}, e.skipped)
}

func TestCSVWithoutTheNeededColumnsSaysWhatItHas(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, read("who,what\na,b\n", FormatAny).err, "No column says when a ticket was written. The header has: who, what. Name the column createdat.")
	require.ErrorContains(t, read("date,who\na,b\n", FormatAny).err, "No column says what was written")
	require.ErrorContains(t, read("", FormatAny).err, "no header")
}

func TestAFormatCanBeForcedAndMustExist(t *testing.T) {
	t.Parallel()
	e := read(`{"id":"1","created_at":1770106500,"source":{"body":"x"}}`, FormatIntercom)
	require.NoError(t, e.err)
	require.Len(t, e.reports, 1)
	require.ErrorContains(t, read("x", "excel").err, `no format "excel"`)
	require.Contains(t, Formats(), e.format)
}

func TestWhoeverTakesTheTicketsCanStop(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for _, name := range []string{"zendesk.json", "zendesk.jsonl", "intercom.json", "tickets.csv"} {
		n := 0
		_, err := Reader{}.Tickets(strings.NewReader(fixture(t, name)), FormatAny, func(tocsin.Report) error { n++; return enough })
		require.ErrorIs(t, err, enough, name)
		require.Equal(t, 1, n, name)
	}
}

func TestARowWithoutEndIsRefusedBeforeItFillsTheMemory(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("dough ", 3*maxRow/6)
	e := read("date,text\n2026-02-03 08:15,fine\n2026-02-03 08:16,\""+long, FormatAny)
	require.ErrorContains(t, e.err, "Is a quote or a bracket open there?")
	require.Len(t, e.reports, 1)
	e = read(`{"tickets":[{"id":1,"created_at":"2026-02-03T08:15:00Z","subject":"fine"},{"id":2,"subject":"`+long, FormatAny)
	require.ErrorContains(t, e.err, "Is a quote or a bracket open there?")
	e = read(`{"id":1,"created_at":"2026-02-03T08:15:00Z","subject":"fine"}`+"\n"+`{"subject":"`+long+"\"}\n"+
		`{"id":3,"created_at":"2026-02-03T08:15:00Z","subject":"fine"}`, FormatAny)
	require.NoError(t, e.err, "one a line, a long one costs itself only")
	require.Equal(t, []string{"line 02: it is longer than 8 MB"}, e.skipped)
	require.Len(t, e.reports, 2)
}

func TestTextsOfOtherMachinesAreRead(t *testing.T) {
	t.Parallel()
	wide := []byte{0xff, 0xfe}
	for _, r := range "date\ttext\n2026-02-03 08:15\tDer Ofen läuft nicht\n" {
		wide = append(wide, byte(r), byte(r>>8))
	}
	e := read(string(wide), FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, "Der Ofen läuft nicht", e.reports[0].Raw, "UTF-16, and tabs")
	e = read("date,text\n2026-02-03 08:15,l\xe4uft\n", FormatAny)
	require.Equal(t, "l\ufffduft", e.reports[0].Raw)
}

func TestABrokenFileIsAnError(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"", "date,text\n", "[", `{"id":1}` + "\n"} {
		_, err := Reader{}.Tickets(&failing{bytes.NewReader([]byte(head))}, FormatAny, func(tocsin.Report) error { return nil })
		require.ErrorIs(t, err, errDisk, head)
	}
}

var errDisk = errors.New("the disk is gone")

// failing is a file whose disk goes.
type failing struct{ *bytes.Reader }

func (f *failing) Read(p []byte) (int, error) {
	if f.Len() == 0 {
		return 0, errDisk
	}
	return f.Reader.Read(p)
}
