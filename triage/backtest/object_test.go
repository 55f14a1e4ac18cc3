package backtest

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestTheFormatIsToldByWhatTheFileHolds(t *testing.T) {
	t.Parallel()
	for head, want := range map[string]Format{
		"":                               FormatCSV,
		"id,created_at,text":             FormatCSV,
		` {"tickets": [`:                 FormatZendesk,
		`{"id":1,"requester_id":7`:       FormatZendesk,
		`[{"id":1,"created_at":"2026`:    FormatZendesk,
		`{"type":"conversation.list"`:    FormatIntercom,
		`{"type": "conversation","id"`:   FormatIntercom,
		`[{"id":"1","delivered_as": "cu`: FormatIntercom,
		`{"conversations":[`:             FormatIntercom,
		`{"id":1,"requester_id":7,"description":"my \"conversations\": gone"`: FormatZendesk,
		`{"id":1,"description":"it says \"type\":\"conversation\" there"`:     FormatZendesk,
	} {
		require.Equal(t, want, detect([]byte(head)), "%q", head)
	}
}

// TestEveryShapeOfJSONSaysTheSame writes random tickets in every shape and compares
// what is read.
func TestEveryShapeOfJSONSaysTheSame(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(15, 16))
	words := []string{`say "hello"`, "two\nlines", "}]{[", "日本語", `back\slash`, `"tickets": [`, "tab\there", "plain"}
	for range 40 {
		var tickets []map[string]any
		var want []string
		for n := range 1 + r.IntN(20) {
			text := words[r.IntN(len(words))] + words[r.IntN(len(words))]
			want = append(want, fmt.Sprint(n+1, " ", text))
			tickets = append(tickets, map[string]any{
				"id": n + 1, "created_at": "2026-02-03T08:15:00Z", "description": text, "requester_id": r.IntN(9), "tags": []string{"a"}, "custom": map[string]any{"tickets": nil},
			})
		}
		for name, text := range shapes(t, tickets) {
			e := read(text, FormatZendesk)
			require.NoError(t, e.err, name)
			require.Empty(t, e.skipped, name)
			got := make([]string, len(e.reports))
			for n, report := range e.reports {
				got[n] = report.ExternalID + " " + report.Raw
			}
			require.Equal(t, want, got, name)
		}
	}
}

// shapes writes tickets as people save them.
func shapes(t *testing.T, tickets []map[string]any) map[string]string {
	t.Helper()
	text := func(v any, indent string) string {
		t.Helper()
		out, err := json.MarshalIndent(v, "", indent)
		require.NoError(t, err)
		return string(out)
	}
	flat := func(v any) string {
		t.Helper()
		out, err := json.Marshal(v)
		require.NoError(t, err)
		return string(out)
	}
	half := len(tickets) / 2
	answer := func(some []map[string]any) map[string]any {
		return map[string]any{"a_user": map[string]any{"tickets": []int{1}}, "tickets": some, "zone": nil}
	}
	lines := make([]string, len(tickets))
	indented := make([]string, len(tickets))
	for n, one := range tickets {
		lines[n], indented[n] = flat(one), text(one, "  ")
	}
	return map[string]string{
		"array":            text(tickets, ""),
		"indented array":   text(tickets, "\t"),
		"answer":           text(answer(tickets), " "),
		"flat answer":      flat(answer(tickets)),
		"two answers":      flat(answer(tickets[:half])) + "\n" + flat(answer(tickets[half:])),
		"lines":            strings.Join(lines, "\n"),
		"indented tickets": strings.Join(indented, "\n"),
	}
}

// TestEveryBadTicketOfADocumentIsNamedWithItsLine breaks random tickets of an
// indented document.
func TestEveryBadTicketOfADocumentIsNamedWithItsLine(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 18))
	file := "{\n\"count\": 9,\n\"tickets\": [\n"
	var bad []string
	for n := range 200 {
		id := fmt.Sprint(n + 1)
		if r.IntN(4) == 0 {
			bad = append(bad, fmt.Sprintf("line %02d: it has no id", 1+strings.Count(file, "\n")))
			id = "null"
		}
		file += `{"id": ` + id + `,` + strings.Repeat("\n", r.IntN(5)) + `"created_at": "2026-02-03T08:15:00Z", "subject": "x"}` + ",\n"
	}
	e := read(strings.TrimSuffix(file, ",\n")+"]}", FormatAny)
	require.NoError(t, e.err)
	require.Equal(t, bad, e.skipped)
	require.Len(t, e.reports, 200-len(bad))
}

func TestAnAnswerThatIsARefusalIsNoTicket(t *testing.T) {
	t.Parallel()
	e := read(`{"error":"Couldn't authenticate you"}`, FormatAny)
	require.NoError(t, e.err)
	require.Empty(t, e.reports)
	require.Equal(t, []string{"line 01: it has no id"}, e.skipped)
}

// TestFieldsOfStrangeTypesCostTheirValueOnly: what a field is has changed more than
// once in these exports.
func TestFieldsOfStrangeTypesCostTheirValueOnly(t *testing.T) {
	t.Parallel()
	e := read(`{"id":"7","created_at":1770106500,"subject":null,"description":"x","requester_id":true,"requester":null,"via":{"channel":9,"source":{"from":{"address":{}},"to":[]}}}`, FormatZendesk)
	require.NoError(t, e.err)
	require.Empty(t, e.skipped)
	require.Equal(t, tocsin.Reporter{ID: "zendesk-ticket:7"}, e.reports[0].Reporter)
	e = read(`{"id":7,"created_at":"1770106500","source":{"body":5,"subject":"s","author":{"type":"user","id":12,"email":null}}}`, FormatIntercom)
	require.NoError(t, e.err)
	require.Equal(t, "5", e.reports[0].Raw)
	require.Equal(t, "intercom:12", e.reports[0].Reporter.ID)
}

func TestAWordIsTextOrANumber(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]word{`"a"`: "a", "12": "12", "-1.5": "-1.5", "true": "", "null": "", "[1]": "", `{"a":1}`: "", `"\u00e9"`: "é"} {
		got := word("before")
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		if text != "null" {
			require.Equal(t, want, got, text)
		}
	}
	var w word
	require.Error(t, w.UnmarshalJSON([]byte(`"\x"`)))
	require.NoError(t, w.UnmarshalJSON(nil))
}

// TestWhoWroteIsNamedByTheirIDAndShownByTheirAddress goes through what exports know
// of a person.
func TestWhoWroteIsNamedByTheirIDAndShownByTheirAddress(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]tocsin.Reporter{
		`"requester_id":7,"requester":{"email":"A@example.org","name":"Ana"}`: {ID: "zendesk:7", Handle: "A@example.org"},
		`"requester_id":7,"requester":{"name":"Ana"}`:                         {ID: "zendesk:7", Handle: "Ana"},
		`"requester":{"email":"A@example.org"}`:                               {ID: "zendesk:a@example.org", Handle: "A@example.org"},
		`"via":{"source":{"from":{"address":"b@example.org","name":"Ben"}}}`:  {ID: "zendesk:b@example.org", Handle: "b@example.org"},
		`"requester_id":7`: {ID: "zendesk:7", Handle: "7"},
		`"requester":{}`:   {ID: "zendesk-ticket:1"},
	} {
		e := read(`{"id":1,"created_at":"2026-02-03T08:15:00Z","subject":"x",`+given+`}`, FormatZendesk)
		require.NoError(t, e.err)
		require.Equal(t, want, e.reports[0].Reporter, given)
	}
}
