package webhook

import (
	"context"
	"net/http"

	"github.com/tocsin/tocsin"
)

// Check asks the head of each address, which sends nothing. Many receivers know
// POST only and answer 404 or 405: they are there, and that is all it asks.
func (h *hook) Check(ctx context.Context) error {
	for _, address := range []string{h.replyURL, h.pageURL} {
		if address == "" {
			continue
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodHead, address, http.NoBody)
		if err != nil {
			return tocsin.Wrap(tocsin.CodeInvalid, h.client.Hush(err), "The address of the other side makes no sense.")
		}
		if _, err := h.client.Do(ctx, req); err != nil && !there(err) {
			return err
		}
	}
	return nil
}

// there tells whether a refusal shows that somebody is there to post to.
func there(err error) bool {
	code := tocsin.CodeOf(err)
	return code == tocsin.CodeNotFound || code == tocsin.CodeInvalid || code == tocsin.CodeConflict
}
