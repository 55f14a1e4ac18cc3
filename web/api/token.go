package api

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// tokenPrefix lets people and scanners of leaked secrets know a token of ours.
const tokenPrefix = "tocsin_"

// Me says who calls.
type Me struct {
	User      string      `json:"user"`
	Role      tocsin.Role `json:"role"`
	ExpiresAt time.Time   `json:"expires_at,omitzero"`
}

// me lets a program find out whether its token works, and for whom.
func (a *API) me(_ context.Context, by tocsin.Token, _ *struct{}) (Me, error) {
	return Me{User: by.User, Role: by.Role, ExpiresAt: by.ExpiresAt}, nil
}

// TokenMade is a new token with its secret, which nobody can show again.
type TokenMade struct {
	tocsin.Token
	Secret string `json:"secret"`
}

// listTokens shows whose tokens there are; their secrets are not known to us.
func (a *API) listTokens(ctx context.Context, _ tocsin.Token, in *Paging) (List[tocsin.Token], error) {
	rows, err := a.Store.Tokens(ctx)
	if err != nil {
		return List[tocsin.Token]{}, err
	}
	return cut(rows, *in, func(t tocsin.Token) string { return ordinal(t.ID) })
}

// userName is a name that reads the same wherever it is shown.
var userName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9@._+-]*$`)

// properUser refuses a name that looks like another: the program's own, for the
// timeline must tell people from machines, and that of a user in another case, for
// one person under two names could approve their own words.
func (a *API) properUser(ctx context.Context, name string) error {
	if !userName.MatchString(name) {
		return tocsin.Errorf(tocsin.CodeInvalid, "%q is no name of a user: use letters from A to Z, digits and @ . _ + -, as in mara or mara@example.org.", name)
	}
	if strings.EqualFold(name, tocsin.ActorSelf) {
		return tocsin.Errorf(tocsin.CodeInvalid, "%q is what the program calls itself. Choose another name.", name)
	}
	tokens, err := a.Store.Tokens(ctx)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.User != name && strings.EqualFold(t.User, name) {
			return tocsin.Errorf(tocsin.CodeConflict, "There is a user %q already. For the same person write the name the same; for another, choose another.", t.User)
		}
	}
	return nil
}

// addToken makes a token for a person, or a program, by name.
func (a *API) addToken(ctx context.Context, by tocsin.Token, in *struct {
	Body struct {
		User      string      `json:"user" minLength:"1" maxLength:"100" doc:"Whose acts these are; approval needs two different ones"`
		Role      tocsin.Role `json:"role" enum:"viewer,support,responder,admin"`
		Note      string      `json:"note,omitempty" maxLength:"500"`
		ExpiresAt time.Time   `json:"expires_at,omitzero"`
	}
},
) (TokenMade, error) {
	now := a.Now()
	if !in.Body.ExpiresAt.IsZero() && !in.Body.ExpiresAt.After(now) {
		return TokenMade{}, tocsin.Errorf(tocsin.CodeInvalid, "The token would end before it begins.")
	}
	if err := a.properUser(ctx, in.Body.User); err != nil {
		return TokenMade{}, err
	}
	made, err := AddToken(ctx, a.Store, tocsin.Token{
		User: in.Body.User, Role: in.Body.Role, Note: in.Body.Note, CreatedAt: now, ExpiresAt: in.Body.ExpiresAt,
	})
	return made, a.changed(ctx, by, "make token", made.User, err)
}

// deleteToken refuses the token in use: an admin must not lock the last door from
// within by a slip.
func (a *API) deleteToken(ctx context.Context, by tocsin.Token, in *ByID) error {
	if in.ID == by.ID {
		return tocsin.Errorf(tocsin.CodeConflict, "This is the token that you use. Delete it with another one.")
	}
	return a.changed(ctx, by, "delete token", strconv.FormatInt(in.ID, 10), a.Store.DeleteToken(ctx, in.ID))
}

// tokenStore is what making a token needs.
type tokenStore interface {
	AddToken(ctx context.Context, t tocsin.Token, hash string) (tocsin.Token, error)
	Tokens(ctx context.Context) ([]tocsin.Token, error)
}

// AddToken makes a token with a new secret.
func AddToken(ctx context.Context, s tokenStore, t tocsin.Token) (TokenMade, error) {
	var raw [32]byte
	if _, err := rand.Read(raw[:]); err != nil {
		return TokenMade{}, fmt.Errorf("read random bytes: %w", err)
	}
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	made, err := s.AddToken(ctx, t, HashToken(secret))
	if err != nil {
		return TokenMade{}, fmt.Errorf("store token: %w", err)
	}
	return TokenMade{Token: made, Secret: secret}, nil
}

// EnsureAdmin makes an admin token where there is no token at all, and gives its
// secret to be shown once. It gives "" where there is one.
func EnsureAdmin(ctx context.Context, s tokenStore, now time.Time) (string, error) {
	tokens, err := s.Tokens(ctx)
	if err != nil {
		return "", fmt.Errorf("list tokens: %w", err)
	}
	if len(tokens) > 0 {
		return "", nil
	}
	made, err := AddToken(ctx, s, tocsin.Token{User: "admin", Role: tocsin.RoleAdmin, Note: "made at the first start", CreatedAt: now})
	return made.Secret, err
}
