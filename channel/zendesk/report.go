package zendesk

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// redacted is what Zendesk puts in place of words that were taken back.
// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#redact-string-in-comment
const redacted = "▇"

// reasonTag is why a ticket with one of skip_tags is no report.
const reasonTag = "tag"

// notTheirs is why somebody copied in is not answered.
const notTheirs = "Only the requester of a ticket is answered in it: whoever is copied in reads that too."

// route is what an answer needs beside the ticket.
type route struct {
	Requester int64 `json:"requester"`
}

// description gives the first comment of a ticket. Its author is the submitter.
func (t ticket) description() comment {
	return comment{AuthorID: t.SubmitterID, Body: t.Description, Public: true, Via: t.Via, CreatedAt: t.CreatedAt}
}

// report makes a report of a comment.
func (d *desk) report(t head, c comment, known people) tocsin.Report {
	ticket := strconv.FormatInt(t.ID, 10)
	r := tocsin.Report{
		Channel: d.name, ExternalID: fmt.Sprintf("%s/%d", ticket, c.ID), Thread: ticket, ReplyTo: ticket,
		Reporter: d.reporter(known[c.AuthorID], c), At: c.CreatedAt.UTC(), ReceivedAt: d.now(), Raw: c.Body, URL: d.link(t.ID),
		Route: json.RawMessage(fmt.Sprintf(`{"requester":%d}`, t.Requester)),
	}
	if c.AuthorID != t.Requester {
		r.NoReply = notTheirs
	}
	return r
}

// add puts a report into a batch unless it is older than from; also as an edit,
// where something in it was taken back.
func (d *desk) add(b *tocsin.Batch, r tocsin.Report, from time.Time) {
	if r.At.Before(from) {
		return
	}
	b.Reports = append(b.Reports, r)
	if strings.Contains(r.Raw, redacted) {
		b.Edits = append(b.Edits, r)
	}
}

// reporter tells who wrote something. A mail address makes them one with who
// writes by mail, but only where it is theirs: Zendesk verified it, or these very
// words came by mail from it.
func (d *desk) reporter(u user, c comment) tocsin.Reporter {
	r := tocsin.Reporter{
		ID: fmt.Sprintf("zendesk:%s:%d", d.Subdomain, c.AuthorID), Handle: u.Email, Name: u.Name, Since: u.CreatedAt.UTC(),
		Staff: u.Role != "" && u.Role != roleEndUser,
	}
	mailed := c.Via.Channel == viaMail && strings.EqualFold(c.Via.Source.From.Address, u.Email)
	if u.Email != "" && (u.Verified || mailed) {
		r.ID = "mailto:" + strings.ToLower(u.Email)
	}
	if r.Handle == "" {
		r.Handle = u.Name
	}
	return r
}
