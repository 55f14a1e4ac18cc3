package ingest

import (
	"context"

	"github.com/tocsin/tocsin"
)

// whole refuses what can't be told apart from others, and mends the times: nobody
// writes in the future, whatever the clock of the writer's computer says.
func (i *Ingest) whole(_ context.Context, _ *pass, r *tocsin.Report) (refusal, error) {
	if r.ExternalID == "" || r.Reporter.ID == "" {
		return refusal{tocsin.ReasonMalformed, "it lacks an id or a reporter"}, nil
	}
	if r.ReceivedAt.IsZero() {
		r.ReceivedAt = i.now()
	}
	if r.At.IsZero() || r.At.After(r.ReceivedAt) {
		r.At = r.ReceivedAt
	}
	return refusal{}, nil
}
