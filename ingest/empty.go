package ingest

import (
	"context"

	"github.com/tocsin/tocsin"
)

// empty refuses what has neither text nor title. A mail that says all in its
// subject is a report.
func (i *Ingest) empty(_ context.Context, _ *pass, r *tocsin.Report) (refusal, error) {
	if r.Text == "" && r.Title == "" {
		return refusal{tocsin.ReasonEmpty, "nothing is left after cleaning"}, nil
	}
	return refusal{}, nil
}
