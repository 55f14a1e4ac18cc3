package api

import (
	"context"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tocsin/tocsin"
)

const (
	maxImport      = 16 << 20 // bytes of a body
	maxImported    = 1000     // reports and mails at once
	importTime     = 2 * time.Minute
	noThreadToSend = "imported from a file: there is no thread to answer in"
)

// large lets a route take a long body, and its time.
func large(op *huma.Operation) {
	op.MaxBodyBytes = maxImport
	op.BodyReadTimeout = importTime
}

// Imported is an old report as a file has it.
type Imported struct {
	ID          string        `json:"id" minLength:"1" maxLength:"1000" doc:"Unique within the channel: the same id again adds nothing"`
	At          time.Time     `json:"at"`
	Author      string        `json:"author,omitempty" maxLength:"1000" doc:"Stable for a person; without one each report is a person's of its own"`
	AuthorName  string        `json:"author_name,omitempty"`
	AuthorSince time.Time     `json:"author_since,omitzero"`
	Title       string        `json:"title,omitempty"`
	Text        string        `json:"text,omitempty"`
	Markup      tocsin.Markup `json:"markup,omitempty" enum:"html," doc:"html, or empty for plain text"`
	Thread      string        `json:"thread,omitempty"`
	ReplyTo     string        `json:"reply_to,omitempty"`
	Lang        string        `json:"lang,omitempty"`
	URL         string        `json:"url,omitempty"`
}

// importReports takes old reports through the same stages as new ones.
func (a *API) importReports(ctx context.Context, _ tocsin.Token, in *struct {
	Name string `path:"name" maxLength:"100"`
	Body struct {
		Reports []Imported `json:"reports,omitempty" maxItems:"1000"`
		Mails   [][]byte   `json:"mails,omitempty" maxItems:"1000" doc:"Whole mails, for a mailbox"`
	}
},
) (Taken, error) {
	i := slices.IndexFunc(a.Channels, func(c tocsin.Channel) bool { return c.Name == in.Name })
	switch {
	case i < 0:
		return Taken{}, tocsin.Errorf(tocsin.CodeNotFound, "There is no channel %q.", in.Name)
	case len(in.Body.Mails) > 0 && a.Channels[i].Importer == nil:
		return Taken{}, tocsin.Errorf(tocsin.CodeInvalid, "The channel %s takes no mails. Name one of type email.", in.Name)
	case len(in.Body.Reports)+len(in.Body.Mails) > maxImported:
		return Taken{}, tocsin.Errorf(tocsin.CodeTooLarge, "There are %d reports in one request; %d are the most.", len(in.Body.Reports)+len(in.Body.Mails), maxImported)
	}
	b := tocsin.Batch{Backlog: true}
	for _, r := range in.Body.Reports {
		b.Reports = append(b.Reports, r.report(in.Name, a.Now()))
	}
	for _, mail := range in.Body.Mails {
		read := a.Channels[i].Importer.Import(mail)
		b.Reports, b.Rejections = append(b.Reports, read.Reports...), append(b.Rejections, read.Rejections...)
	}
	added, err := a.Intake.Accept(ctx, in.Name, b)
	return Taken{Added: added, Rejected: refused(b.Rejections)}, err
}

// report makes a report of it. Nobody can be answered who stands in a file only.
func (i Imported) report(channel string, now time.Time) tocsin.Report {
	author := tocsin.ReporterID(channel, i.Author)
	if i.Author == "" {
		author = channel + "-report:" + i.ID
	}
	return tocsin.Report{
		ExternalID: i.ID, Thread: i.Thread, ReplyTo: i.ReplyTo, At: i.At, ReceivedAt: now,
		Title: i.Title, Raw: i.Text, Markup: i.Markup, Lang: i.Lang, URL: i.URL, NoReply: noThreadToSend,
		Reporter: tocsin.Reporter{ID: author, Handle: i.Author, Name: i.AuthorName, Since: i.AuthorSince},
	}
}
