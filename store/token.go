package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/tocsin/tocsin"
)

const selectTokens = `SELECT id, actor, role, note, created_at, expires_at FROM tokens` //nolint:gosec // a query, no secret

func scanToken(r row) (v tocsin.Token, err error) {
	err = r.Scan(&v.ID, &v.User, &v.Role, &v.Note, moment{&v.CreatedAt}, moment{&v.ExpiresAt})
	return v, err
}

// AddToken stores a token by the hash of its secret, and gives it with its number.
func (s *Store) AddToken(ctx context.Context, token tocsin.Token, hash string) (tocsin.Token, error) {
	err := s.write(ctx, func(t *tx) error {
		if token.CreatedAt.IsZero() {
			token.CreatedAt = t.now
		}
		return t.row(ctx, `INSERT INTO tokens (actor, role, note, hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id`,
			token.User, token.Role, token.Note, hash, token.CreatedAt, token.ExpiresAt).Scan(&token.ID)
	})
	if err != nil {
		return tocsin.Token{}, fmt.Errorf("add token: %w", err)
	}
	return token, nil
}

// TokenByHash gives the token whose secret has this hash. It returns
// CodeNotFound if there is none or it has expired.
func (s *Store) TokenByHash(ctx context.Context, hash string) (tocsin.Token, error) {
	token, err := scanToken(s.read.row(ctx, selectTokens+` WHERE hash = $1 AND (expires_at = 0 OR expires_at > $2)`, hash, s.now()))
	if errors.Is(err, sql.ErrNoRows) {
		return token, tocsin.Errorf(tocsin.CodeNotFound, "There is no such token, or it has expired.")
	}
	if err != nil {
		return token, fmt.Errorf("read token: %w", err)
	}
	return token, nil
}

// Tokens gives all tokens, oldest first.
func (s *Store) Tokens(ctx context.Context) ([]tocsin.Token, error) {
	tokens, err := list(ctx, s.read, scanToken, selectTokens+` ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	return tokens, nil
}

// DeleteToken removes a token. It returns CodeNotFound if there is none.
func (s *Store) DeleteToken(ctx context.Context, id int64) error {
	return s.write(ctx, func(t *tx) error {
		deleted, err := t.exec(ctx, `DELETE FROM tokens WHERE id = $1`, id)
		if err != nil {
			return fmt.Errorf("delete token: %w", err)
		}
		if deleted == 0 {
			return tocsin.Errorf(tocsin.CodeNotFound, "There is no token %d.", id)
		}
		return nil
	})
}
