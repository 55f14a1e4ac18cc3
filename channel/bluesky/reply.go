package bluesky

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/bluesky-social/indigo/atproto/syntax"

	"github.com/tocsin/tocsin"
)

// Reply answers a post in its thread. Its writer is told by the network.
func (a *account) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	var to replyRefs
	if err := json.Unmarshal(m.Report.Route, &to); err != nil || to.Parent.URI == "" || to.Parent.CID == "" || to.Root.URI == "" {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid,
			"This report did not come from Bluesky, so that nobody knows which post to answer. Answer it by hand.")
	}
	return a.send(ctx, m, &to)
}

// Post posts in public.
func (a *account) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return a.send(ctx, m, nil)
}

// put is a record on its way into our repository. SwapRecord says which version it
// replaces: none, so that what is there is never changed.
type put struct {
	Repo       string  `json:"repo"`
	Collection string  `json:"collection"`
	Rkey       string  `json:"rkey"`
	Record     record  `json:"record"`
	SwapRecord *string `json:"swapRecord"`
}

// send puts a post under the key that its message always has. The same message
// again finds itself there.
func (a *account) send(ctx context.Context, m tocsin.Message, to *replyRefs) (tocsin.Sent, error) {
	if err := fits(m.Text); err != nil {
		return tocsin.Sent{}, err
	}
	me, err := a.session.get(ctx)
	if err != nil {
		return tocsin.Sent{}, err
	}
	r := record{
		Type: collection, Text: m.Text, CreatedAt: a.now().UTC().Format("2006-01-02T15:04:05.000Z"),
		Facets: a.facets(ctx, m.Text), Reply: to,
	}
	if m.Lang != "" {
		r.Langs = []string{m.Lang}
	}
	var out strongRef
	in := put{Repo: me.DID, Collection: collection, Rkey: recordKey(m.Key), Record: r}
	err = a.post(ctx, "com.atproto.repo.putRecord", in, &out)
	switch {
	case nameOf(err) == "InvalidSwap":
		return a.already(ctx, m)
	case err != nil:
		return tocsin.Sent{}, err
	case out.URI == "":
		return tocsin.Sent{}, a.said(errors.New("a record without address"), true)
	}
	return tocsin.Sent{ExternalID: out.URI, URL: webLink(me.DID, out.URI)}, nil
}

// already answers for a message whose key is taken: by itself, if all is well.
func (a *account) already(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	found, sent, err := a.Find(ctx, m)
	if err != nil {
		return tocsin.Sent{}, err
	}
	if found != tocsin.FoundPresent {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeConflict, "Another post of ours lies where this one belongs. Answer by hand.")
	}
	return sent, nil
}

// Record keys must be TIDs, which are a time and a number. Ours are a hash within
// two years that are past, so that no reader takes them for the future.
// https://atproto.com/specs/tid
const (
	tidBits      = 46 // of microseconds: 814 days
	tidClockBits = 10
)

// recordKey makes a record key of a message's key, always the same.
func recordKey(key string) string {
	sum := sha256.Sum256([]byte("tocsin:" + key))
	n := binary.BigEndian.Uint64(sum[:8])
	began := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	micros := began + int64(n>>(64-tidBits))
	return syntax.NewTID(micros, uint(n&(1<<tidClockBits-1))).String()
}
