package intercom

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // Intercom signs with nothing else; HMAC does not need SHA-1 to resist collisions
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// maxHint is how long a webhook's body may be, in bytes.
	maxHint = 4 << 20

	headerSignature = "X-Hub-Signature"
	topicDeleted    = "conversation.deleted"
)

// Receive takes a webhook as a hint and looks at the conversation that it names. The
// error is CodeUnauthorized, CodeTooLarge or CodeInvalid. A hint that can't be
// followed now is dropped: the search brings the conversation all the same. A hint
// that is repeated brings the same ids, and adds nothing.
func (d *desk) Receive(r *http.Request) (tocsin.Batch, error) {
	body, err := channel.ReadBody(r, maxHint)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if err := d.verify(body, r.Header); err != nil {
		return tocsin.Batch{}, err
	}
	topic, id, err := hinted(body)
	if err != nil || id == "" || d.busy() {
		return tocsin.Batch{}, err
	}
	var b tocsin.Batch
	err = d.read(r.Context(), &b, id, d.now().Add(-d.Since))
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound && topic == topicDeleted: // it is, and not only said to be
		b.Deleted = append(b.Deleted, id)
	case err != nil:
		d.log.Info("a hint was not followed", "conversation", id, "error", err)
	}
	return b, nil
}

// verify checks the signature on the raw body.
// https://developers.intercom.com/docs/webhooks/webhook-notifications#signed-notifications
func (d *desk) verify(body []byte, h http.Header) error {
	mac := hmac.New(sha1.New, []byte(d.ClientSecret.Reveal()))
	mac.Write(body)
	sum, prefixed := strings.CutPrefix(h.Get(headerSignature), "sha1=")
	given, err := hex.DecodeString(sum)
	if err != nil || !prefixed || !hmac.Equal(given, mac.Sum(nil)) {
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "The signature is missing or wrong. Put the app's client secret into client_secret.")
	}
	return nil
}

// hinted gives what a webhook is about. Those about other things than a
// conversation, such as the ping at setting up, have no id.
func hinted(body []byte) (topic, id string, err error) {
	var hint struct {
		Topic string `json:"topic"`
		Data  struct {
			Item struct {
				Type string `json:"type"`
				ID   any    `json:"id"`
			} `json:"item"`
		} `json:"data"`
	}
	if err := json.Unmarshal(body, &hint); err != nil || hint.Topic == "" {
		return "", "", tocsin.Wrap(tocsin.CodeInvalid, err, "The body is no notification of Intercom.")
	}
	id, _ = hint.Data.Item.ID.(string)
	if !strings.HasPrefix(hint.Topic, "conversation") || hint.Data.Item.Type != "conversation" || !digits.MatchString(id) {
		return hint.Topic, "", nil
	}
	return hint.Topic, id, nil
}
