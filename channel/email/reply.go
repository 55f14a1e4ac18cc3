package email

import (
	"context"
	"encoding/json"
	"regexp"

	"github.com/tocsin/tocsin"
)

// answered begins the subjects of answers, in the languages whose mail programs
// write it their own way.
var answered = regexp.MustCompile(`(?i)^\s*(?:re|aw|sv|vs|antw|odp|rif|res|ynt|回复|回覆|答复)\s*(?:\[\d+\])?\s*[:：]`)

// Reply answers a person in their own thread. The copy to our own mailbox goes in
// the same transaction, so that Find can tell later whether there was one.
func (a *account) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	way, err := readRoute(m.Report)
	if err != nil {
		return tocsin.Sent{}, err
	}
	d := draft{
		id: a.replyID(m), to: way.To, subject: way.Subject, text: m.Text, lang: m.Lang,
		auto: "auto-replied", references: way.References, delivery: m.Delivery,
	}
	if !answered.MatchString(d.subject) {
		d.subject = "Re: " + d.subject
	}
	if way.MessageID != "" {
		d.references = append(d.references, way.MessageID)
	}
	mail, err := a.compose(d)
	if err != nil {
		return tocsin.Sent{}, err
	}
	to := []string{way.To}
	if a.IMAP != "" {
		to = append(to, a.Address)
	}
	if err := a.send(ctx, a.sender(m.Delivery), to, mail); err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: d.id}, nil
}

// replyID is the id of an answer.
func (a *account) replyID(m tocsin.Message) string {
	return a.idOf("", m.Key, m.Report.ExternalID, m.Report.Reporter.ID)
}

func readRoute(r tocsin.Report) (route, error) {
	var way route
	if err := json.Unmarshal(r.Route, &way); err != nil {
		return route{}, tocsin.Wrap(tocsin.CodeInvalid, err, "Report %d did not come by mail: nobody can be answered.", r.ID)
	}
	if !sendable(way.To) {
		return route{}, tocsin.Errorf(tocsin.CodeInvalid, "%q is no address that mail can go to.", clip(way.To, maxAddress))
	}
	return way, nil
}
