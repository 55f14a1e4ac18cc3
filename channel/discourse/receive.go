package discourse

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// maxBody is how long a webhook may be, in bytes: a post has 32,000 characters, in
// two forms.
const maxBody = 1 << 20

// privateMessage is the archetype of a topic that is no topic of the forum.
const privateMessage = "private_message"

// Receive reads a webhook: a post that was created, edited, recovered or destroyed.
// It is an early copy of what a poll brings, with the same id. Private messages are
// left to the poll: a webhook carries those of everybody, and it does not tell which
// are to us. Its errors are CodeUnauthorized, CodeTooLarge and CodeInvalid.
func (f *forum) Receive(r *http.Request) (tocsin.Batch, error) {
	body, err := f.signed(r)
	if err != nil {
		return tocsin.Batch{}, err
	}
	var event struct {
		Post *post  `json:"post"`
		Ping string `json:"ping"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return tocsin.Batch{}, tocsin.Wrap(tocsin.CodeInvalid, err, "The body is no JSON of a Discourse webhook.")
	}
	p := event.Post
	if p == nil || p.Archetype == privateMessage {
		return tocsin.Batch{}, nil // a ping, or of no interest to us
	}
	if p.ID <= 0 || p.Topic <= 0 || p.CreatedAt.IsZero() {
		return tocsin.Batch{}, tocsin.Errorf(tocsin.CodeInvalid, "The post in the webhook lacks its id, topic or time.")
	}
	return f.event(r.Header.Get("X-Discourse-Event"), p), nil
}

// event makes a batch of what happened to a post.
func (f *forum) event(what string, p *post) tocsin.Batch {
	switch {
	case what == "post_destroyed", p.version() == gone:
		return tocsin.Batch{Deleted: []string{externalID(p.ID)}}
	case !f.wanted(p, false):
		return tocsin.Batch{}
	case what == "post_created":
		return tocsin.Batch{Reports: []tocsin.Report{f.report(p, nil)}}
	default: // edited, recovered
		return tocsin.Batch{Edits: []tocsin.Report{f.report(p, nil)}}
	}
}

// signed reads a body and checks its signature, which is made of the raw bytes.
// https://meta.discourse.org/t/configure-webhooks-that-trigger-on-discourse-events-to-integrate-with-external-services/49045
func (f *forum) signed(r *http.Request) ([]byte, error) {
	body, err := channel.ReadBody(r, maxBody)
	if err != nil {
		return nil, err
	}
	given, ok := strings.CutPrefix(r.Header.Get("X-Discourse-Event-Signature"), "sha256=")
	sent, err := hex.DecodeString(given)
	sum := hmac.New(sha256.New, []byte(f.WebhookSecret.Reveal()))
	sum.Write(body)
	if !ok || err != nil || !hmac.Equal(sent, sum.Sum(nil)) {
		return nil, tocsin.Errorf(tocsin.CodeUnauthorized, "The webhook's signature is not made with our secret. Use the same one in Discourse and in webhook_secret.")
	}
	return body, nil
}
