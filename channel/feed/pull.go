package feed

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// Pull asks for the feed, unless it is too soon for the publisher, and gives what is
// new and what was changed, oldest first. A publisher that says that nothing changed
// is believed. What is no longer in the feed is not taken as deleted: feeds show the
// newest entries only.
func (f *feed) Pull(ctx context.Context, text string) (tocsin.Batch, error) {
	last, seen, err := readCursor(text)
	if err != nil {
		return tocsin.Batch{}, err
	}
	if f.tooSoon() {
		return tocsin.Batch{}, nil
	}
	resp, err := f.get(ctx, last)
	if err != nil || resp.Status == http.StatusNotModified {
		return tocsin.Batch{}, err
	}
	parsed, err := read(resp.Body)
	if err != nil {
		return tocsin.Batch{}, f.client.Hush(err)
	}
	b := f.sift(parsed, seen)
	next := cursor{ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified"), Seen: b.Cursor}
	b.Cursor = next.String()
	return b, nil
}

// tooSoon tells whether the publisher was asked a short while ago, and counts this time.
func (f *feed) tooSoon() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := f.now()
	if now.Before(f.next) {
		return true
	}
	f.next = now.Add(f.Every)
	return false
}

// get asks for the feed, or to be told that it is as it was.
func (f *feed) get(ctx context.Context, last cursor) (*channel.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL.Reveal(), http.NoBody)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, f.client.Hush(err), "The feed's address makes no sense.")
	}
	req.Header.Set("Accept", "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1")
	if last.ETag != "" {
		req.Header.Set("If-None-Match", last.ETag)
	}
	if last.Modified != "" {
		req.Header.Set("If-Modified-Since", last.Modified)
	}
	return f.client.Do(ctx, req)
}

// sift holds the entries against what was seen. The batch's cursor is what is to be
// remembered of them. With nil for seen it is the first look, which goes back as far
// as the settings say.
func (f *feed) sift(parsed *gofeed.Feed, seen map[idHash]textHash) tocsin.Batch {
	var (
		b      tocsin.Batch
		memory notes
		there  = make(map[idHash]bool, len(parsed.Items))
		oldest = f.now().Add(-f.Since)
		rated  = slices.ContainsFunc(parsed.Items, func(e *gofeed.Item) bool { return rating(e) > 0 })
	)
	if over := len(parsed.Items) - maxEntries; over > 0 {
		parsed.Items = parsed.Items[:maxEntries]
		b.Rejections = append(b.Rejections, tocsin.Rejection{
			Channel: f.name, Reason: tocsin.ReasonTooLarge, At: f.now(),
			Detail: fmt.Sprintf("the last %d entries of a feed of more than %d", over, maxEntries),
		})
	}
	for _, e := range oldestFirst(parsed.Items) {
		if rated && rating(e) == 0 {
			continue // an app store puts the app itself among its reviews
		}
		name := externalID(e)
		id, now := key(name, e)
		if there[id] {
			continue
		}
		there[id] = true
		memory.add(id, now)
		before, known := seen[id]
		switch at := when(e); {
		case seen == nil && !at.IsZero() && at.Before(oldest):
		case !known:
			b.Reports = append(b.Reports, f.report(name, e, parsed))
		case before != now:
			b.Edits = append(b.Edits, f.report(name, e, parsed))
		}
	}
	b.Cursor = base64.RawStdEncoding.EncodeToString(memory)
	return b
}

func key(name string, e *gofeed.Item) (idHash, textHash) {
	id, text := hash(name), hash(e.Title, words(e))
	return idHash(id[:idPart]), textHash(text[:textPart])
}

// oldestFirst turns the entries round, for feeds begin with the newest, and puts
// those with a time in order.
func oldestFirst(entries []*gofeed.Item) []*gofeed.Item {
	turned := slices.DeleteFunc(slices.Clone(entries), func(e *gofeed.Item) bool { return e == nil })
	slices.Reverse(turned)
	at := time.Time{}
	times := make(map[*gofeed.Item]time.Time, len(turned))
	for _, e := range turned { // one without a time stays behind its neighbour
		if t := when(e); !t.IsZero() {
			at = t
		}
		times[e] = at
	}
	slices.SortStableFunc(turned, func(a, b *gofeed.Item) int { return cmp.Compare(times[a].UnixNano(), times[b].UnixNano()) })
	return turned
}

// Check asks for the whole feed and reads it.
func (f *feed) Check(ctx context.Context) error {
	resp, err := f.get(ctx, cursor{})
	if err != nil {
		return err
	}
	_, err = read(resp.Body)
	return f.client.Hush(err)
}
