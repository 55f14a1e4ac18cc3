package bluesky

import (
	"cmp"
	"context"

	"github.com/tocsin/tocsin"
)

// Check asks who we are and whether the account may write, reads one page of what
// it is told of, and opens the stream.
func (a *account) Check(ctx context.Context) error {
	var who struct {
		Active *bool  `json:"active"`
		Status string `json:"status"`
	}
	if err := a.get(ctx, "com.atproto.server.getSession", nil, &who); err != nil {
		return err
	}
	if who.Active != nil && !*who.Active {
		return tocsin.Errorf(tocsin.CodeForbidden, "The account on %s is %s and can't write. Sign in there to see why.", a.Service, cmp.Or(who.Status, "not active"))
	}
	if _, _, err := a.page(ctx, notifications, ""); err != nil {
		return err
	}
	if a.Jetstream == "" {
		return nil
	}
	socket, err := a.client.Dial(ctx, a.stream(0), nil)
	if err != nil {
		return err
	}
	socket.Close()
	return nil
}
