package intercom

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// conversation is what we read of one.
// https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/conversation
type conversation struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	CreatedAt int64  `json:"created_at"`
	UpdatedAt int64  `json:"updated_at"`
	Source    struct {
		Type    string `json:"type"`
		Subject string `json:"subject"`
		part
	} `json:"source"`
	Contacts struct {
		Contacts []author `json:"contacts"`
	} `json:"contacts"`
	Parts struct {
		Parts []part `json:"conversation_parts"`
	} `json:"conversation_parts"`
}

// part is one message of a conversation, or something that was done with it.
type part struct {
	ID        string `json:"id"`
	Type      string `json:"part_type"`
	Body      string `json:"body"`
	CreatedAt int64  `json:"created_at"`
	Author    author `json:"author"`
	Redacted  bool   `json:"redacted"`
}

// author is who wrote a part.
type author struct {
	Type  string `json:"type"`
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Words of the API.
const (
	partComment = "comment"
	partNote    = "note"
	typeUser    = "user" // a contact whom the app knows by name; a lead gave any address
	typeAdmin   = "admin"
	viaMail     = "email"
)

// notTheirs is why somebody who joined is not answered.
const notTheirs = "Only the person whose conversation it is is answered in it: whoever joined reads that too."

// contact tells whether it is somebody from outside.
func (a author) contact() bool {
	return slices.Contains([]string{typeUser, "lead", "contact", "visitor"}, a.Type)
}

// read adds one conversation to a batch: what was written since from, and which of
// it was taken back. One that is gone gives CodeNotFound.
// https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/retrieveconversation
func (d *desk) read(ctx context.Context, b *tocsin.Batch, id string, from time.Time) error {
	c, err := d.conversation(ctx, id)
	if err != nil {
		return err
	}
	first := c.Source.part
	first.ID, first.CreatedAt, first.Type = "", c.CreatedAt, partComment
	for _, p := range append([]part{first}, c.Parts.Parts...) {
		if !p.Author.contact() && (p.Author.Type != typeAdmin || p.Type != partComment) || p.Type == partNote {
			continue // a bot's, a note among colleagues, or what was done and not said
		}
		r := d.report(c, p)
		switch {
		case p.Redacted:
			b.Deleted = append(b.Deleted, r.ExternalID)
		case strings.TrimSpace(p.Body) != "" && !r.At.Before(from):
			b.Reports = append(b.Reports, r)
		}
	}
	return nil
}

func (d *desk) conversation(ctx context.Context, id string) (conversation, error) {
	var c conversation
	_, err := d.call(ctx, channel.Call{URL: "conversations/" + id + "?display_as=plaintext", Out: &c})
	if err == nil && c.ID != id {
		err = &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "Intercom answered with another conversation.", Retryable: true}
	}
	return c, err
}

// report makes a report of a part; one without an id is the conversation's first.
func (d *desk) report(c conversation, p part) tocsin.Report {
	r := tocsin.Report{
		Channel: d.name, ExternalID: c.ID, Thread: c.ID, Reporter: reporter(c, p.Author),
		At: time.Unix(p.CreatedAt, 0).UTC(), ReceivedAt: d.now(), Raw: p.Body,
	}
	if p.ID == "" {
		r.Title = c.Source.Subject
	} else {
		r.ExternalID, r.ReplyTo = c.ID+"/"+p.ID, c.ID
	}
	if owner := c.owner(); owner != "" && p.Author.ID != owner {
		r.NoReply = notTheirs
	}
	return r
}

// owner is whose conversation it is: who began it, or to whom we wrote.
func (c *conversation) owner() string {
	if c.Source.Author.contact() {
		return c.Source.Author.ID
	}
	if len(c.Contacts.Contacts) > 0 {
		return c.Contacts.Contacts[0].ID
	}
	return ""
}

// reporter tells who wrote. A mail address makes them one with who writes by mail,
// but only where it is theirs: the app has signed them in under it, or they began
// this conversation by mail from it.
func reporter(c conversation, a author) tocsin.Reporter {
	r := tocsin.Reporter{ID: "intercom:" + a.ID, Handle: a.Email, Name: a.Name, Staff: !a.contact()}
	mailed := c.Source.Type == viaMail && c.Source.Author.contact() && c.Source.Author.ID == a.ID
	if a.Email != "" && (a.Type == typeUser || mailed) {
		r.ID = "mailto:" + strings.ToLower(a.Email)
	}
	if r.Handle == "" {
		r.Handle = a.Name
	}
	return r
}
