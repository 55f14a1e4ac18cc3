package backtest

import (
	"io"
	"slices"
	"time"
)

// Page is one page of the pager that was there before, whatever it calls it.
type Page struct {
	ID      string    `json:"id,omitempty"`
	At      time.Time `json:"at"`
	Title   string    `json:"title,omitempty"`
	Service string    `json:"service,omitempty"`
	Urgency string    `json:"urgency,omitempty"`
}

// The columns of a history of pages. The names are those of PagerDuty's CSV
// exports (the incidents of a report, and those of Analytics), and of others alike:
// https://support.pagerduty.com/main/docs/insights

var pageAt = column{ //nolint:gochecknoglobals // a constant table; Go has no constant lists
	"createdon", "createdat", "created", "triggeredat", "triggered", "startedat", "starttime", "openedat", "opened",
	"date", "datetime", "timestamp", "time",
}

var pageID = column{"incidentnumber", "number", "incidentid", "id", "alertid", "key"} //nolint:gochecknoglobals // a constant table; Go has no constant lists

var pageTitle = column{"description", "title", "summary", "incidenttitle", "message", "name"} //nolint:gochecknoglobals // a constant table; Go has no constant lists

var pageService = column{"servicename", "service", "impactedservice", "team", "teamname", "source"} //nolint:gochecknoglobals // a constant table; Go has no constant lists

var pageUrgency = column{"urgency", "priority", "priorityname", "severity"} //nolint:gochecknoglobals // a constant table; Go has no constant lists

// Pages reads a history of pages as CSV, oldest first. It returns CodeInvalid when
// no column says when a page was sent.
func (r Reader) Pages(in io.Reader) ([]Page, error) {
	t, err := openTable(open(in))
	if err != nil {
		return nil, err
	}
	at := t.find(pageAt)
	if at < 0 {
		return nil, t.missing("when a page was sent", pageAt)
	}
	id, title, service, urgency := t.find(pageID), t.find(pageTitle), t.find(pageService), t.find(pageUrgency)
	var pages []Page
	err = t.each(r, func(_ int, row []string) error {
		sent, err := r.moment(field(row, at))
		if err != nil {
			return err
		}
		pages = append(pages, Page{
			ID: field(row, id), At: sent, Title: cut(field(row, title), 200), Service: field(row, service), Urgency: field(row, urgency),
		})
		return nil
	})
	slices.SortStableFunc(pages, func(a, b Page) int { return a.At.Compare(b.At) })
	return pages, err
}
