package zendesk

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// threadsAtOnce is how many tickets are asked for their comments in one pull: a
	// failure of one call repeats no more than that.
	threadsAtOnce = 8
	// listPage is how many entries of a list come at once, the most that may.
	// https://developer.zendesk.com/documentation/api-basics/pagination/paginating-through-lists-using-cursor-pagination/
	listPage = 100
	// maxComments is how many comments a ticket can have.
	// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/
	maxComments = 5000
)

// read gives the later comments of tickets, and how many of the tickets it is
// through with. It gives an error only if that is none.
func (d *desk) read(ctx context.Context, tickets []head, from time.Time) (b tocsin.Batch, done int, err error) {
	done, err = channel.Through(tickets, func(t head) error {
		err := d.thread(ctx, &b, t, from)
		switch tocsin.CodeOf(err) {
		case tocsin.CodeNotFound: // deleted meanwhile: the export tells of it
			return nil
		case tocsin.CodeTooLarge:
			b.Rejections = append(b.Rejections, tocsin.Rejection{
				ExternalID: strconv.FormatInt(t.ID, 10), Reason: tocsin.ReasonTooLarge, Detail: "the ticket's comments are longer than we read",
			})
			return nil
		default:
			return err
		}
	})
	return b, done, err
}

// thread adds the comments behind the first of one ticket to a batch: all of them,
// or on an error none.
// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_comments/#list-comments
func (d *desk) thread(ctx context.Context, b *tocsin.Batch, t head, from time.Time) error {
	query := url.Values{"page[size]": {strconv.Itoa(listPage)}, "include": {"users"}}
	var reports []tocsin.Report
	first := true
	for range maxComments / listPage {
		var list struct {
			page
			Comments []comment `json:"comments"`
			Users    []user    `json:"users"`
		}
		if err := d.get(ctx, fmt.Sprintf("tickets/%d/comments.json", t.ID), query, &list); err != nil {
			return err
		}
		known := byID(list.Users)
		for _, c := range list.Comments {
			if !first && c.Public {
				reports = append(reports, d.report(t, c, known))
			}
			first = false
		}
		if !list.Meta.More {
			break
		}
		query.Set("page[after]", list.Meta.After)
	}
	for _, r := range reports {
		d.add(b, r, from)
	}
	return nil
}

// look reads one ticket as a whole. One that is not there gives nothing.
// https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#show-ticket
func (d *desk) look(ctx context.Context, id int64, from time.Time) (tocsin.Batch, error) {
	var found struct {
		Ticket ticket `json:"ticket"`
		Users  []user `json:"users"`
	}
	err := d.get(ctx, fmt.Sprintf("tickets/%d.json", id), url.Values{"include": {"users,comment_count"}}, &found)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return tocsin.Batch{}, nil
	}
	if err != nil {
		return tocsin.Batch{}, err
	}
	var b tocsin.Batch
	if d.begin(&b, found.Ticket, byID(found.Users), from) {
		err = d.thread(ctx, &b, head{id, found.Ticket.RequesterID}, from)
	}
	return b, err
}
