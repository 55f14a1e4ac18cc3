package notify

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// Desk takes the decisions of people. Each of its acts names its actor and leaves
// a line in the incident's timeline. Its errors are for the person who asked:
// CodeInvalid for what they must write differently, CodeNotFound, and
// CodeConflict for what is not allowed as things stand.
//
// Who may act at all is not its business: roles are checked where people come in.
type Desk struct{ Options }

// NewDesk makes a Desk.
func NewDesk(o Options) *Desk { return &Desk{o.withDefaults()} }

// open reads an incident that is not closed.
func (d *Desk) open(ctx context.Context, incident int64) (tocsin.Incident, error) {
	i, err := d.Store.Incident(ctx, incident)
	if err != nil {
		return i, err
	}
	return i, refuseClosed(i)
}

func refuseClosed(i tocsin.Incident) error {
	if !i.ClosedAt.IsZero() {
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d is closed. Reopen it first.", i.ID)
	}
	return nil
}

// needReason refuses an act whose reason people will want to read later.
func needReason(reason, of string) error {
	if strings.TrimSpace(reason) == "" {
		return tocsin.Errorf(tocsin.CodeInvalid, "Give a reason for %s: it is shown in the timeline.", of)
	}
	return nil
}

// textLimit bounds what one update may say; no channel takes more.
const textLimit = 10_000 // characters

// checkText refuses a text that no reporter should get.
func checkText(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return tocsin.Errorf(tocsin.CodeInvalid, "The update has no text.")
	case !utf8.ValidString(text):
		return tocsin.Errorf(tocsin.CodeInvalid, "The text is not valid UTF-8.")
	case utf8.RuneCountInString(text) > textLimit:
		return tocsin.Errorf(tocsin.CodeInvalid, "The text has %d characters; %d is the most.", utf8.RuneCountInString(text), textLimit)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }):
		return tocsin.Errorf(tocsin.CodeInvalid, "The text holds control characters. Paste it as plain text.")
	case strings.Contains(text, "{{"):
		return tocsin.Errorf(tocsin.CodeInvalid, "The text still holds a placeholder ({{…}}). Fill it in.")
	}
	return nil
}

// deliveriesOf reads every line of the ledger that a query matches.
func deliveriesOf(ctx context.Context, s deliveryStore, q tocsin.DeliveryQuery) ([]tocsin.Delivery, error) {
	var all []tocsin.Delivery
	for {
		some, next, err := s.Deliveries(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list deliveries: %w", err)
		}
		all = append(all, some...)
		if next == "" {
			return all, nil
		}
		q.After = next
	}
}
