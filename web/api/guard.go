package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tocsin/tocsin"
)

// callerKey finds the caller's token in a request's context.
type callerKey struct{}

// caller gives the token that guard let in.
func caller(ctx context.Context) tocsin.Token {
	t, _ := ctx.Value(callerKey{}).(tocsin.Token)
	return t
}

// guard stands before every route: it finds out who calls, whether their role may,
// and whether a call that sends was answered before.
func (a *API) guard(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	op := ctx.Operation()
	who, err := a.signIn(r)
	if err != nil {
		a.refuse(w, r, err)
		return
	}
	if need, _ := op.Metadata[metaRole].(tocsin.Role); !who.Role.Covers(need) {
		a.refuse(w, r, tocsin.Errorf(tocsin.CodeForbidden, "This needs the role %s; your token has the role %s.", need, who.Role))
		return
	}
	r = r.WithContext(context.WithValue(r.Context(), callerKey{}, who))
	if op.Metadata[metaSends] == true {
		a.once(w, r, who, func(w http.ResponseWriter, r *http.Request) { next(humago.NewContext(op, r, w)) })
		return
	}
	next(humago.NewContext(op, r, w))
}

// signIn finds the token that a request bears. A token is looked up by its hash,
// so that neither the database nor the time of the lookup tells a secret.
func (a *API) signIn(r *http.Request) (tocsin.Token, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || secret == "" {
		return tocsin.Token{}, tocsin.Errorf(tocsin.CodeUnauthorized, "Send a token in the header: Authorization: Bearer tocsin_…")
	}
	t, err := a.Store.TokenByHash(r.Context(), HashToken(strings.TrimSpace(secret)))
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound:
		return tocsin.Token{}, tocsin.Errorf(tocsin.CodeUnauthorized, "This token is not known, or it has ended. Ask an admin for a new one.")
	case err != nil:
		return tocsin.Token{}, err
	}
	return t, nil
}

// HashToken is how a token's secret is stored. It needs no salt and no slow hash:
// the secret has 256 random bits.
func HashToken(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
