package email

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// arrival is when the mails of these tests reached the server.
var arrival = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

// take reads one mail as the channel would.
func take(a *account, raw string) tocsin.Batch {
	var b tocsin.Batch
	a.read(&b, 1, arrival, []byte(raw[:min(len(raw), a.MaxSize)]))
	return b
}

func takeReport(t *testing.T, a *account, raw string) tocsin.Report {
	t.Helper()
	b := take(a, raw)
	require.Empty(t, b.Rejections)
	require.Len(t, b.Reports, 1)
	return b.Reports[0]
}

func takeRejection(t *testing.T, a *account, raw string) tocsin.Rejection {
	t.Helper()
	b := take(a, raw)
	require.Empty(t, b.Reports)
	require.Len(t, b.Rejections, 1)
	require.NotEmpty(t, b.Rejections[0].ExternalID)
	require.Equal(t, "mail", b.Rejections[0].Channel)
	return b.Rejections[0]
}

const fromAna = "From: Ana Lima <Ana@Example.net>"

func TestReportTakesEverythingThatAnAnswerNeeds(t *testing.T) {
	t.Parallel()
	r := takeReport(t, offline(t), letterOf(
		"From: =?utf-8?q?Ana_L=C3=ADma?= <Ana@Example.NET>", "To: support@example.org", "Subject: =?iso-8859-1?q?N=E3o_funciona?=",
		"Message-ID: <m2@example.net>", "In-Reply-To: <m1@example.net>", "References: <m0@example.net> <m1@example.net>",
		"Reply-To: <ana.home@example.net>, other@example.net", "Date: Mon, 4 May 2026 13:58:00 +0200", "Content-Language: pt-BR, en",
	)+"The save button does nothing.\r\n")

	require.Equal(t, tocsin.Reporter{ID: "mailto:ana@example.net", Handle: "ana@example.net", Name: "Ana Líma"}, r.Reporter)
	require.Equal(t, "Não funciona", r.Title)
	require.Equal(t, "m2@example.net", r.ExternalID)
	require.Equal(t, "m0@example.net", r.Thread)
	require.Equal(t, "m1@example.net", r.ReplyTo)
	require.Equal(t, time.Date(2026, 5, 4, 11, 58, 0, 0, time.UTC), r.At)
	require.WithinDuration(t, time.Now(), r.ReceivedAt, time.Minute)
	require.Equal(t, "pt-BR", r.Lang)
	require.Equal(t, "The save button does nothing.\r\n", r.Raw)
	require.Equal(t, tocsin.MarkupPlain, r.Markup)
	var way route
	require.NoError(t, json.Unmarshal(r.Route, &way))
	require.Equal(t, route{
		To: "ana.home@example.net", MessageID: "m2@example.net", Subject: "Não funciona",
		References: []string{"m0@example.net", "m1@example.net"},
	}, way)
}

func multipart(kind string, parts ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Content-Type: multipart/%s; boundary=\"=b%d\"\r\n\r\n", kind, len(parts))
	for _, part := range parts {
		fmt.Fprintf(&b, "--=b%d\r\n%s\r\n", len(parts), part)
	}
	fmt.Fprintf(&b, "--=b%d--\r\n", len(parts))
	return b.String()
}

func part(kind, text string) string { return "Content-Type: " + kind + "\r\n\r\n" + text }

