package webhook

import (
	"context"
	"encoding/json"

	"github.com/tocsin/tocsin"
)

// reply is an answer on its way to the system that brought the report.
type reply struct {
	Key    string   `json:"key"`
	Text   string   `json:"text"`
	Lang   string   `json:"lang,omitempty"`
	Report answered `json:"report"`
}

// answered is the report that a reply belongs to, in the sender's own words.
type answered struct {
	ID     string `json:"id"`
	Author string `json:"author"`
	Thread string `json:"thread,omitempty"`
	URL    string `json:"url,omitempty"`
}

// Reply posts a signed {"type": "reply"} to reply_url.
func (h *hook) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	var to route
	if err := json.Unmarshal(m.Report.Route, &to); err != nil || to.Author == "" {
		to.Author = m.Report.Reporter.Handle // a report that was brought in by other means
	}
	return h.send(ctx, h.replyURL, "reply", m.Key, reply{
		Key: m.Key, Text: m.Text, Lang: m.Lang,
		Report: answered{ID: m.Report.ExternalID, Author: to.Author, Thread: m.Report.Thread, URL: m.Report.URL},
	})
}
