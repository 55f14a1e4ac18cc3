package mastodon

import (
	"context"
	"strings"
	"time"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

const (
	// findSlack is how much earlier than the try a post may seem to be written:
	// the time of the try is that of its end, and the clocks differ.
	findSlack = 2 * time.Minute
	// findPages is how many pages of our own posts are searched for a public one.
	findPages = 10
	ownPage   = 40
)

// Find looks for what we sent: an answer among those to the report, a public post
// among our own. A resend within an hour would be safe on Mastodon, which knows
// the Idempotency-Key again; other servers ignore it.
//
// A post is ours when its source is the text that we sent. Absent is said only when
// all that could be it was seen and is something else.
func (a *account) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	me, err := a.know(ctx)
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	text := m.Text
	since := m.TriedAt.Add(-findSlack) // long ago if it is unknown
	var ours []*mastodon.Status
	whole := true
	if m.Report.ExternalID != "" {
		text = a.answer(m).Status
		ours, err = a.answers(ctx, me, m.Report.ExternalID)
	} else {
		ours, whole, err = a.own(ctx, me, since)
	}
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	for _, post := range ours {
		if post.CreatedAt.Before(since) {
			continue
		}
		source, err := a.api.GetStatusSource(ctx, post.ID)
		if err != nil {
			return tocsin.FoundUnclear, tocsin.Sent{}, a.said(err, false)
		}
		if same(source.Text, text) {
			return tocsin.FoundPresent, sent(post), nil
		}
	}
	if !whole {
		return tocsin.FoundUnclear, tocsin.Sent{}, nil
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// answers gives our answers to a post.
// https://docs.joinmastodon.org/methods/statuses/#context
func (a *account) answers(ctx context.Context, me self, id string) ([]*mastodon.Status, error) {
	around, err := a.api.GetStatusContext(ctx, mastodon.ID(id))
	if err != nil {
		return nil, a.said(err, false)
	}
	var ours []*mastodon.Status
	for _, post := range around.Descendants {
		if post.Account.ID == me.id && post.InReplyToID == id {
			ours = append(ours, post)
		}
	}
	return ours, nil
}

// own gives our own posts since a time that answer nothing, newest first, and
// whether these are all.
func (a *account) own(ctx context.Context, me self, since time.Time) (posts []*mastodon.Status, whole bool, err error) {
	ask := &mastodon.Pagination{Limit: ownPage}
	for range findPages {
		page, err := a.api.GetAccountStatuses(ctx, me.id, ask)
		if err != nil {
			return nil, false, a.said(err, false)
		}
		for _, post := range page {
			if post.InReplyToID == nil && post.Reblog == nil {
				posts = append(posts, post)
			}
		}
		if len(page) == 0 || page[len(page)-1].CreatedAt.Before(since) {
			return posts, true, nil
		}
		ask = &mastodon.Pagination{Limit: ownPage, MaxID: page[len(page)-1].ID}
	}
	return posts, false, nil
}

// same tells whether two texts are one, whatever a server made of the blanks.
func same(a, b string) bool {
	return strings.Join(strings.Fields(a), " ") == strings.Join(strings.Fields(b), " ")
}
