package ingest

import (
	"context"

	"github.com/tocsin/tocsin"
)

// own refuses what we wrote: our own messages, which come back through the same
// channel, and what staff write there, whom the channel or the operator knows.
func (i *Ingest) own(ctx context.Context, p *pass, r *tocsin.Report) (refusal, error) {
	if r.Reporter.Staff || r.Reporter.Among(i.staff) {
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