func TestReportFindsWhatThePersonWrote(t *testing.T) {
	t.Parallel()
	base64Of := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	picture := "Content-Type: image/png\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Of("not a picture")
	file := "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=log.txt\r\n\r\nline of a log"
	for name, tc := range map[string]struct {
		body   string // with its content headers
		want   string
		markup tocsin.Markup
	}{
		"no content type":          {"\r\nIt fails.", "It fails.", tocsin.MarkupPlain},
		"bare line ends":           {"X-A: b\n\nIt fails.\n", "It fails.\n", tocsin.MarkupPlain},
		"html only":                {part("text/html; charset=utf-8", "<p>It <b>fails</b></p>"), "<p>It <b>fails</b></p>", tocsin.MarkupHTML},
		"plain of alternatives":    {multipart("alternative", part("text/plain", "It fails."), part("text/html", "<p>It fails.")), "It fails.", tocsin.MarkupPlain},
		"plain comes last":         {multipart("alternative", part("text/html", "<p>It fails."), part("text/plain", "It fails.")), "It fails.", tocsin.MarkupPlain},
		"plain is blank":           {multipart("alternative", part("text/plain", " \r\n"), part("text/html", "<p>It fails.")), "<p>It fails.", tocsin.MarkupHTML},
		"html before a footer":     {multipart("mixed", part("text/html", "<p>It fails."), part("text/plain", "Scanned for viruses")), "<p>It fails.", tocsin.MarkupHTML},
		"behind a picture":         {multipart("mixed", picture, part("text/plain", "It fails.")), "It fails.", tocsin.MarkupPlain},
		"behind an attached log":   {multipart("mixed", file, part("text/plain", "It fails.")), "It fails.", tocsin.MarkupPlain},
		"nested":                   {multipart("mixed", multipart("related", multipart("alternative", part("text/plain", "It fails."), part("text/html", "x")), picture), file), "It fails.", tocsin.MarkupPlain},
		"quoted-printable":         {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nEs f=C3=A4llt =\r\naus", "Es fällt aus", tocsin.MarkupPlain},
		"base64":                   {"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64Of("Не работает"), "Не работает", tocsin.MarkupPlain},
		"koi8-r":                   {"Content-Type: text/plain; charset=koi8-r\r\n\r\n\xee\xc5 \xd2\xc1\xc2\xcf\xd4\xc1\xc5\xd4", "Не работает", tocsin.MarkupPlain},
		"shift_jis":                {"Content-Type: text/plain; charset=Shift_JIS\r\n\r\n\x93\xae\x82\xa9\x82\xc8\x82\xa2", "動かない", tocsin.MarkupPlain},
		"unknown charset":          {"Content-Type: text/plain; charset=x-klingon\r\n\r\nIt f\xe4ils", "It fäils", tocsin.MarkupPlain},
		"charset that lies":        {"Content-Type: text/plain; charset=utf-8\r\n\r\nEs f\xe4llt aus", "Es fällt aus", tocsin.MarkupPlain},
		"charset unnamed":          {"Content-Type: text/plain\r\n\r\nEs f\xe4llt aus", "Es fällt aus", tocsin.MarkupPlain},
		"unknown encoding":         {"Content-Transfer-Encoding: x-own\r\n\r\nIt fails.", "It fails.", tocsin.MarkupPlain},
		"broken base64 at its end": {"Content-Transfer-Encoding: base64\r\n\r\n" + base64Of("It fails.") + "=!", "It fails.", tocsin.MarkupPlain},
		"content type of nonsense": {"Content-Type: text\r\n\r\nIt fails.", "It fails.", tocsin.MarkupPlain},
		"parameter of nonsense":    {"Content-Type: text/plain; charset\r\n\r\nIt fails.", "It fails.", tocsin.MarkupPlain},
		"truncated on its way":     {strings.TrimSuffix(multipart("mixed", part("text/plain", "It fails.")), "--=b1--\r\n"), "It fails.", tocsin.MarkupPlain},
		"NUL":                      {"\r\nIt\x00 fails.", "It fails.", tocsin.MarkupPlain},
		"only an attachment":       {multipart("mixed", file), "", tocsin.MarkupPlain},
		"a forwarded mail":         {multipart("mixed", part("text/plain", "See below"), part("message/rfc822", "Subject: x\r\n\r\nOther words")), "See below", tocsin.MarkupPlain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := takeReport(t, offline(t), fromAna+"\r\nSubject: x\r\n"+tc.body)
			require.Equal(t, tc.want, r.Raw)
			require.Equal(t, tc.markup, r.Markup)
		})
	}
}

func TestBrokenMailIsRejectedByName(t *testing.T) {
	t.Parallel()
	deep := part("text/plain", "It fails.")
	for i := range 40 {
		deep = strings.ReplaceAll(multipart("mixed", deep), "=b1", fmt.Sprintf("=b1x%d", i))
	}
	million := fromAna + "\r\nMessage-ID: <big@example.net>\r\n\r\n" + strings.Repeat("line\r\n", 1_000_000)
	for name, tc := range map[string]struct{ raw, reason, detail string }{
		"nothing":              {"", tocsin.ReasonMalformed, "it has no header"},
		"no header":            {"\x00\x01\x02 just bytes", tocsin.ReasonMalformed, "header"},
		"no sender":            {"Subject: x\r\n\r\nIt fails.", tocsin.ReasonMalformed, "no sender"},
		"sender of nonsense":   {"From: nobody at nowhere\r\n\r\nIt fails.", tocsin.ReasonMalformed, "no sender"},
		"no boundary":          {fromAna + "\r\nContent-Type: multipart/mixed\r\n\r\nIt fails.", tocsin.ReasonMalformed, "no boundary"},
		"boundary never comes": {fromAna + "\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nIt fails.", tocsin.ReasonMalformed, "parts"},
		"too deep":             {fromAna + "\r\n" + deep, tocsin.ReasonMalformed, "nested too deeply"},
		"no base64":            {fromAna + "\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!", tocsin.ReasonMalformed, "can't be decoded"},
		"a million lines":      {million, tocsin.ReasonTooLarge, "its text does not end within the first 1048576 bytes"},
		"endless header":       {fromAna + "\r\n" + strings.Repeat("X-Filler: "+strings.Repeat("x", 70)+"\r\n", 20_000), tocsin.ReasonTooLarge, "header"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := takeRejection(t, offline(t), tc.raw)
			require.Equal(t, tc.reason, r.Reason, r.Detail)
			require.Contains(t, r.Detail, tc.detail)
			require.True(t, strings.HasPrefix(r.Detail, "mail 1 in the mailbox"), "which mail it is: %s", r.Detail)
		})
	}
	require.Equal(t, "big@example.net", takeRejection(t, offline(t), million).ExternalID)
}

