package webhook

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tocsin/tocsin"
)

// What one report may hold.
const (
	maxText  = 256 << 10 // bytes, of text and of html
	maxField = 1000      // bytes, of every other field
	// maxAhead is how far the time of a report may lie ahead of ours.
	maxAhead = 10 * time.Minute
)

// note is a report as senders write it. Its fields are those of a recorded report
// (tocsin replay), and a few more.
type note struct {
	ID          string `json:"id"`
	At          string `json:"at"` // a time, as the next one
	Author      string `json:"author"`
	AuthorName  string `json:"author_name"`
	AuthorURL   string `json:"author_url"`
	AuthorSince string `json:"author_since"`
	Title       string `json:"title"`
	Text        string `json:"text"`
	HTML        string `json:"html"`
	Thread      string `json:"thread"`
	ReplyTo     string `json:"reply_to"`
	Lang        string `json:"lang"`
	URL         string `json:"url"`

	at, since time.Time // read from At and AuthorSince; zero where nothing is written
}

// route is what an answer needs: the author as the sender knows them.
type route struct {
	Author string `json:"author"`
}

// report makes a report of a note, or says why not.
func (h *hook) report(raw json.RawMessage, signed time.Time) (tocsin.Report, *tocsin.Rejection) {
	var n note
	if err := json.Unmarshal(raw, &n); err != nil {
		return tocsin.Report{}, &tocsin.Rejection{ExternalID: idOf(raw), Reason: tocsin.ReasonMalformed, Detail: place(err, raw)}
	}
	n.tidy()
	if refusal := n.refuse(h.now()); refusal != nil {
		refusal.ExternalID = head(n.ID)
		return tocsin.Report{}, refusal
	}
	return n.report(h.name, signed, h.now())
}

func (n *note) report(channel string, signed, now time.Time) (tocsin.Report, *tocsin.Rejection) {
	to, err := json.Marshal(route{Author: n.Author})
	if err != nil {
		return tocsin.Report{}, &tocsin.Rejection{Reason: tocsin.ReasonMalformed, Detail: err.Error()}
	}
	r := tocsin.Report{
		Channel: channel, ExternalID: n.ID, Thread: n.Thread, ReplyTo: n.ReplyTo, At: signed, ReceivedAt: now,
		Title: n.Title, Lang: n.Lang, URL: webOnly(n.URL), Raw: n.Text, Markup: tocsin.MarkupPlain, Route: to,
		Reporter: tocsin.Reporter{ID: tocsin.ReporterID(channel, n.Author), Handle: n.Author, Name: n.AuthorName, URL: webOnly(n.AuthorURL)},
	}
	if n.Text == "" {
		r.Raw, r.Markup = n.HTML, tocsin.MarkupHTML
	}
	if n.At != "" {
		r.At = n.at
	}
	r.Reporter.Since = n.since
	return r, nil
}

// tidy takes out what no database takes: broken UTF-8 and the zero byte.
func (n *note) tidy() {
	for _, s := range append(n.fields(), &n.Text, &n.HTML) {
		*s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\uFFFD"), "\x00", "")
	}
	n.ID, n.Author = strings.TrimSpace(n.ID), strings.TrimSpace(n.Author)
}

// fields are all short fields.
func (n *note) fields() []*string {
	return []*string{&n.ID, &n.Author, &n.AuthorName, &n.AuthorURL, &n.Title, &n.Thread, &n.ReplyTo, &n.Lang, &n.URL, &n.At, &n.AuthorSince}
}

// refuse says why a note cannot be taken; nil when it can.
func (n *note) refuse(now time.Time) *tocsin.Rejection {
	for _, field := range n.fields() {
		if len(*field) > maxField {
			return &tocsin.Rejection{Reason: tocsin.ReasonTooLarge, Detail: fmt.Sprintf("a field is longer than %d bytes", maxField)}
		}
	}
	if wrong := n.readTimes(); wrong != "" {
		return malformed(wrong + " is no time; write it like 2026-11-03T14:05:00Z")
	}
	switch {
	case n.ID == "":
		return malformed("id is missing")
	case n.Author == "":
		return malformed("author is missing")
	case strings.ContainsFunc(n.ID+n.Author+n.Thread, unicode.IsControl):
		return malformed("a control character stands in id, author or thread")
	case strings.TrimSpace(n.Text) == "" && strings.TrimSpace(n.HTML) == "":
		return &tocsin.Rejection{Reason: tocsin.ReasonEmpty, Detail: "text and html are empty"}
	case len(n.Text) > maxText || len(n.HTML) > maxText:
		return &tocsin.Rejection{Reason: tocsin.ReasonTooLarge, Detail: fmt.Sprintf("the text is longer than %d KB", maxText>>10)}
	case n.at.After(now.Add(maxAhead)):
		return malformed("at lies in the future")
	case n.At != "" && n.at.Year() < 1970:
		return malformed("at is too long ago")
	default:
		return nil
	}
}

func malformed(detail string) *tocsin.Rejection {
	return &tocsin.Rejection{Reason: tocsin.ReasonMalformed, Detail: detail}
}

// readTimes reads the times of a note, and names the field of one that is none.
func (n *note) readTimes() (wrong string) {
	var err error
	if n.At != "" {
		if n.at, err = time.Parse(time.RFC3339, n.At); err != nil {
			return "at"
		}
	}
	if n.AuthorSince != "" {
		if n.since, err = time.Parse(time.RFC3339, n.AuthorSince); err != nil {
			return "author_since"
		}
	}
	n.at, n.since = n.at.UTC(), n.since.UTC()
	return ""
}

// webOnly keeps a link of the web and drops all others: it will be shown.
func webOnly(address string) string {
	if !isWeb(address) {
		return ""
	}
	return address
}

// idOf finds the id in a note that cannot be read as a whole.
func idOf(raw json.RawMessage) string {
	var loose struct {
		ID any `json:"id"`
	}
	if json.Unmarshal(raw, &loose) != nil {
		return ""
	}
	id, _ := loose.ID.(string)
	return head(id)
}

// head is as much of an id as a rejection shows.
func head(id string) string {
	const most = 200
	return strings.ToValidUTF8(id[:min(len(id), most)], "")
}
