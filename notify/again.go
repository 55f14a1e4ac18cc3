package notify

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
)

// later says that a job is not done and is worth another try after a while. The
// cause is for the log and may be nil.
func later(cause error, after time.Duration, why string) error {
	return &tocsin.Error{Code: tocsin.CodeUnavailable, Message: why, Cause: cause, Retryable: true, RetryAfter: after}
}

// recordTime is how long the outcome of a call may take to be stored.
const recordTime = 10 * time.Second

// outlive gives a context in which the outcome of a call can still be stored when
// the program is told to stop during it: what we know should not be forgotten.
func outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), recordTime)
}
