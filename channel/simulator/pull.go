package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tocsin/tocsin"
)

const (
	// maxBatch is how many reports come in one go.
	maxBatch = 200
	// tick is how often a stream looks up: at the clock, and into the journal.
	tick = 250 * time.Millisecond
)

// route goes with a report, and comes back with its answer.
type route struct {
	Topic string `json:"topic"`
}

// Pull gives what is due by now. The very first call only notes when the play
// began, so that every later one gives the same reports for the same cursor.
func (s *sim) Pull(ctx context.Context, at string) (tocsin.Batch, error) {
	if err := s.faults.before(ctx, false); err != nil {
		return tocsin.Batch{}, err
	}
	if at == "" {
		start := s.start
		if start.IsZero() {
			start = s.now()
		}
		return tocsin.Batch{Cursor: cursor{start: start}.String(), More: true}, nil
	}
	c, err := parseCursor(at)
	if err != nil {
		return tocsin.Batch{}, err
	}
	var b tocsin.Batch
	for c.next < len(s.play.moments) && s.due(c) && len(b.Reports) < maxBatch {
		report, err := s.report(c)
		if err != nil {
			return tocsin.Batch{}, err
		}
		b.Reports = append(b.Reports, report)
		c.next++
	}
	b.More = c.next < len(s.play.moments) && s.due(c)
	if s.answers {
		if err := s.think(&b, &c); err != nil {
			return tocsin.Batch{}, err
		}
	}
	b.Cursor = c.String()
	return b, nil
}

// Stream gives what is due, as it becomes due.
func (s *sim) Stream(ctx context.Context, at string, emit func(tocsin.Batch) error) error {
	look := time.NewTicker(tick)
	defer look.Stop()
	for {
		batch, err := s.Pull(ctx, at)
		if err != nil {
			return err
		}
		if batch.Cursor != at {
			if err := emit(batch); err != nil {
				return err
			}
			at = batch.Cursor
		}
		if batch.More {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-look.C:
		}
	}
}

// when is the time of the next moment. Only the live part obeys the speed.
func (s *sim) when(c cursor) time.Time {
	at := s.play.moments[c.next].at
	if at > 0 {
		at = time.Duration(float64(at) / s.speed)
	}
	return c.start.Add(at)
}

func (s *sim) due(c cursor) bool { return !s.when(c).After(s.now()) }

// report makes a report of the next moment.
func (s *sim) report(c cursor) (tocsin.Report, error) {
	m := s.play.moments[c.next]
	way, err := json.Marshal(route{Topic: m.topic})
	if err != nil {
		return tocsin.Report{}, fmt.Errorf("write route: %w", err)
	}
	id := fmt.Sprintf("sim-%d-%d", s.play.seed, c.next)
	return tocsin.Report{
		Channel: s.name, ExternalID: id, Thread: id, At: s.when(c),
		Reporter: m.who.reporter(), Raw: m.says.text, Lang: m.says.lang, Route: way,
	}, nil
}
