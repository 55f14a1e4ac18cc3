package webhook

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// What one request may hold.
const (
	maxBody    = 4 << 20 // bytes
	maxReports = 1000
)

// Receive reads a request with one report, or with many: {"reports": […]}. Beside
// them may stand edits, which are reports as they read now, and deleted, a list of
// ids. A report that cannot be taken is a named rejection and does not hold up the
// rest.
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
	said, err := split(body)
	if err != nil {
		return tocsin.Batch{}, err
	}
	return h.batch(said, signed), nil
}

// said is what a body holds, its reports still raw.
type said struct {
	Reports []json.RawMessage `json:"reports"`
	Edits   []json.RawMessage `json:"edits"`
	Deleted []string          `json:"deleted"`
}

// split finds the reports in a body. One that has none of the lists is a report
// itself.
func split(body []byte) (many said, err error) {
	if err := json.Unmarshal(body, &many); err != nil {
		return said{}, tocsin.Wrap(tocsin.CodeInvalid, err, "The body is no JSON object with a report, or with a list named reports: %s.", place(err, body))
	}
	if many.Reports == nil && many.Edits == nil && many.Deleted == nil && !bytes.Equal(bytes.TrimSpace(body), []byte("null")) {
		return said{Reports: []json.RawMessage{body}}, nil
	}
	switch n := len(many.Reports) + len(many.Edits) + len(many.Deleted); {
	case n == 0:
		return said{}, tocsin.Errorf(tocsin.CodeInvalid, "There is no report in the request. Send one, or a list named reports.")
	case n > maxReports:
		return said{}, tocsin.Errorf(tocsin.CodeTooLarge, "There are %d reports in one request; %d are the most.", n, maxReports)
	default:
		return many, nil
	}
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
func (h *hook) batch(s said, signed time.Time) tocsin.Batch {
	var b tocsin.Batch
	for _, id := range s.Deleted {
		b.Deleted = append(b.Deleted, strings.TrimSpace(id)) // as the ids of reports are
	}
	take := func(what string, raws []json.RawMessage) (taken []tocsin.Report) {
		for i, raw := range raws {
			report, refusal := h.report(raw, signed)
			if refusal == nil {
				taken = append(taken, report)
				continue
			}
			refusal.Channel, refusal.At = h.name, h.now()
			refusal.Detail = fmt.Sprintf("%s %d: %s", what, i+1, refusal.Detail)
			b.Rejections = append(b.Rejections, *refusal)
		}
		return taken
	}
	b.Reports, b.Edits = take("report", s.Reports), take("edit", s.Edits)
	return b
}
