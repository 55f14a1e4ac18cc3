package simulator

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/tocsin/tocsin"
)

// errWeather is the cause of every simulated failure.
var errWeather = errors.New("simulated failure")

// faults is how bad the weather is. What fails is decided by chance, so that a
// restart does not meet the same failures again.
type faults struct {
	fail float64       // share of calls that fail
	cut  float64       // share of sent messages whose answer is lost
	slow time.Duration // how long each call takes
}

// before is what a call meets on its way: half of the delay, and perhaps an end.
// A call that changes something and was given up on the way may have arrived, for
// all that its caller knows.
func (f *faults) before(ctx context.Context, changes bool) error {
	if err := f.wait(ctx, changes); err != nil {
		return err
	}
	if chance(f.fail) {
		return &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "The simulated network is down.", Cause: errWeather, Retryable: true}
	}
	return nil
}

// after is what its answer meets on the way back: the other half, and perhaps a cut.
func (f *faults) after(ctx context.Context) error {
	if err := f.wait(ctx, true); err != nil {
		return err
	}
	if chance(f.cut) {
		return &tocsin.Error{
			Code: tocsin.CodeUnavailable, Message: "The simulated line broke before the answer came.", Cause: errWeather,
			Retryable: true, Uncertain: true,
		}
	}
	return nil
}

func (f *faults) wait(ctx context.Context, changes bool) error {
	pause := time.NewTimer(f.slow / 2)
	defer pause.Stop()
	err := ctx.Err()
	if err == nil && f.slow > 0 {
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-pause.C:
		}
	}
	if err == nil {
		return nil
	}
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Message: "The simulated network did not answer in time.", Cause: err,
		Retryable: true, Uncertain: changes,
	}
}

func chance(share float64) bool {
	return share > 0 && rand.Float64() < share //nolint:gosec // G404: no secret depends on the weather
}
