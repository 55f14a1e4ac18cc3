package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// LastReport tells when the newest report of a channel was written and received;
// zero times for none.
func (s *Store) LastReport(ctx context.Context, channel string) (written, received time.Time, err error) {
	err = s.read.row(ctx, `SELECT at, received_at FROM reports WHERE channel = $1 ORDER BY at DESC, id DESC LIMIT 1`, channel).
		Scan(moment{&written}, moment{&received})
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, time.Time{}, fmt.Errorf("read the newest report: %w", err)
	}
	return written, received, nil
}

// Pace counts the reports of a channel since a time by when they were written, in
// stretches of so long since 1970.
func (s *Store) Pace(ctx context.Context, channel string, since time.Time, stretch time.Duration) (map[int64]int, error) {
	counts, err := countBy[int64](ctx, s.read, `SELECT at / `+strconv.FormatInt(stretch.Microseconds(), 10)+`, COUNT(*) FROM reports
		WHERE channel = $1 AND at >= $2 GROUP BY 1`, channel, since)
	if err != nil {
		return nil, fmt.Errorf("count reports by time: %w", err)
	}
	return counts, nil
}

// NoteSilence puts on the timeline of every open incident that a channel has fallen
// silent: while others complain that is evidence. It is told there once.
func (s *Store) NoteSilence(ctx context.Context, channel string, silence tocsin.Silence) error {
	const kind = "silence"
	text := fmt.Sprintf("Channel %s has brought nothing since %s, though it usually would.", channel, silence.Since.UTC().Format("2006-01-02 15:04 UTC"))
	return s.write(ctx, func(t *tx) error {
		open, err := list(ctx, t.conn, number, `SELECT i.id FROM incidents i WHERE i.closed_at = 0 AND NOT EXISTS
			(SELECT 1 FROM events e WHERE e.incident_id = i.id AND e.kind = $1 AND e.text = $2) ORDER BY i.id`, kind, text)
		if err != nil {
			return fmt.Errorf("find open incidents: %w", err)
		}
		for _, id := range open {
			if err := t.say(ctx, id, kind, "%s", text); err != nil {
				return err
			}
		}
		return nil
	})
}
