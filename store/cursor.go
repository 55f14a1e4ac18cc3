package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Cursor tells where to go on with a channel, "" if it never was read.
func (s *Store) Cursor(ctx context.Context, channel string) (string, error) {
	var value string
	err := s.read.row(ctx, `SELECT value FROM cursors WHERE channel = $1`, channel).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read cursor: %w", err)
	}
	return value, nil
}

// moveCursor sets a channel's cursor if it still is where the caller found it.
// It holds the channel for this transaction: others that store for it wait.
func (t *tx) moveCursor(ctx context.Context, channel, was, to string) error {
	if _, err := t.exec(ctx, `INSERT INTO cursors (channel, value, updated_at) VALUES ($1, '', $2)
		ON CONFLICT (channel) DO NOTHING`, channel, t.now); err != nil {
		return fmt.Errorf("add cursor: %w", err)
	}
	moved, err := t.exec(ctx, `UPDATE cursors SET value = $3, updated_at = $4 WHERE channel = $1 AND value = $2`, channel, was, to, t.now)
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	if moved == 0 {
		return tocsin.Errorf(tocsin.CodeConflict, "Somebody else has read on in channel %s.", channel)
	}
	return nil
}
