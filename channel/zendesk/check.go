package zendesk

import (
	"context"
	"net/url"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// Check signs in, asks whether the user may export, whether the token may read the
// updates in which answers are looked for, and whether the clocks agree. It writes
// nothing.
func (d *desk) Check(ctx context.Context) error {
	var me struct {
		User user `json:"user"`
	}
	resp, err := d.call(ctx, channel.Call{URL: "users/me.json", Out: &me})
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeUnauthorized:
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "Zendesk refuses our credentials. Check email and api_token (or token), and that token access is on under Apps and integrations, APIs.")
	case err != nil:
		return err
	case me.User.ID == 0: // so Zendesk greets a stranger
		return tocsin.Errorf(tocsin.CodeUnauthorized, "Zendesk takes us for a stranger. Check email and api_token (or token).")
	case me.User.Role != roleAdmin:
		return tocsin.Errorf(tocsin.CodeForbidden, "The user %s is no admin, and Zendesk lets only admins export tickets. Make the user an admin, or take another one.", me.User.Email)
	}
	var audits struct{}
	err = d.get(ctx, "ticket_audits.json", url.Values{"page[size]": {"1"}}, &audits)
	if tocsin.CodeOf(err) == tocsin.CodeForbidden {
		return tocsin.Wrap(tocsin.CodeForbidden, err, "The token may not read ticket audits. Give it the scopes read and write.")
	}
	if err != nil {
		return err
	}
	return channel.CheckClock(resp.Header, d.now(), tolerance)
}
