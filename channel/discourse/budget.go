package discourse

import (
	"context"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// What Discourse allows as it is shipped. Whoever runs the forum can raise it.
// https://meta.discourse.org/t/available-settings-for-global-rate-limits-and-throttling/78612
const (
	adminPerMinute = 60   // calls with a key that an administrator made
	userPerMinute  = 20   // calls with a user API key
	userPerDay     = 2880 // the same
)

const (
	// patience is how long a call waits for its turn. What would wait longer is an
	// error that says how long.
	patience = 2 * time.Minute
	// readingShare is which part of a day's calls polling may use; the rest is for
	// answers.
	readingShare = 2
)

// budget spreads our calls, so that the forum need not refuse any.
type budget struct {
	minute, day *channel.Pace // day is nil where there is no such limit
	reading     *channel.Pace // of polls alone, so that they can't use up a day; nil likewise
	now         func() time.Time
}

func newBudget(s settings, now func() time.Time) *budget {
	minute, user := s.CallsPerMinute, !s.UserAPIKey.IsZero()
	if minute == 0 && user {
		minute = userPerMinute
	}
	if minute == 0 {
		minute = adminPerMinute
	}
	b := &budget{minute: &channel.Pace{Most: minute, In: time.Minute}, now: now}
	if user {
		const day = 24 * time.Hour
		b.day = &channel.Pace{Most: userPerDay, In: day}
		b.reading = &channel.Pace{Most: 1, In: day / (userPerDay / readingShare)}
	}
	return b
}

// call waits for the turn of a call, and read for that of a poll's. The error is
// CodeLimited, with the time to wait, where that would take too long.
func (b *budget) call(ctx context.Context) error {
	if err := b.turn(ctx, b.day); err != nil {
		return err
	}
	return b.turn(ctx, b.minute)
}

func (b *budget) read(ctx context.Context) error { return b.turn(ctx, b.reading) }

func (b *budget) turn(ctx context.Context, pace *channel.Pace) error {
	for pace != nil {
		wait := pace.Take(b.now())
		if wait <= 0 {
			break
		}
		if wait > patience {
			return &tocsin.Error{
				Code: tocsin.CodeLimited, Retryable: true, RetryAfter: wait,
				Message: "The forum allows no more calls for now. It goes on by itself.",
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
	return ctx.Err()
}

// Allowances tells how many calls are left of each limit.
func (b *budget) Allowances() []tocsin.Allowance {
	tell := func(name string, p *channel.Pace) tocsin.Allowance {
		return tocsin.Allowance{Name: name, Unit: "calls", Limit: float64(p.Most), Left: float64(max(0, p.Left(b.now())))}
	}
	all := []tocsin.Allowance{tell("calls a minute", b.minute)}
	if b.day != nil {
		all = append(all, tell("calls a day", b.day))
	}
	return all
}
