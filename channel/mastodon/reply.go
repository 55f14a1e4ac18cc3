package mastodon

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

// Reply answers a post in its thread, with its writer's handle in front. What was
// not said in public is answered as it was said.
func (a *account) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return a.send(ctx, m, a.answer(m))
}

// Post posts in public.
func (a *account) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return a.send(ctx, m, &mastodon.Toot{Status: m.Text, Language: m.Lang, Visibility: mastodon.VisibilityPublic})
}

// answer makes the toot that answers a report. One that came by other means, so
// that nobody knows who may see it, is answered for its writer's eyes only.
func (a *account) answer(m tocsin.Message) *mastodon.Toot {
	to := route{Visibility: mastodon.VisibilityDirectMessage}
	if json.Unmarshal(m.Report.Route, &to) != nil || to.Acct == "" {
		to.Acct = strings.TrimPrefix(m.Report.Reporter.Handle, "@")
	}
	if to.Visibility == mastodon.VisibilityPublic {
		to.Visibility = a.Visibility
	}
	return &mastodon.Toot{
		Status: "@" + to.Acct + " " + m.Text, Language: m.Lang,
		InReplyToID: mastodon.ID(m.Report.ExternalID), Visibility: to.Visibility,
	}
}

// send posts. It makes no call but the one, so that its error says all there is to
// know about what became of it.
func (a *account) send(ctx context.Context, m tocsin.Message, toot *mastodon.Toot) (tocsin.Sent, error) {
	if used, limit := count(toot.Status), a.limit(); used > limit {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeTooLarge,
			"This is %d characters long, with the handle in front; %s takes %d. Shorten the text.", used, a.host(), limit)
	}
	post, err := a.api.PostStatus(withKey(ctx, m.Key), toot)
	if err != nil {
		return tocsin.Sent{}, gone(a.said(err, true), toot)
	}
	if post.ID == "" {
		return tocsin.Sent{}, a.said(errors.New("a post without id"), true)
	}
	return sent(post), nil
}

func sent(post *mastodon.Status) tocsin.Sent {
	return tocsin.Sent{ExternalID: string(post.ID), URL: webOnly(post.URL)}
}

// gone says of a refusal what it means where an answer is refused for want of what
// it answers.
func gone(err error, toot *mastodon.Toot) error {
	var said *tocsin.Error
	if toot.InReplyToID != "" && errors.As(err, &said) && said.Code == tocsin.CodeNotFound {
		said.Message = "The post that this answers is gone, or its writer hides it from us."
	}
	return err
}

// Edit changes a post of ours. Mastodon keeps its earlier texts where all can see
// them.
// https://docs.joinmastodon.org/methods/statuses/#edit
func (a *account) Edit(ctx context.Context, externalID string, m tocsin.Message) error {
	toot := &mastodon.Toot{Status: m.Text, Language: m.Lang}
	if m.Report.ExternalID != "" {
		toot.Status = a.answer(m).Status
	}
	_, err := a.api.UpdateStatus(ctx, toot, mastodon.ID(externalID))
	return a.said(err, false)
}
