package backtest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// zendeskTicket is what we need of a ticket, as the incremental export and the
// JSON export of the admin centre write it:
// https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/#json-format
type zendeskTicket struct {
	ID          word `json:"id"`
	CreatedAt   word `json:"created_at"`
	Status      word `json:"status"`
	Subject     word `json:"subject"`
	RawSubject  word `json:"raw_subject"`
	Description word `json:"description"`
	RequesterID word `json:"requester_id"`
	Requester   struct {
		ID    word `json:"id"`
		Email word `json:"email"`
		Name  word `json:"name"`
	} `json:"requester"`
	Via struct {
		Source struct {
			From struct {
				Address word `json:"address"`
				Name    word `json:"name"`
			} `json:"from"`
		} `json:"source"`
	} `json:"via"`
}

// zendesk reads one ticket. A deleted one has lost its words.
func (r Reader) zendesk(object []byte) (tocsin.Report, error) {
	var t zendeskTicket
	if err := json.Unmarshal(object, &t); err != nil {
		return tocsin.Report{}, fmt.Errorf("it is no ticket: %w", err)
	}
	id := first(t.ID)
	switch {
	case id == "":
		return tocsin.Report{}, errors.New("it has no id")
	case t.Status == "deleted":
		return tocsin.Report{}, errors.New("it was deleted")
	}
	at, err := r.moment(string(t.CreatedAt))
	if err != nil {
		return tocsin.Report{}, err
	}
	from := t.Via.Source.From
	return tocsin.Report{
		ExternalID: id, At: at, Title: first(t.Subject, t.RawSubject), Raw: first(t.Description),
		Reporter: person("zendesk", first(t.RequesterID, t.Requester.ID, t.Requester.Email, from.Address), first(t.Requester.Email, from.Address, t.Requester.Name, from.Name), id),
	}, nil
}
