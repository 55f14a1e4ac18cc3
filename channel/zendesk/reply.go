package zendesk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// mark is the key in a ticket's metadata under which an answer's own key stands.
// The metadata is kept with the update, seen by agents in the ticket's events, and
// not sent to the requester.
// https://developer.zendesk.com/documentation/ticketing/managing-tickets/creating-and-updating-tickets/#setting-metadata
const mark = "tocsin"

// audit is one update of a ticket.
// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/#json-format
type audit struct {
	ID       int64 `json:"id"`
	Metadata struct {
		Custom map[string]any `json:"custom"`
	} `json:"metadata"`
	Events []struct {
		ID   int64  `json:"id"`
		Type string `json:"type"`
	} `json:"events"`
}

// Reply adds a public comment to the reporter's ticket; where the ticket is closed
// for good, it opens a follow-up of it.
func (d *desk) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	id, err := ticketOf(m)
	if err != nil {
		return tocsin.Sent{}, err
	}
	var done struct {
		Audit audit `json:"audit"`
	}
	_, err = d.call(ctx, channel.Call{
		Method: http.MethodPut, URL: fmt.Sprintf("tickets/%d.json", id), Out: &done,
		In: map[string]any{"ticket": map[string]any{"comment": written(m.Text), "metadata": map[string]string{mark: m.Key}}},
	})
	if tocsin.CodeOf(err) == tocsin.CodeInvalid && d.closed(ctx, id) {
		return d.followUp(ctx, m, id)
	}
	if err != nil {
		return tocsin.Sent{}, doubt(err)
	}
	return d.sent(id, done.Audit), nil
}

func ticketOf(m tocsin.Message) (int64, error) {
	id, err := strconv.ParseInt(m.Report.Thread, 10, 64)
	if err != nil || id <= 0 {
		return 0, tocsin.Wrap(tocsin.CodeInvalid, err, "This report belongs to no ticket that could be answered.")
	}
	return id, nil
}

// written makes a comment that shows a text as it is: in a plain body Zendesk would
// read Markdown.
func written(text string) map[string]any {
	shown := strings.ReplaceAll(html.EscapeString(strings.TrimSpace(text)), "\n", "<br>")
	return map[string]any{"html_body": "<p>" + shown + "</p>", "public": true}
}

// doubt marks a failed update as one that may have gone through. HTTP calls a PUT
// harmless to repeat, but here each one adds a comment. Two updates at once are
// refused with a conflict, and may be tried again.
func doubt(err error) error {
	var said *tocsin.Error
	if !errors.As(err, &said) {
		return err
	}
	switch said.Code {
	case tocsin.CodeUnavailable, tocsin.CodeTooLarge:
		said.Uncertain = true
	case tocsin.CodeConflict:
		said.Retryable = true
	default:
	}
	return err
}

// closed tells whether a ticket takes no more comments. What cannot be looked up
// counts as open: then the first refusal stands.
func (d *desk) closed(ctx context.Context, id int64) bool {
	var found struct {
		Ticket ticket `json:"ticket"`
	}
	err := d.get(ctx, fmt.Sprintf("tickets/%d.json", id), nil, &found)
	return err == nil && found.Ticket.Status == statusClosed
}

// followUp answers in a new ticket that refers to the closed one. Zendesk drops a
// second one with the same key for two hours, and the key stands in the ticket.
// https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency
func (d *desk) followUp(ctx context.Context, m tocsin.Message, source int64) (tocsin.Sent, error) {
	var to route
	if err := json.Unmarshal(m.Report.Route, &to); err != nil || to.Requester == 0 {
		return tocsin.Sent{}, tocsin.Wrap(tocsin.CodeInvalid, err, "The ticket is closed, and its requester is not known.")
	}
	var made struct {
		Ticket ticket `json:"ticket"`
	}
	_, err := d.call(ctx, channel.Call{
		Method: http.MethodPost, URL: "tickets.json", Header: http.Header{"Idempotency-Key": {m.Key}}, Out: &made,
		In: map[string]any{"ticket": map[string]any{
			"via_followup_source_id": source, "requester_id": to.Requester, "external_id": m.Key, "comment": written(m.Text),
		}},
	})
	if err != nil {
		return tocsin.Sent{}, err
	}
	return d.opened(made.Ticket), nil
}

func (d *desk) opened(t ticket) tocsin.Sent {
	return tocsin.Sent{ExternalID: strconv.FormatInt(t.ID, 10), URL: d.link(t.ID)}
}

// sent names the comment that an update made.
func (d *desk) sent(ticket int64, a audit) tocsin.Sent {
	id := a.ID
	for _, e := range a.Events {
		if e.Type == "Comment" {
			id = e.ID
		}
	}
	return tocsin.Sent{ExternalID: fmt.Sprintf("%d/%d", ticket, id), URL: d.link(ticket)}
}

// link is where agents see a ticket.
func (d *desk) link(ticket int64) string { return fmt.Sprintf("%s/agent/tickets/%d", d.URL, ticket) }

// followUps finds the follow-up that bears a key.
func (d *desk) followUps(ctx context.Context, key string) ([]ticket, error) {
	var found struct {
		Tickets []ticket `json:"tickets"`
	}
	err := d.get(ctx, "tickets.json", url.Values{"external_id": {key}}, &found)
	return found.Tickets, err
}
