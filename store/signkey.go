package store

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
)

// keyBytes is the length of a key: as long as what it signs by, SHA-256.
const keyBytes = 32

// SigningKey gives the random key of a name, the same on every node and after each
// restart. It is made when it is asked for first.
func (s *Store) SigningKey(ctx context.Context, name string) ([]byte, error) {
	var fresh [keyBytes]byte
	if _, err := rand.Read(fresh[:]); err != nil {
		return nil, fmt.Errorf("read random bytes: %w", err)
	}
	var kept string
	err := s.write(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `INSERT INTO signing_keys (name, value, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING`,
			name, hex.EncodeToString(fresh[:]), t.now); err != nil {
			return err
		}
		return t.row(ctx, `SELECT value FROM signing_keys WHERE name = $1`, name).Scan(&kept)
	})
	if err != nil {
		return nil, fmt.Errorf("read signing key: %w", err)
	}
	return hex.DecodeString(kept)
}
