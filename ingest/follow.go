package ingest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	pullMost    = 5 * time.Minute // how long one poll may take: a line that hangs is cut
	backoffMin  = time.Second     // after the first failure; doubled after each other
	backoffMost = 5 * time.Minute
	obeyMost    = time.Hour        // of what a server asks us to wait
	steady      = 30 * time.Second // a stream that lived so long has not failed at once
)

// follow fetches from a channel until ctx ends: it polls, or it catches up by a
// poll and then streams. After a failure it waits, longer each time.
func (i *Ingest) follow(ctx context.Context, f *feed) {
	wait(ctx, time.Duration(rand.Int64N(int64(time.Second)))) //nolint:gosec // spreads load, hides nothing
	for ctx.Err() == nil {
		err := i.try(ctx, f)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil && f.channel.Streamer == nil:
			wait(ctx, jitter(i.every))
		case err == nil: // the other side ended the stream in good order
			wait(ctx, jitter(backoffMin))
		case tocsin.CodeOf(err) == tocsin.CodeConflict:
			i.log.Info("cursor moved by another", "channel", f.channel.Name)
			wait(ctx, jitter(backoffMin)) // the next try reads it anew
		default:
			pause := backoff(err, i.failed(f, err))
			i.log.Warn("fetch failed", "channel", f.channel.Name, "error", err, "wait", pause)
			wait(ctx, pause)
		}
	}
}

// try fetches once. A panic of the channel becomes an error.
func (i *Ingest) try(ctx context.Context, f *feed) (err error) {
	defer func() {
		if v := recover(); v != nil {
			i.metrics.panics.WithLabelValues(f.channel.Name).Inc()
			i.log.Error("channel panicked", "channel", f.channel.Name, "panic", v, "stack", string(debug.Stack()))
			err = &tocsin.Error{Code: tocsin.CodeInternal, Message: "the channel panicked", Retryable: true}
		}
	}()
	if f.channel.Source != nil {
		if err := i.poll(ctx, f); err != nil {
			return err
		}
	}
	if f.channel.Streamer != nil {
		return i.stream(ctx, f)
	}
	return nil
}

// poll pulls until the channel has no more.
func (i *Ingest) poll(ctx context.Context, f *feed) error {
	for ctx.Err() == nil {
		cursor, err := i.store.Cursor(ctx, f.channel.Name)
		if err != nil {
			return err
		}
		pulling, end := context.WithTimeout(ctx, pullMost)
		batch, err := f.channel.Source.Pull(pulling, cursor)
		end()
		if err != nil {
			return fmt.Errorf("pull: %w", err)
		}
		if _, err := i.commit(ctx, f, cursor, batch); err != nil {
			return err
		}
		i.alive(f)
		if !batch.More || batch.Cursor == "" || batch.Cursor == cursor {
			return nil // more, and nowhere to go on: it would go round for ever
		}
	}
	return nil
}

// stream takes what the channel pushes until the line breaks.
func (i *Ingest) stream(ctx context.Context, f *feed) error {
	cursor, err := i.store.Cursor(ctx, f.channel.Name)
	if err != nil {
		return err
	}
	began := i.now()
	i.streaming(f, true)
	defer i.streaming(f, false)
	err = f.channel.Streamer.Stream(ctx, cursor, func(b tocsin.Batch) error {
		if _, err := i.commit(ctx, f, cursor, b); err != nil {
			return err
		}
		if b.Cursor != "" {
			cursor = b.Cursor
		}
		i.alive(f)
		return nil
	})
	if i.now().Sub(began) >= steady {
		i.steadied(f)
	}
	if err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	return nil
}

// backoff is how long to wait after so many failures in a row. What the server
// asks for is obeyed; what trying again can't mend is tried again rarely, for the
// other side may be mended.
func backoff(err error, failures int) time.Duration {
	again, after := tocsin.Retry(err)
	pause := backoffMost
	if again && failures < 10 {
		pause = min(backoffMin<<(failures-1), backoffMost)
	}
	return max(jitter(pause), min(after, obeyMost))
}

// jitter spreads a time by a tenth to both sides, so that what began together
// does not stay together.
func jitter(d time.Duration) time.Duration {
	return d - d/10 + time.Duration(rand.Int64N(int64(d/5)+1)) //nolint:gosec // as above
}

// wait waits, and tells whether ctx still lives.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}
