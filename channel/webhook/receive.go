package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// What one request may hold.
const (
	maxBody    = 4 << 20 // bytes
	maxReports = 1000
)

// Receive reads a request with one report, or with many: {"reports": […]}. A
// report that cannot be taken is a named rejection and does not hold up the rest.
// The error is CodeUnauthorized, CodeTooLarge or CodeInvalid for the request as a
// whole.
func (h *hook) Receive(r *http.Request) (tocsin.Batch, error) {
	body, err := channel.ReadBody(r, maxBody)
	if err != nil {
		return tocsin.Batch{}, err
	}
	signed, err := h.keys.verify(body, r.Header, h.now())
	if err != nil {
		return tocsin.Batch{}, err
	}
	notes, err := split(body)
	if err != nil {
		return tocsin.Batch{}, err
	}
	return h.batch(notes, signed), nil
}

// split finds the reports in a body, each still raw.
func split(body []byte) ([]json.RawMessage, error) {
	var many struct {
		Reports *[]json.RawMessage `json:"reports"`
	}
	if err := json.Unmarshal(body, &many); err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The body is no JSON object with a report, or with a list named reports: %s.", place(err, body))
	}
	if bytes.Equal(bytes.TrimSpace(body), []byte("null")) || many.Reports != nil && len(*many.Reports) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "There is no report in the request. Send one, or a list named reports.")
	}
	if many.Reports == nil {
		return []json.RawMessage{body}, nil
	}
	if len(*many.Reports) > maxReports {
		return nil, tocsin.Errorf(tocsin.CodeTooLarge, "There are %d reports in one request; %d are the most.", len(*many.Reports), maxReports)
	}
	return *many.Reports, nil
}

// place says where a body stops to make sense.
func place(err error, body []byte) string {
	var (
		syntax *json.SyntaxError
		shape  *json.UnmarshalTypeError
	)
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(bytes.TrimSpace(body))):
		return "it ends too early"
	case errors.As(err, &syntax):
		return fmt.Sprintf("it goes wrong at byte %d", syntax.Offset)
	case errors.As(err, &shape) && shape.Field != "":
		return fmt.Sprintf("%s is of a wrong kind (%s) at byte %d", shape.Field, shape.Value, shape.Offset)
	case errors.As(err, &shape):
		return fmt.Sprintf("it has a wrong %s at byte %d", shape.Value, shape.Offset)
	default:
		return "a value in it cannot be read"
	}
}

// batch takes what can be taken. The time of signing is that of the reports that
// name none.
func (h *hook) batch(notes []json.RawMessage, signed time.Time) tocsin.Batch {
	var b tocsin.Batch
	for i, raw := range notes {
		report, refusal := h.report(raw, signed)
		if refusal == nil {
			b.Reports = append(b.Reports, report)
			continue
		}
		refusal.Channel, refusal.At = h.name, h.now()
		refusal.Detail = fmt.Sprintf("report %d: %s", i+1, refusal.Detail)
		b.Rejections = append(b.Rejections, *refusal)
	}
	return b
}
