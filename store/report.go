package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

const (
	reportColumns = `r.id, r.channel, r.external_id, r.thread, r.reply_to, r.at, r.received_at, r.title, r.text, r.lang, r.url,
		r.no_reply, r.edited_at, r.deleted_at, ` + reporterColumns
	reporterColumns = `p.ident, p.handle, p.name, p.url, p.since, p.staff`
	reportFrom      = ` FROM reports r JOIN reporters p ON p.id = r.reporter_id`
)

func reports() table[tocsin.Report] {
	return table[tocsin.Report]{
		noun: "report", alias: "r", query: `SELECT ` + reportColumns + reportFrom,
		scan: func(r row) (tocsin.Report, error) { return scanReport(r) },
		id:   func(r tocsin.Report) int64 { return r.ID },
	}
}

func scanReport(r row, more ...any) (v tocsin.Report, err error) {
	into := []any{
		&v.ID, &v.Channel, &v.ExternalID, &v.Thread, &v.ReplyTo,
		moment{&v.At},
		moment{&v.ReceivedAt},
		&v.Title, &v.Text, &v.Lang, &v.URL, &v.NoReply,
		moment{&v.EditedAt},
		moment{&v.DeletedAt},
		&v.Reporter.ID, &v.Reporter.Handle, &v.Reporter.Name, &v.Reporter.URL,
		moment{&v.Reporter.Since},
		&v.Reporter.Staff,
	}
	err = r.Scan(append(into, more...)...)
	return v, err
}

// Reports lists reports, newest first, without their routes. It returns the
// cursor of the next page, "" at the end, and CodeInvalid for a cursor that it
// did not give.
func (s *Store) Reports(ctx context.Context, q tocsin.ReportQuery) ([]tocsin.Report, string, error) {
	k, f := reports(), filter{}
	switch {
	case q.Incident == 0 && q.Channel != "":
		f.and("r.channel = $?", q.Channel)
	case q.Incident != 0:
		k.query += ` JOIN judgements j ON j.report_id = r.id`
		k.walk = "j.report_id"
		f.and("j.incident_id = $?", q.Incident)
		if q.Channel != "" {
			// An expression, lest SQLite walks the channel's index past all that is of no incident.
			f.and("r.channel || '' = $?", q.Channel)
		}
	}
	return k.page(ctx, s.read, f, newestFirst, q.Before, q.Limit)
}

// Report gives a report with its route. It returns CodeNotFound if there is none.
func (s *Store) Report(ctx context.Context, id int64) (tocsin.Report, error) {
	k := reports()
	k.query = `SELECT ` + reportColumns + `, r.route` + reportFrom
	var route string
	k.scan = func(r row) (tocsin.Report, error) { return scanReport(r, &route) }
	report, err := k.get(ctx, s.read, id, "")
	if route != "" {
		report.Route = []byte(route)
	}
	return report, err
}

// RawReport gives the text of a report as it came. It returns CodeNotFound if
// there is none, or its writer deleted it.
func (s *Store) RawReport(ctx context.Context, id int64) (raw string, markup tocsin.Markup, err error) {
	err = s.read.row(ctx, `SELECT x.raw, x.markup FROM raws x JOIN reports r ON r.id = x.report_id
		WHERE x.report_id = $1 AND r.deleted_at = 0`, id).Scan(&raw, &markup)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", "", tocsin.Errorf(tocsin.CodeNotFound, "There is no original text of report %d.", id)
	case err != nil:
		return "", "", fmt.Errorf("read original text: %w", err)
	}
	return raw, markup, nil
}

// OwnMessage tells whether we sent the message that has this id on a channel: an
// answer, a public post or a page.
func (s *Store) OwnMessage(ctx context.Context, channel, externalID string) (bool, error) {
	if externalID == "" {
		return false, nil
	}
	n, err := number(s.read.row(ctx, `SELECT
		(SELECT COUNT(*) FROM deliveries WHERE channel = $1 AND external_id = $2 AND external_id <> '') +
		(SELECT COUNT(*) FROM notices WHERE channel = $1 AND external_id = $2 AND external_id <> '')`, channel, externalID))
	if err != nil {
		return false, fmt.Errorf("look for own message: %w", err)
	}
	return n > 0, nil
}
