package bluesky

import (
	"context"

	"github.com/tocsin/tocsin"
)

// Find looks into our own repository under the key that the message always has. It
// asks the server that keeps the repository, so that what is not there was not sent.
func (a *account) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	me, err := a.session.get(ctx)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	var out struct {
		URI   string `json:"uri"`
		Value record `json:"value"`
	}
	err = a.get(ctx, "com.atproto.repo.getRecord", map[string]any{"repo": me.DID, "collection": collection, "rkey": recordKey(m.Key)}, &out)
	switch {
	case nameOf(err) == "RecordNotFound":
		return tocsin.FoundAbsent, tocsin.Sent{}, nil
	case err != nil:
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	case out.Value.Text != m.Text || out.URI == "":
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	return tocsin.FoundPresent, tocsin.Sent{ExternalID: out.URI, URL: webLink(me.DID, out.URI)}, nil
}
