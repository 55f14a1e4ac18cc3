package webhook

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// receive takes a body, signed rightly.
func receive(tb testing.TB, body string) (tocsin.Batch, error) {
	tb.Helper()
	secret := newSecret()
	ch := setup(tb, map[string]any{"secrets": []any{secret}})
	return ch.Receiver.Receive(sign(tb, secret, "1", now, []byte(body)))
}

func TestReceiveTakesEveryField(t *testing.T) {
	t.Parallel()
	batch, err := receive(t, `{"id":" form-1 ","at":"2026-11-03T14:55:00+01:00","author":"Ana@Example.org","author_name":"Ana",
		"author_url":"https://example.org/ana","author_since":"2020-01-01T00:00:00Z","title":"Help","text":"It broke.\u0000","thread":"t-1",
		"reply_to":"form-0","lang":"en","url":"https://example.org/form-1","unknown":{"a":[1]}}`)
	require.NoError(t, err)
	require.Empty(t, batch.Rejections)
	require.Empty(t, batch.Cursor)
	require.Equal(t, []tocsin.Report{{
		Channel: "form", ExternalID: "form-1", Thread: "t-1", ReplyTo: "form-0",
		At: time.Date(2026, 11, 3, 13, 55, 0, 0, time.UTC), ReceivedAt: now,
		Title: "Help", Lang: "en", URL: "https://example.org/form-1", Raw: "It broke.", Markup: tocsin.MarkupPlain,
		Route: json.RawMessage(`{"author":"Ana@Example.org"}`),
		Reporter: tocsin.Reporter{
			ID: "mailto:ana@example.org", Handle: "Ana@Example.org", Name: "Ana", URL: "https://example.org/ana",
			Since: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		},
	}}, batch.Reports)
}

func TestReceiveFillsInWhatMayBeLeftOut(t *testing.T) {
	t.Parallel()
	batch, err := receive(t, `{"id":"1","author":"u-17","html":"<p>Broken</p>","url":"javascript:alert(1)"}`)
	require.NoError(t, err)
	report := batch.Reports[0]
	require.Equal(t, now, report.At, "the time of signing")
	require.Equal(t, "form:u-17", report.Reporter.ID)
	require.Equal(t, tocsin.MarkupHTML, report.Markup)
	require.Empty(t, report.URL, "no link that is none of the web's")
}

func TestPersonIsTheSameAcrossChannels(t *testing.T) {
	t.Parallel()
	for author, want := range map[string]string{
		"ana@example.org":        "mailto:ana@example.org",
		"ANA@example.org":        "mailto:ana@example.org",
		"Ana <ana@example.org>":  "form:Ana <ana@example.org>",
		"x:783214":               "x:783214",
		"mailto:ana@example.org": "mailto:ana@example.org",
		"u-17":                   "form:u-17",
		"https://example.org/u":  "form:https://example.org/u",
	} {
		require.Equal(t, want, tocsin.ReporterID("form", author))
	}
}

func TestBadReportIsNamedAndTheGoodOnesAreTaken(t *testing.T) {
	t.Parallel()
	good := `{"id":"good","author":"a","text":"x"}`
	for name, tc := range map[string]struct{ note, id, reason, detail string }{
		"no id":          {`{"author":"a","text":"x"}`, "", tocsin.ReasonMalformed, "id is missing"},
		"no author":      {`{"id":"7","text":"x"}`, "7", tocsin.ReasonMalformed, "author is missing"},
		"no text":        {`{"id":"7","author":"a","text":" \n"}`, "7", tocsin.ReasonEmpty, "empty"},
		"wrong type":     {`{"id":"7","author":"a","text":["x"]}`, "7", tocsin.ReasonMalformed, "text is of a wrong kind (array)"},
		"no object":      {`"hello"`, "", tocsin.ReasonMalformed, "string"},
		"null":           {`null`, "", tocsin.ReasonMalformed, "id is missing"},
		"wrong time":     {`{"id":"7","author":"a","text":"x","at":"yesterday"}`, "7", tocsin.ReasonMalformed, "at is no time; write it like 2026-11-03T14:05:00Z"},
		"wrong since":    {`{"id":"7","author":"a","text":"x","author_since":"2020"}`, "7", tocsin.ReasonMalformed, "author_since is no time"},
		"time as number": {`{"id":"7","author":"a","text":"x","at":1762174800}`, "7", tocsin.ReasonMalformed, "at is of a wrong kind (number)"},
		"the future":     {`{"id":"7","author":"a","text":"x","at":"2030-01-01T00:00:00Z"}`, "7", tocsin.ReasonMalformed, "future"},
		"year 1":         {`{"id":"7","author":"a","text":"x","at":"0001-01-01T00:00:00Z"}`, "7", tocsin.ReasonMalformed, "long ago"},
		"line break":     {`{"id":"7\n8","author":"a","text":"x"}`, "7\n8", tocsin.ReasonMalformed, "control character"},
		"long text":      {`{"id":"7","author":"a","text":"` + strings.Repeat("x", maxText+1) + `"}`, "7", tocsin.ReasonTooLarge, "256 KB"},
		"long title":     {`{"id":"7","author":"a","text":"x","title":"` + strings.Repeat("x", maxField+1) + `"}`, "7", tocsin.ReasonTooLarge, "1000 bytes"},
		"long id":        {`{"id":"` + strings.Repeat("é", maxField) + `","author":"a","text":"x"}`, strings.Repeat("é", 100), tocsin.ReasonTooLarge, "1000 bytes"},
		"number for id":  {`{"id":7,"author":"a","text":"x"}`, "", tocsin.ReasonMalformed, "id is of a wrong kind (number)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			batch, err := receive(t, `{"reports":[`+good+`,`+tc.note+`,`+strings.Replace(good, "good", "good-2", 1)+`]}`)
			require.NoError(t, err)
			require.Len(t, batch.Reports, 2)
			require.Len(t, batch.Rejections, 1)
			r := batch.Rejections[0]
			require.Equal(t, tc.id, r.ExternalID)
			require.Equal(t, tc.reason, r.Reason)
			require.Contains(t, r.Detail, tc.detail)
			require.Contains(t, r.Detail, "report 2")
			require.Equal(t, "form", r.Channel)
			require.Equal(t, now, r.At)
		})
	}
}

func TestRequestThatMakesNoSenseIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	many := strings.Repeat(`{"id":"1","author":"a","text":"x"},`, maxReports) + `{}`
	for body, want := range map[string]struct {
		code     tocsin.Code
		sentence string
	}{
		``:                                       {tocsin.CodeInvalid, "ends too early"},
		`{"id":"1","author":"a","te`:             {tocsin.CodeInvalid, "ends too early"},
		`{"id":"1" "author"}`:                    {tocsin.CodeInvalid, "byte 11"},
		`[1,2]`:                                  {tocsin.CodeInvalid, "array"},
		`{"reports":{"id":"1"}}`:                 {tocsin.CodeInvalid, "object"},
		` null `:                                 {tocsin.CodeInvalid, "no report in the request"},
		`{"reports":[ ]}`:                        {tocsin.CodeInvalid, "no report in the request"},
		`{"reports":[]} trailing`:                {tocsin.CodeInvalid, "byte"},
		`{"reports":[` + many + `]}`:             {tocsin.CodeTooLarge, "1001 reports"},
		`"` + strings.Repeat("x", maxBody) + `"`: {tocsin.CodeTooLarge, "4 MB"},
	} {
		_, err := receive(t, body)
		require.Equal(t, want.code, tocsin.CodeOf(err), "%.80s", body)
		require.Contains(t, tocsin.MessageOf(err), want.sentence, "%.80s", body)
	}
}

func TestCallersLimitIsTooLarge(t *testing.T) {
	t.Parallel()
	secret := newSecret()
	r := sign(t, secret, "1", now, bytes.Repeat([]byte("x"), 100))
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 10)
	_, err := setup(t, map[string]any{"secrets": []any{secret}}).Receiver.Receive(r)
	require.Equal(t, tocsin.CodeTooLarge, tocsin.CodeOf(err))
}

func FuzzReceive(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","author":"a","text":"x"}`, `{"reports":[{"id":"1","author":"a@b.c","html":"<p>"},null,3]}`,
		`{"reports":null}`, `{"id":"\ud800","author":"\u0000","text":"x","at":"9999-12-31T23:59:59Z"}`, `[`, ``, "\xff", `{"id":{}}`,
	} {
		f.Add([]byte(seed))
	}
	secret := secretPrefix + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("k"), 32))
	ch := setup(f, map[string]any{"secrets": []any{secret}})
	f.Fuzz(func(t *testing.T, body []byte) {
		batch, err := ch.Receiver.Receive(sign(t, secret, "1", now, body))
		if err != nil {
			require.NotEmpty(t, tocsin.MessageOf(err))
			return
		}
		for _, r := range batch.Reports {
			require.NotEmpty(t, r.ExternalID)
			require.NotEmpty(t, r.Reporter.ID)
			require.False(t, r.At.IsZero())
			require.True(t, json.Valid(r.Route))
			require.NotContains(t, fmt.Sprint(r.Raw, r.Title, r.Reporter), "\x00")
		}
		for _, r := range batch.Rejections {
			require.NotEmpty(t, r.Reason)
		}
	})
}

func TestReceiveTellsOfEditsAndDeletions(t *testing.T) {
	t.Parallel()
	batch, err := receive(t, `{"edits":[{"id":"1","author":"a","text":"new words"},{"id":"2"}],"deleted":["3"," 4 "]}`)
	require.NoError(t, err)
	require.Empty(t, batch.Reports)
	require.Len(t, batch.Edits, 1)
	require.Equal(t, "new words", batch.Edits[0].Raw)
	require.Len(t, batch.Rejections, 1)
	require.Equal(t, "edit 2: author is missing", batch.Rejections[0].Detail)
	require.Equal(t, []string{"3", "4"}, batch.Deleted)
	_, err = receive(t, `{"edits":[],"deleted":[]}`)
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
}
