package triage

import (
	"context"
	"fmt"
	"runtime/debug"

	"github.com/tocsin/tocsin"
)

// survive turns a panic into an error. One report that our code cannot bear must
// not end the program, nor come back at each start.
func survive(do func()) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	do()
	return nil
}

// setAside judges a report as unreadable, and forgets the memory that it may have
// broken. What else was in its batch is still in the inbox.
func (r *Runner) setAside(ctx context.Context, report tocsin.Report, cause error) (int, error) {
	r.o.Log.ErrorContext(ctx, "triage sets a report aside that it cannot read", "report", report.ID, "error", cause)
	r.engine = nil
	t := tocsin.Triaged{
		Done:       []int64{report.ID},
		Judgements: []tocsin.Judgement{{Report: report.ID, Cluster: keyOf(&report), Reason: tocsin.ReasonMalformed}},
	}
	if err := r.o.Store.CommitTriage(ctx, t); err != nil {
		return 0, fmt.Errorf("set report %d aside: %w", report.ID, err)
	}
	return 1, nil
}