func TestLargeAttachmentCostsNoWords(t *testing.T) {
	t.Parallel()
	line := strings.Repeat("A", 76) + "\r\n"
	attached := "Content-Type: video/mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n" + strings.Repeat(line, 50<<20/len(line))
	r := takeReport(t, offline(t), fromAna+"\r\n"+multipart("mixed", part("text/plain", "See the film."), attached))
	require.Equal(t, "See the film.", r.Raw)

	late := takeRejection(t, offline(t), fromAna+"\r\n"+multipart("mixed", attached, part("text/plain", "See the film.")))
	require.Equal(t, tocsin.ReasonTooLarge, late.Reason, "words behind it are out of reach, and that is said")
}

func TestBrokenHeaderLineCostsNoWords(t *testing.T) {
	t.Parallel()
	r := takeReport(t, offline(t), ">From somebody Mon May 4\r\nthis is no header line\r\n"+letterOf(fromAna, "Subject: It\r\n fails", "B\xe4d: x")+"Words")
	require.Equal(t, "Words", r.Raw)
	require.Equal(t, "It fails", r.Title)
	require.Equal(t, "mailto:ana@example.net", r.Reporter.ID)
}

func TestMailWithoutIDHasOneOfItsOwn(t *testing.T) {
	t.Parallel()
	raw := letterOf(fromAna, "Subject: x") + "It fails."
	once, again := takeReport(t, offline(t), raw), takeReport(t, offline(t), raw)
	other := takeReport(t, offline(t), raw+"!")
	require.Equal(t, once.ExternalID, again.ExternalID)
	require.NotEqual(t, once.ExternalID, other.ExternalID)
	var way route
	require.NoError(t, json.Unmarshal(once.Route, &way))
	require.Empty(t, way.MessageID, "nobody else knows that id")
}

func TestTimeIsTheSendersOnlyWhereItFits(t *testing.T) {
	t.Parallel()
	received := func(at time.Time) string {
		return "Received: from a by b with SMTP; for <c>; " + at.Format(time.RFC1123Z)
	}
	for name, tc := range map[string]struct {
		header []string
		want   time.Time
	}{
		"a minute ago":                 {[]string{"Date: " + arrival.Add(-time.Minute).Format(time.RFC1123Z)}, arrival.Add(-time.Minute)},
		"a night in a queue":           {[]string{"Date: " + arrival.Add(-9*time.Hour).Format(time.RFC1123Z)}, arrival.Add(-9 * time.Hour)},
		"the future":                   {[]string{"Date: " + arrival.Add(time.Hour).Format(time.RFC1123Z)}, arrival},
		"long ago":                     {[]string{"Date: Thu, 1 Jan 1970 00:00:00 +0000"}, arrival},
		"none":                         {nil, arrival},
		"nonsense":                     {[]string{"Date: yesterday"}, arrival},
		"long ago, and so it was":      {[]string{received(arrival.AddDate(0, -1, 0)), "Date: " + arrival.AddDate(0, -1, 0).Add(-time.Minute).Format(time.RFC1123Z)}, arrival.AddDate(0, -1, 0).Add(-time.Minute)},
		"long ago, though it came now": {[]string{received(arrival.Add(-time.Second)), received(arrival.AddDate(0, -1, 0)), "Date: " + arrival.AddDate(0, -1, 0).Format(time.RFC1123Z)}, arrival.Add(-time.Second)},
		"received in the future":       {[]string{received(arrival.AddDate(1, 0, 0)), "Date: " + arrival.AddDate(1, 0, 0).Format(time.RFC1123Z)}, arrival},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := takeReport(t, offline(t), letterOf(append(tc.header, fromAna)...)+"It fails.")
			require.Equal(t, tc.want, r.At)
		})
	}
}

