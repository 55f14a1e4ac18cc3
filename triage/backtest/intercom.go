package backtest

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// intercomConversation is what we need of a conversation, as the API lists it. The
// message that opened it stands in source; before version 2 of the API in
// conversation_message:
// https://developers.intercom.com/docs/references/rest-api/api.intercom.io/conversations/conversation
type intercomConversation struct {
	ID        word            `json:"id"`
	CreatedAt word            `json:"created_at"`
	Source    intercomMessage `json:"source"`
	Message   intercomMessage `json:"conversation_message"`
}

type intercomMessage struct {
	Subject word `json:"subject"`
	Body    word `json:"body"`
	Author  struct {
		Type  word `json:"type"`
		ID    word `json:"id"`
		Name  word `json:"name"`
		Email word `json:"email"`
	} `json:"author"`
}

// intercom reads one conversation. Those that the company itself began are marked
// as written by staff.
func (r Reader) intercom(object []byte) (tocsin.Report, error) {
	var c intercomConversation
	if err := json.Unmarshal(object, &c); err != nil {
		return tocsin.Report{}, fmt.Errorf("it is no conversation: %w", err)
	}
	id := first(c.ID)
	if id == "" {
		return tocsin.Report{}, errors.New("it has no id")
	}
	at, err := r.moment(string(c.CreatedAt))
	if err != nil {
		return tocsin.Report{}, err
	}
	opened := c.Source
	if first(opened.Body, opened.Subject) == "" {
		opened = c.Message
	}
	author := opened.Author
	report := tocsin.Report{
		ExternalID: id, At: at, Title: first(opened.Subject), Raw: first(opened.Body), Markup: tocsin.MarkupHTML,
		Reporter: person("intercom", first(author.ID, author.Email), first(author.Email, author.Name), id),
	}
	switch author.Type {
	case "admin", "bot", "team":
		report.Reporter.Staff = true
	}
	return report, nil
}
