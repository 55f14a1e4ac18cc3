package email

import (
	"context"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/tocsin/tocsin"
)

// keepAlive is how long an IDLE may last in silence. Then it ends and a command
// shows whether the line is alive: routers forget silent ones after five minutes,
// and servers may hang up after half an hour (RFC 2177).
const keepAlive = 4 * time.Minute

// Stream reads mails as they come: told by the server where it has IDLE, else by
// asking. It returns when the connection breaks; the caller calls again.
func (a *account) Stream(ctx context.Context, from string, emit func(tocsin.Batch) error) error {
	s, err := a.openBox(ctx, a.Mailbox)
	if err != nil {
		return err
	}
	defer s.close()
	for {
		batch, err := s.next(ctx, from)
		if err != nil {
			return err
		}
		if batch.Cursor != from {
			if err := emit(batch); err != nil {
				return err
			}
			from = batch.Cursor
		}
		if batch.More {
			continue
		}
		if err := s.wait(ctx); err != nil {
			return err
		}
	}
}

// wait ends when there may be new mails.
func (s *session) wait(ctx context.Context) error {
	if s.client.Caps().Has(imap.CapIdle) {
		return s.idle(ctx)
	}
	if err := s.rest(ctx, s.Poll); err != nil {
		return err
	}
	return s.do(ctx, func() error { return s.client.Noop().Wait() })
}

func (s *session) idle(ctx context.Context) error {
	var cmd *imapclient.IdleCommand
	err := s.do(ctx, func() (err error) {
		cmd, err = s.client.Idle()
		return err
	})
	if err != nil {
		return err
	}
	if err := s.rest(ctx, s.keepAlive); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if err := cmd.Close(); err != nil {
			return err
		}
		return cmd.Wait()
	})
}

// rest waits for news, for at most a while.
func (s *session) rest(ctx context.Context, while time.Duration) error {
	timer := time.NewTimer(while)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-s.client.Closed(): // what comes next finds out why
	case <-s.news:
	case <-timer.C:
	}
	return nil
}
