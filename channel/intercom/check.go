package intercom

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// maxSkew is how far the clocks may be apart: the search goes by Intercom's.
const maxSkew = time.Minute / 2

// Check signs in, asks whether the token may search conversations, looks up the
// teammate as whom we answer, and compares the clocks. It writes nothing.
func (d *desk) Check(ctx context.Context) error {
	resp, err := d.call(ctx, channel.Call{URL: "me"})
	if tocsin.CodeOf(err) == tocsin.CodeUnauthorized {
		return tocsin.Wrap(tocsin.CodeUnauthorized, err, "Intercom refuses the token. Copy it anew from the app's Authentication page, and check that url is of the workspace's region.")
	}
	if err != nil {
		return err
	}
	_, err = d.call(ctx, channel.Call{Method: http.MethodPost, URL: "conversations/search", In: map[string]any{
		"query":      map[string]any{"field": "updated_at", "operator": ">", "value": strconv.FormatInt(d.now().Unix(), 10)},
		"pagination": map[string]any{"per_page": 1},
	}})
	if code := tocsin.CodeOf(err); code == tocsin.CodeForbidden || code == tocsin.CodeUnauthorized {
		return tocsin.Wrap(tocsin.CodeForbidden, err, "The token may not read conversations. Give the app the permissions to read and to write conversations.")
	}
	if err != nil {
		return err
	}
	_, err = d.call(ctx, channel.Call{URL: "admins/" + d.AdminID})
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return tocsin.Wrap(tocsin.CodeInvalid, err, "The workspace has no teammate %s. Put the id of the one who answers into admin_id.", d.AdminID)
	}
	if err != nil {
		return err
	}
	return channel.CheckClock(resp.Header, d.now(), maxSkew)
}
