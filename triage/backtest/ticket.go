package backtest

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/tocsin/tocsin"
)

// Format is how an export of tickets is written.
type Format string

// The formats. FormatAny looks at what the file holds.
const (
	FormatAny      Format = ""
	FormatZendesk  Format = "zendesk"
	FormatIntercom Format = "intercom"
	FormatCSV      Format = "csv"
)

// Formats are those that can be named.
func Formats() []Format { return []Format{FormatZendesk, FormatIntercom, FormatCSV} }

// Keys that only one of the two has. Within a JSON string a quote has a backslash
// before it, so none of them can be part of what a user wrote.
var (
	zendeskKeys  = regexp.MustCompile(`"(tickets|requester_id|raw_subject|ticket_form_id)"\s*:`)
	intercomKeys = regexp.MustCompile(`"(conversations|conversation_message|delivered_as)"\s*:|"type"\s*:\s*"conversation`)
)

// detect tells the format of a file by its beginning.
func detect(head []byte) Format {
	text := bytes.TrimSpace(head)
	switch {
	case len(text) == 0 || (text[0] != '{' && text[0] != '['):
		return FormatCSV
	case zendeskKeys.Match(text):
		return FormatZendesk
	case intercomKeys.Match(text):
		return FormatIntercom
	default:
		return FormatZendesk // the plainer of the two: id, created_at, subject, description
	}
}

// Tickets reads an export of tickets and calls take with what opened each, in the
// order of the file. The texts are as they came, for ingest to clean. It gives the
// format that it found. It returns CodeInvalid for a file that cannot be used, and
// take's own error as soon as there is one.
func (r Reader) Tickets(in io.Reader, f Format, take func(tocsin.Report) error) (Format, error) {
	file := open(in)
	if f == FormatAny {
		head, err := file.Peek(peek)
		if err != nil && !errors.Is(err, io.EOF) {
			return f, fmt.Errorf("read the export: %w", err)
		}
		f = detect(head)
	}
	switch f {
	case FormatZendesk:
		return f, r.objects(file, "tickets", r.through(r.zendesk, take))
	case FormatIntercom:
		return f, r.objects(file, "conversations", r.through(r.intercom, take))
	case FormatCSV:
		return f, r.rows(file, take)
	default:
		return f, tocsin.Errorf(tocsin.CodeInvalid, "There is no format %q of tickets. There are: %s, %s, %s.", f, FormatZendesk, FormatIntercom, FormatCSV)
	}
}

// through reads an object as a report and hands it on.
func (r Reader) through(read func([]byte) (tocsin.Report, error), take func(tocsin.Report) error) func([]byte) error {
	return func(object []byte) error {
		report, err := read(object)
		if err != nil {
			return err
		}
		return handOn(report, take)
	}
}

// handOn gives a report to take, whose error ends the reading. A ticket counts as
// received when it was written: an export says no more.
func handOn(report tocsin.Report, take func(tocsin.Report) error) error {
	if report.Title == "" && report.Raw == "" {
		return errNoText
	}
	report.ReceivedAt = report.At
	if err := take(report); err != nil {
		return stop{err}
	}
	return nil
}

// The columns of tickets in CSV.

var ticketAt = column{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"createdat", "created", "createdon", "createddate", "creationdate", "ticketcreatedat", "ticketcreated", "datecreated",
	"submittedat", "receivedat", "openedat", "opened", "reportedat", "startedat", "timestamp", "datetime", "date", "time",
}

var ticketID = column{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"id", "ticketid", "ticketnumber", "number", "caseid", "casenumber", "conversationid", "issueid", "reference", "key",
}

var ticketFrom = column{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"requester", "requesteremail", "requesterid", "customeremail", "customer", "contactemail", "contact", "email", "from",
	"fromemail", "author", "user", "userid", "sender", "reporter", "requestername", "name",
}

var ticketTitle = column{"subject", "title", "summary", "headline"} //nolint:gochecknoglobals // a constant table; Go has no constant lists

var ticketText = column{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"description", "body", "text", "message", "content", "comment", "firstcomment", "firstmessage", "question", "details",
}

// rows reads tickets as CSV. A row without an id is known by its line; one without
// a requester is a person of its own.
func (r Reader) rows(in *bufio.Reader, take func(tocsin.Report) error) error {
	t, err := openTable(in)
	if err != nil {
		return err
	}
	at, id, from, title, text := t.find(ticketAt), t.find(ticketID), t.find(ticketFrom), t.find(ticketTitle), t.find(ticketText)
	switch {
	case at < 0:
		return t.missing("when a ticket was written", ticketAt)
	case title < 0 && text < 0:
		return t.missing("what was written", ticketText)
	}
	return t.each(r, func(line int, row []string) error {
		written, err := r.moment(field(row, at))
		if err != nil {
			return err
		}
		report := tocsin.Report{At: written, ExternalID: field(row, id), Title: field(row, title), Raw: field(row, text)}
		if report.ExternalID == "" {
			report.ExternalID = fmt.Sprintf("line-%d", line)
		}
		report.Reporter = person("csv", field(row, from), "", report.ExternalID)
		return handOn(report, take)
	})
}
