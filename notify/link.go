package notify

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// LinkPath is where the pages of links that act begin.
const LinkPath = "/act/"

const (
	linkLasts  = 24 * time.Hour
	linkSnooze = 30 * time.Minute
)

// links are what the recipient of a ring can do by opening them. A whisper has none:
// a chat is read by many, and a link acts in one person's name.
func (p *Pager) links(page tocsin.Page, n tocsin.Notice) []tocsin.Link {
	if len(p.LinkKey) == 0 || p.BaseURL == "" || page.Tier != tocsin.TierRing || actorOf(n) == "" {
		return nil
	}
	until := p.Now().Add(linkLasts).Truncate(time.Minute).Unix()
	var links []tocsin.Link
	for _, a := range []struct {
		action tocsin.Action
		label  string
	}{
		{tocsin.ActionAck, "I take it"},
		{tocsin.ActionSnooze, "Ring again in 30 minutes"},
		{tocsin.ActionNotUs, "Not us: hand it to another team"},
		{tocsin.ActionEscalate, "Call the next step now"},
		{tocsin.ActionEveryone, "Call everyone"},
	} {
		e := tocsin.Errand{Notice: n.ID, Action: a.action, Until: until}
		links = append(links, tocsin.Link{Action: a.action, Label: a.label, URL: fmt.Sprintf("%s%s%d/%s/%d/%s", p.BaseURL, LinkPath, n.ID, a.action, until, p.sign(e))})
	}
	return links
}

// sign binds a link to its notice, its action and its end.
func (o Options) sign(e tocsin.Errand) string {
	mac := hmac.New(sha256.New, o.LinkKey)
	mac.Write([]byte("act\n" + strconv.FormatInt(e.Notice, 10) + "\n" + string(e.Action) + "\n" + strconv.FormatInt(e.Until, 10)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// actorOf is in whose name a link acts: the person's, or that of an address.
func actorOf(n tocsin.Notice) string { return cmp.Or(n.Target.Person, n.Target.To) }

// Look says what a link would do, and changes nothing. It returns CodeForbidden for
// a link that we did not make or that has ended.
func (p *Pager) Look(ctx context.Context, e tocsin.Errand) (tocsin.Asked, error) {
	if len(p.LinkKey) == 0 || !hmac.Equal([]byte(p.sign(e)), []byte(e.Sum)) {
		return tocsin.Asked{}, tocsin.Errorf(tocsin.CodeForbidden, "This link is not ours, or not whole. Open it from the page again, or use tocsin ack.")
	}
	if p.Now().Unix() > e.Until {
		return tocsin.Asked{}, tocsin.Errorf(tocsin.CodeForbidden, "This link has ended: links work for 24 hours. Use tocsin pages, or the newest page.")
	}
	n, err := p.Store.Notice(ctx, e.Notice)
	if err != nil {
		return tocsin.Asked{}, err
	}
	page, err := p.Store.Page(ctx, n.Page)
	if err != nil {
		return tocsin.Asked{}, err
	}
	alarm, err := p.alarm(ctx, page, n)
	if err != nil {
		return tocsin.Asked{}, err
	}
	asked := tocsin.Asked{Page: page, Action: e.Action, Actor: actorOf(n), Summary: alarm.Summary, Body: alarm.Body}
	if e.Action == tocsin.ActionNotUs {
		asked.Policies, err = p.otherPolicies(ctx, page.Policy)
	}
	return asked, err
}

func (p *Pager) otherPolicies(ctx context.Context, own string) ([]string, error) {
	all, err := p.Store.Policies(ctx)
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	var names []string
	for _, policy := range all {
		if policy.Name != own && len(policy.Steps) > 0 {
			names = append(names, policy.Name)
		}
	}
	return names, nil
}

// Act does what a link asks, in the name of whom its notice went to. The policy is
// for not-us only. It returns what Look and the action itself return.
func (p *Pager) Act(ctx context.Context, e tocsin.Errand, policy string) (tocsin.Page, error) {
	asked, err := p.Look(ctx, e)
	if err != nil {
		return tocsin.Page{}, err
	}
	switch e.Action {
	case tocsin.ActionAck:
		return p.Ack(ctx, asked.Actor, asked.Page.ID)
	case tocsin.ActionSnooze:
		return p.Snooze(ctx, asked.Actor, asked.Page.ID, linkSnooze)
	case tocsin.ActionNotUs:
		return p.NotUs(ctx, asked.Actor, asked.Page.ID, policy, "")
	case tocsin.ActionEscalate:
		return p.EscalateNow(ctx, asked.Actor, asked.Page.ID)
	case tocsin.ActionEveryone:
		return p.CallEveryone(ctx, asked.Actor, asked.Page.ID)
	default:
		return tocsin.Page{}, tocsin.Errorf(tocsin.CodeInvalid, "There is no action %q.", e.Action)
	}
}
