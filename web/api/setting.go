package api

import (
	"context"

	"github.com/tocsin/tocsin"
)

// changed logs who changed a setting, once it is done, and passes the error on.
// What happens to incidents is in their timelines; settings have none.
func (a *API) changed(ctx context.Context, by tocsin.Token, did, name string, err error) error {
	if err == nil {
		a.log.InfoContext(ctx, "setting changed", "actor", by.User, "did", did, "name", name)
	}
	return err
}
