package ingest

import (
	"context"

	"github.com/tocsin/tocsin"
)

// own refuses what we wrote: our own messages, which come back through the same
// channel, and what staff write there.
func (i *Ingest) own(ctx context.Context, p *pass, r *tocsin.Report) (refusal, error) {
	if r.Reporter.Staff {
		return refusal{tocsin.ReasonOwn, "written by staff"}, nil
	}
	ours, err := i.store.OwnMessage(ctx, p.channel, r.ExternalID)
	if err != nil {
		return refusal{}, err
	}
	if ours {
		return refusal{tocsin.ReasonOwn, "a message that we sent"}, nil
	}
	return refusal{}, nil
}
