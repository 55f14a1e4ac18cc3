package simulator

import (
	"context"
	"encoding/json"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// maxLength is how long a text may be in the simulated world, in characters.
const maxLength = 500

// Reply writes the answer into the journal.
func (s *sim) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	var way route
	if err := json.Unmarshal(m.Report.Route, &way); err != nil {
		way.Topic = "" // a report that was brought in by other means
	}
	return s.accept(ctx, Entry{
		Kind: KindReply, Key: m.Key, Delivery: m.Delivery, Report: m.Report.ExternalID,
		Reporter: m.Report.Reporter.ID, Topic: way.Topic, Text: m.Text,
	})
}

// Post writes a public text into the journal.
func (s *sim) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return s.accept(ctx, Entry{Kind: KindPost, Key: m.Key, Delivery: m.Delivery, Text: m.Text})
}

// Page writes a bell into the journal.
func (s *sim) Page(ctx context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	return s.accept(ctx, Entry{Kind: KindPage, Key: a.Key, To: a.To, Text: a.Summary})
}

// Renew writes what a bell says now into the journal. It returns CodeNotFound for an
// id that the journal does not have.
func (s *sim) Renew(ctx context.Context, externalID string, a tocsin.Alarm) error {
	_, found, err := s.journal.find(func(e Entry) bool { return e.ID == externalID && e.Kind == KindPage })
	if err != nil {
		return err
	}
	if !found {
		return tocsin.Errorf(tocsin.CodeNotFound, "There is no page %s in the simulated world.", externalID)
	}
	_, err = s.accept(ctx, Entry{Kind: KindRenew, ID: externalID, To: a.To, Text: a.Summary})
	return err
}

// Edit writes the new text of a post into the journal. It returns CodeNotFound
// for an id that the journal does not have.
func (s *sim) Edit(ctx context.Context, externalID string, m tocsin.Message) error {
	_, found, err := s.journal.find(func(e Entry) bool { return e.ID == externalID && e.Kind == KindPost })
	if err != nil {
		return err
	}
	if !found {
		return tocsin.Errorf(tocsin.CodeNotFound, "There is no post %s in the simulated world.", externalID)
	}
	_, err = s.accept(ctx, Entry{Kind: KindEdit, Key: m.Key, ID: externalID, Text: m.Text})
	return err
}

// accept is a call to the simulated world.
func (s *sim) accept(ctx context.Context, e Entry) (tocsin.Sent, error) {
	if err := s.faults.before(ctx, true); err != nil {
		return tocsin.Sent{}, err
	}
	e.At = s.now().UTC()
	if e.ID == "" {
		e.ID = string(e.Kind) + ":" + e.Key
	}
	if err := s.journal.add(e); err != nil {
		return tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Message: "The simulator's journal can't be written. Check the disk and the setting journal.",
			Cause: err, Retryable: true, Uncertain: true,
		}
	}
	if err := s.faults.after(ctx); err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: e.ID}, nil
}

// Measure counts characters.
func (s *sim) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: utf8.RuneCountInString(text), Limit: maxLength, Unit: "characters"}
}
