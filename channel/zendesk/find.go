package zendesk

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// settled is how long after a try its absence proves something: a call that was cut
// off may still be at work for a while.
const settled = 2 * time.Minute

// Find looks through the ticket's updates, which nobody can delete, for the one
// that bears the message's key, and for a follow-up with that key.
func (d *desk) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	id, err := ticketOf(m)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	looked := d.now()
	a, there, err := d.marked(ctx, id, m.Key)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	if there {
		return tocsin.FoundPresent, d.sent(id, a), nil
	}
	followUps, err := d.followUps(ctx, m.Key)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	if len(followUps) > 0 {
		return tocsin.FoundPresent, d.opened(followUps[0]), nil
	}
	if m.TriedAt.IsZero() {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	if rest := m.TriedAt.Add(settled).Sub(looked); rest > 0 {
		return tocsin.FoundUnclear, tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, RetryAfter: rest,
			Message: fmt.Sprintf("The answer is not in the ticket yet. In %s that will prove that it is not coming.", rest.Round(time.Second)),
		}
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// marked finds the update that bears a key.
// https://developer.zendesk.com/api-reference/ticketing/tickets/ticket_audits/#list-audits-for-a-ticket
func (d *desk) marked(ctx context.Context, ticket int64, key string) (audit, bool, error) {
	query := url.Values{"page[size]": {strconv.Itoa(listPage)}}
	for {
		var list struct {
			page
			Audits []audit `json:"audits"`
		}
		if err := d.get(ctx, fmt.Sprintf("tickets/%d/audits.json", ticket), query, &list); err != nil {
			return audit{}, false, err
		}
		for _, a := range list.Audits {
			if a.Metadata.Custom[mark] == key {
				return a, true, nil
			}
		}
		if !list.Meta.More || list.Meta.After == query.Get("page[after]") {
			return audit{}, false, nil
		}
		query.Set("page[after]", list.Meta.After)
	}
}
