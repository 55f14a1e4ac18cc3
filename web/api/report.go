package api

import (
	"context"
	"strings"

	"github.com/tocsin/tocsin"
)

// listReports gives cleaned texts without what channels keep for themselves.
func (a *API) listReports(ctx context.Context, _ tocsin.Token, in *struct {
	Paging
	Channel  string `query:"channel" maxLength:"100"`
	Incident int64  `query:"incident"`
},
) (List[tocsin.Report], error) {
	return listed(a.Store.Reports(ctx, tocsin.ReportQuery{Channel: in.Channel, Incident: in.Incident, Before: in.Cursor, Limit: in.Limit}))
}

// ReportShown is a report with what is thought of it.
type ReportShown struct {
	tocsin.Report
	Judgement *tocsin.Place `json:"judgement,omitempty" doc:"Absent until triage has judged it"`
}

// showReport gives one report.
func (a *API) showReport(ctx context.Context, _ tocsin.Token, in *ByID) (ReportShown, error) {
	r, err := a.Store.Report(ctx, in.ID)
	if err != nil {
		return ReportShown{}, err
	}
	place, err := a.Store.Judgement(ctx, in.ID)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return ReportShown{Report: r}, nil
	}
	return ReportShown{Report: r, Judgement: &place}, err
}

// Raw is a report as it came. It is a stranger's text: never show it as HTML.
type Raw struct {
	Text   string        `json:"text"`
	Markup tocsin.Markup `json:"markup" doc:"html, or empty for plain text"`
	First  string        `json:"first,omitempty" doc:"Of an edited report: title and cleaned text before its writer first changed it"`
}

// showRaw needs more than reading does: a raw mail holds signatures, quoted mail
// and addresses.
func (a *API) showRaw(ctx context.Context, _ tocsin.Token, in *ByID) (Raw, error) {
	text, markup, err := a.Store.RawReport(ctx, in.ID)
	if err != nil {
		return Raw{}, err
	}
	title, first, err := a.Store.FirstText(ctx, in.ID)
	return Raw{Text: text, Markup: markup, First: strings.TrimSpace(title + "\n" + first)}, err
}

// listRejections answers "I wrote, why is it not here?".
func (a *API) listRejections(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Rejection], error) {
	return listed(a.Store.Rejections(ctx, in.Cursor, in.Limit))
}