func TestAnswerNeverGoesToOurselves(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"Reply-To: support@example.org": "ana@example.net", "Reply-To: no-reply@example.net": "ana@example.net",
		"Reply-To: <>": "ana@example.net", "Reply-To: \"a b\"@example.net": "ana@example.net", "Reply-To: home@example.net": "home@example.net",
	} {
		r := takeReport(t, offline(t), letterOf(fromAna, header)+"It fails.")
		var way route
		require.NoError(t, json.Unmarshal(r.Route, &way))
		require.Equal(t, want, way.To, header)
		require.Equal(t, "mailto:ana@example.net", r.Reporter.ID)
	}
}

func TestHostileHeadersStayOnOneLine(t *testing.T) {
	t.Parallel()
	r := takeReport(t, offline(t), letterOf(
		"From: =?utf-8?q?Ana=0D=0ABcc:_x=40example.org?= <ana@example.net>", "Subject: =?utf-8?q?Hi=0D=0ABcc:_x=40example.org=E2=80=AE?=",
		"Message-ID: <"+strings.Repeat("x", 2000)+"@example.net>", "References: <a b@c> <\x07@c> <ok@example.net>",
	)+"It fails.")
	require.NotContains(t, r.Reporter.Name, "\n")
	require.Equal(t, "mailto:ana@example.net", r.Reporter.ID)
	require.Equal(t, "Hi Bcc: x@example.org", r.Title)
	require.Less(t, len(r.ExternalID), 100)
	require.Equal(t, "ok@example.net", r.Thread)
}

func TestLongThreadKeepsItsRootAndItsEnd(t *testing.T) {
	t.Parallel()
	var all []string
	for i := range 500 {
		all = append(all, fmt.Sprintf("<m%d@example.net>", i))
	}
	r := takeReport(t, offline(t), letterOf(fromAna, "References: "+strings.Join(all, "\r\n "))+"It fails.")
	var way route
	require.NoError(t, json.Unmarshal(r.Route, &way))
	require.Len(t, way.References, maxReferences)
	require.Equal(t, "m0@example.net", way.References[0])
	require.Equal(t, "m499@example.net", way.References[maxReferences-1])
	require.Equal(t, "m0@example.net", r.Thread)
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(letterOf(fromAna, "Subject: =?utf-8?b?w6Q=?=") + "It fails."))
	f.Add([]byte(fromAna + "\n" + multipart("alternative", part("text/plain; charset=koi8-r", "a"), part("text/html", "<p>"))))
	f.Add([]byte(fromAna + "\n" + multipart("mixed", multipart("related", part("text/plain", "a")), part("message/rfc822", "a: b\n\nc"))))
	f.Add([]byte(dsn("support+d12-00000000@example.org", "failed", "ana@example.net", "")))
	f.Add([]byte(letterOf("From: x", "From: <a@b>, c@d", "Date: x", "Message-ID: <", "References: <a> <<b> >", "Received: ;;")))
	f.Add([]byte("Content-Type: multipart/mixed; boundary=\"\"\n\n--\n--\n----\n"))
	f.Add([]byte(fromAna + "\nContent-Type: text/plain; charset=utf-7\nContent-Transfer-Encoding: base64\n\n+AGE-==="))
	a := offline(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		slow := time.AfterFunc(20*time.Second, func() { panic(fmt.Sprintf("a mail that takes forever: %q", raw)) })
		defer slow.Stop()
		var b, again tocsin.Batch
		a.read(&b, 1, arrival, raw)
		a.read(&again, 1, arrival, bytes.Clone(raw))
		require.Equal(t, 1, len(b.Reports)+len(b.Rejections), "a mail becomes exactly one thing")
		for i, r := range b.Reports {
			require.NotEmpty(t, r.ExternalID)
			require.Equal(t, r.ExternalID, again.Reports[i].ExternalID)
			require.False(t, r.At.After(arrival), "no mail is from the future")
			require.NotContains(t, r.Title+r.Reporter.Name+r.Reporter.ID+r.ExternalID+r.Thread, "\n")
			way, err := readRoute(r)
			require.NoError(t, err, "whoever becomes a reporter can be answered")
			_, err = a.compose(draft{id: "a@b", to: way.To, subject: way.Subject, references: way.References})
			require.NoError(t, err)
		}
	})
}
