package mastodon

import (
	"context"
	"slices"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// Check asks who we are, whether we may read mentions, and what the token's
// application may do.
func (a *account) Check(ctx context.Context) error {
	if _, err := a.know(ctx); err != nil {
		return err
	}
	if _, err := a.api.GetNotifications(ctx, &mastodon.Pagination{Limit: 1}); err != nil {
		return a.said(err, false)
	}
	var app struct {
		Scopes []string `json:"scopes"`
	}
	_, err := a.client.JSON(ctx, channel.Call{URL: a.Server + "/api/v1/apps/verify_credentials", Header: a.bearer(), Out: &app})
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil // a server of another kind
	}
	if err != nil {
		return err
	}
	return a.checkScopes(app.Scopes)
}

// checkScopes asks for what README.md asks for. Servers before Mastodon 4.3 do not
// tell scopes.
// https://docs.joinmastodon.org/methods/apps/#verify_credentials
func (a *account) checkScopes(has []string) error {
	if len(has) == 0 {
		return nil
	}
	for part, wanted := range map[string][]string{
		"read":  {"read:accounts", "read:notifications", "read:statuses"},
		"write": {"write:statuses"},
	} {
		for _, scope := range wanted {
			if !slices.Contains(has, part) && !slices.Contains(has, scope) {
				return tocsin.Errorf(tocsin.CodeForbidden,
					"The application on %s lacks the scope %s. Add it there, make a new token, and put that into the channel's settings.", a.host(), scope)
			}
		}
	}
	return nil
}
