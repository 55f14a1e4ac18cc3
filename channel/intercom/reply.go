package intercom

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// settled is how long after a try its absence proves something: a call that was
	// cut off may still be at work for a while.
	settled = 2 * time.Minute
	// slack is how much earlier than the noted time a try may have begun, the
	// difference of the clocks included.
	slack = 5 * time.Minute
	// maxParts is how many parts of a conversation we are shown, the latest ones.
	// https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/conversation_parts
	maxParts = 500
)

// Reply answers in the reporter's conversation as the teammate of admin_id.
// https://developers.intercom.com/docs/references/2.11/rest-api/api.intercom.io/conversations/replyconversation
func (d *desk) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	if err := answerable(m); err != nil {
		return tocsin.Sent{}, err
	}
	shown := strings.ReplaceAll(html.EscapeString(strings.TrimSpace(m.Text)), "\n", "<br>")
	var c conversation
	_, err := d.call(ctx, channel.Call{
		Method: http.MethodPost, URL: "conversations/" + m.Report.Thread + "/reply", Out: &c,
		In: map[string]any{"message_type": partComment, "type": typeAdmin, "admin_id": d.AdminID, "body": "<p>" + shown + "</p>"},
	})
	if err != nil {
		return tocsin.Sent{}, err
	}
	sent := tocsin.Sent{ExternalID: m.Report.Thread + "/" + m.Key} // should the answer not show the part
	for _, p := range c.Parts.Parts {
		if d.ours(p) {
			sent.ExternalID = m.Report.Thread + "/" + p.ID // the last one is the new one
		}
	}
	return sent, nil
}

func answerable(m tocsin.Message) error {
	if !digits.MatchString(m.Report.Thread) {
		return tocsin.Errorf(tocsin.CodeInvalid, "This report belongs to no conversation that could be answered.")
	}
	return nil
}

// ours tells whether a part was said by the teammate as whom we answer.
func (d *desk) ours(p part) bool {
	return p.Type == partComment && p.Author.Type == typeAdmin && p.Author.ID == d.AdminID
}

// Find looks for the answer among what our teammate said in the conversation since
// the try. Intercom lets no key be put into a reply, so it is known by its words.
// Where our teammate said something else meanwhile, it might be ours in another
// shape: then nothing is proved.
func (d *desk) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	if err := answerable(m); err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	looked := d.now()
	c, err := d.conversation(ctx, m.Report.Thread)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	silent := true
	for _, p := range c.Parts.Parts {
		if !d.ours(p) || time.Unix(p.CreatedAt, 0).Before(m.TriedAt.Add(-slack)) {
			continue
		}
		if plain(p.Body) == plain(m.Text) {
			return tocsin.FoundPresent, tocsin.Sent{ExternalID: c.ID + "/" + p.ID}, nil
		}
		silent = false
	}
	if m.TriedAt.IsZero() || !silent || c.hides(m.TriedAt) {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	if rest := m.TriedAt.Add(settled).Sub(looked); rest > 0 {
		return tocsin.FoundUnclear, tocsin.Sent{}, &tocsin.Error{
			Code: tocsin.CodeUnavailable, Retryable: true, RetryAfter: rest,
			Message: fmt.Sprintf("The answer is not in the conversation yet. In %s that will prove that it is not coming.", rest.Round(time.Second)),
		}
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// hides tells whether the conversation is so long that parts from around a moment
// are not shown.
func (c *conversation) hides(at time.Time) bool {
	parts := c.Parts.Parts
	return len(parts) >= maxParts && time.Unix(parts[0].CreatedAt, 0).After(at.Add(-slack))
}

// plain is a text as it survives the way through HTML.
func plain(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
