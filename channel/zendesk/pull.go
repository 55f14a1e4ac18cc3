package zendesk

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// exportPage is how many tickets one call of the export brings; 1,000 is the most.
// https://developer.zendesk.com/documentation/ticketing/managing-tickets/using-the-incremental-export-api/#per_page
const exportPage = 200

// cursor is where to go on.
type cursor struct {
	From  int64  `json:"from"`            // seconds; what was written before is passed over
	After string `json:"after,omitempty"` // the export's own cursor
	Queue []head `json:"queue,omitempty"` // tickets of the last page whose comments are still to be read
	Rest  bool   `json:"rest,omitempty"`  // the export has more behind that page
}

// head is what must be known of a ticket to read its comments.
type head struct {
	ID        int64 `json:"id"`
	Requester int64 `json:"by"`
}

// Pull gives a page of the export: the first words of each ticket at once, and then
// the comments of those that have more, some tickets at a time.
func (d *desk) Pull(ctx context.Context, from string) (tocsin.Batch, error) {
	c := d.parse(from)
	b, err := d.step(ctx, &c)
	if err != nil {
		return tocsin.Batch{}, err
	}
	text, err := json.Marshal(c)
	if err != nil {
		return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInternal, err, "write cursor")
	}
	b.Cursor, b.More = string(text), c.Rest || len(c.Queue) > 0
	return b, nil
}

func (d *desk) parse(from string) cursor {
	c := cursor{}
	if from != "" {
		if err := json.Unmarshal([]byte(from), &c); err != nil {
			d.log.Warn("the cursor makes no sense; reading starts anew", "cursor", from)
			c = cursor{}
		}
	}
	if c.From == 0 {
		c.From = d.now().Add(-d.Since).Unix()
	}
	return c
}

func (d *desk) step(ctx context.Context, c *cursor) (tocsin.Batch, error) {
	if len(c.Queue) == 0 {
		return d.export(ctx, c)
	}
	b, done, err := d.read(ctx, c.Queue[:min(len(c.Queue), threadsAtOnce)], time.Unix(c.From, 0))
	c.Queue = c.Queue[done:]
	return b, err
}

// exported is a page of the export.
// https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-export-cursor-based
type exported struct {
	Tickets []ticket `json:"tickets"`
	Users   []user   `json:"users"`
	After   string   `json:"after_cursor"`
	End     bool     `json:"end_of_stream"`
}

// export reads the next page: the first words of each ticket. A ticket with one
// comment is whole with that, the others are queued.
func (d *desk) export(ctx context.Context, c *cursor) (tocsin.Batch, error) {
	if wait := d.exports.Take(d.now()); wait > 0 {
		return tocsin.Batch{}, &tocsin.Error{
			Code: tocsin.CodeLimited, Retryable: true, RetryAfter: wait,
			Message: "Zendesk allows 10 exports a minute, and they are used up.",
		}
	}
	query := url.Values{"per_page": {strconv.Itoa(exportPage)}, "include": {"users,comment_count"}}
	if c.After == "" {
		query.Set("start_time", strconv.FormatInt(c.From, 10))
	} else {
		query.Set("cursor", c.After)
	}
	var p exported
	if err := d.get(ctx, "incremental/tickets/cursor.json", query, &p); err != nil {
		return tocsin.Batch{}, err
	}
	var b tocsin.Batch
	for _, t := range p.Tickets {
		if d.begin(&b, t, byID(p.Users), time.Unix(c.From, 0)) {
			c.Queue = append(c.Queue, head{t.ID, t.RequesterID})
		}
	}
	c.Rest = !p.End
	if p.After != "" { // an export that has nothing yet gives none
		c.After = p.After
	}
	return b, nil
}

// begin adds the first words of a ticket to a batch, and tells whether there are more.
func (d *desk) begin(b *tocsin.Batch, t ticket, known people, from time.Time) (more bool) {
	id := strconv.FormatInt(t.ID, 10)
	if t.Status == statusDeleted {
		b.Deleted = append(b.Deleted, id)
		return false
	}
	if tag := d.skipped(t); tag != "" {
		b.Rejections = append(b.Rejections, tocsin.Rejection{ExternalID: id, Reason: reasonTag, Detail: "the ticket has the tag " + tag})
		return false
	}
	r := d.report(head{t.ID, t.RequesterID}, t.description(), known)
	r.ExternalID, r.ReplyTo, r.Title = id, "", t.Subject
	d.add(b, r, from)
	return t.CommentCount == nil || *t.CommentCount > 1
}
