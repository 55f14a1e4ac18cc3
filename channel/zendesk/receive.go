package zendesk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// maxHint is how long a webhook's body may be, in bytes.
	maxHint = 1 << 20
	// tolerance is how far the time of a signature may be from ours. A hint that is
	// repeated within it brings the same ids, and adds nothing.
	tolerance = 5 * time.Minute

	headerSignature = "X-Zendesk-Webhook-Signature"
	headerTime      = "X-Zendesk-Webhook-Signature-Timestamp"
)

// Receive takes a webhook as a hint and looks at the ticket that it names. The
// error is CodeUnauthorized, CodeTooLarge or CodeInvalid. A hint that can't be
// followed now is dropped: the export brings the ticket all the same.
func (d *desk) Receive(r *http.Request) (tocsin.Batch, error) {
	body, err := channel.ReadBody(r, maxHint)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if err := d.verify(body, r.Header); err != nil {
		return tocsin.Batch{}, err
	}
	id, err := hinted(body)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if d.busy() {
		return tocsin.Batch{}, nil
	}
	b, err := d.look(r.Context(), id, d.now().Add(-d.Since))
	if err != nil {
		d.log.Info("a hint was not followed", "ticket", id, "error", err)
		return tocsin.Batch{}, nil
	}
	return b, nil
}

// verify checks the signature over the time and the raw body, and the time.
// https://developer.zendesk.com/documentation/webhooks/verifying/
func (d *desk) verify(body []byte, h http.Header) error {
	stamp := h.Get(headerTime)
	mac := hmac.New(sha256.New, []byte(d.WebhookSecret.Reveal()))
	mac.Write([]byte(stamp))
	mac.Write(body)
	given, err := base64.StdEncoding.DecodeString(h.Get(headerSignature))
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "The signature is missing or wrong. Put the webhook's signing secret into webhook_secret.")
	}
	at, err := time.Parse(time.RFC3339, stamp)
	if err != nil {
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "The header %s is no time.", headerTime)
	}
	if d.now().Sub(at).Abs() > tolerance {
		return tocsin.Errorf(tocsin.CodeUnauthorized, "The request was signed at another time: over %s from now. Check this machine's clock.", tolerance)
	}
	return nil
}

// hinted gives the ticket that a webhook is about: an event names it in detail.id,
// and a trigger sends what README.md asks for, ticket_id.
func hinted(body []byte) (int64, error) {
	var hint struct {
		TicketID number `json:"ticket_id"`
		Type     string `json:"type"`
		Detail   struct {
			ID number `json:"id"`
		} `json:"detail"`
	}
	if err := json.Unmarshal(body, &hint); err != nil {
		return 0, tocsin.Wrap(tocsin.CodeInvalid, err, "The body is no JSON object.")
	}
	id := int64(hint.TicketID)
	if id == 0 && strings.HasPrefix(hint.Type, "zen:event-type:ticket.") {
		id = int64(hint.Detail.ID)
	}
	if id <= 0 {
		return 0, tocsin.Errorf(tocsin.CodeInvalid, `The body names no ticket. Let the trigger send {"ticket_id": "{{ticket.id}}"}.`)
	}
	return id, nil
}

// number is an id that may stand in quotes.
type number int64

// UnmarshalJSON reads 17 and "17".
func (n *number) UnmarshalJSON(text []byte) error {
	return json.Unmarshal([]byte(strings.Trim(string(text), `"`)), (*int64)(n))
}
