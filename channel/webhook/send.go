package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// maxID is how long an id of the other side may be, in bytes; a longer one is no id.
const maxID = 500

// envelope is what goes out: the payload structure of Standard Webhooks.
type envelope struct {
	Type string    `json:"type"`
	At   time.Time `json:"timestamp"`
	Data any       `json:"data"`
}

// receipt is what the other side may answer. Both fields may be missing.
type receipt struct {
	ID  string `json:"id"`
	URL string `json:"url"`
}

// send signs data and posts it. The key goes as webhook-id, by which a receiver
// drops what it has seen. It gives the other side's id, or the key where there is
// none.
func (h *hook) send(ctx context.Context, address, kind, key string, data any) (tocsin.Sent, error) {
	now := h.now().UTC()
	body, err := json.Marshal(envelope{Type: kind, At: now, Data: data})
	if err != nil {
		return tocsin.Sent{}, tocsin.Wrap(tocsin.CodeInternal, err, "write webhook")
	}
	header, err := h.keys.headers(key, now, body)
	if err != nil {
		return tocsin.Sent{}, err
	}
	resp, err := h.client.JSON(ctx, channel.Call{Method: http.MethodPost, URL: address, Header: header, In: json.RawMessage(body)})
	if err != nil {
		return tocsin.Sent{}, h.doubt(err)
	}
	return sent(key, resp.Body), nil
}

// doubt takes the doubt out of an error where the other side promised to drop
// what it has seen: then trying again is as good as looking.
func (h *hook) doubt(err error) error {
	var said *tocsin.Error
	if h.idempotent && errors.As(err, &said) {
		said.Uncertain = false
	}
	return err
}

// sent reads the other side's answer, which may be anything.
func sent(key string, body []byte) tocsin.Sent {
	var r receipt
	if json.Unmarshal(body, &r) != nil || r.ID == "" || len(r.ID) > maxID {
		return tocsin.Sent{ExternalID: key, URL: webOnly(r.URL)}
	}
	return tocsin.Sent{ExternalID: r.ID, URL: webOnly(r.URL)}
}
