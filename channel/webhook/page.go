package webhook

import (
	"context"

	"github.com/tocsin/tocsin"
)

// page is an alarm with the address that it is meant for.
type page struct {
	To string `json:"to,omitempty"`
	tocsin.Alarm
}

// Page posts a signed {"type": "page"} to page_url.
func (h *hook) Page(ctx context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	return h.send(ctx, h.pageURL, "page", a.Key, page{To: a.To, Alarm: a})
}
