package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// EscalateNow begins the next step of a ring at once; after the last it begins with
// the first again. Who had it has it no longer. It returns CodeInvalid for a
// whisper and CodeConflict for a closed page.
func (p *Pager) EscalateNow(ctx context.Context, actor string, page int64) (tocsin.Page, error) {
	return p.ringOn(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		n := now.Step + 1
		if l.last(now.Step) {
			n = l.anew(now.Step)
		}
		return p.climb(now, l, n, actor, actor+" escalates")
	})
}

// NotUs hands a ring to another team: it begins anew by that team's policy. It
// returns CodeInvalid for a whisper or a policy that is not there (the sentence lists
// those there are) or is the page's own, and CodeConflict for a closed page.
func (p *Pager) NotUs(ctx context.Context, actor string, page int64, policy, reason string) (tocsin.Page, error) {
	found, i, err := p.ringOf(ctx, page)
	if err != nil {
		return found, err
	}
	to, err := p.Store.Policy(ctx, policy)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return found, tocsin.Errorf(tocsin.CodeInvalid, "There is no policy %q to hand the page to.", policy)
	}
	if err != nil {
		return found, fmt.Errorf("read policy: %w", err)
	}
	if found.Policy == policy {
		return found, tocsin.Errorf(tocsin.CodeInvalid, "The page is with policy %s already. Escalate it, or name another.", policy)
	}
	l, err := p.ladder(ctx, to, found.Tier, i)
	if err != nil {
		return found, err
	}
	if l.run() == 0 {
		return found, tocsin.Errorf(tocsin.CodeInvalid, "Policy %s has no steps: the page would wake nobody.", policy)
	}
	return p.Store.ChangePage(ctx, page, func(now *tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) {
		if err := reopen(now); err != nil {
			return nil, tocsin.Effects{}, err
		}
		now.Policy = policy
		why := fmt.Sprintf("%s says it is not for them and hands it to %s", actor, policy)
		if reason = strings.TrimSpace(reason); reason != "" {
			why += " (" + oneLine(reason, quoteLimit) + ")"
		}
		return p.climb(now, l, l.anew(now.Step), actor, why)
	})
}

// CallEveryone calls the cavalry: all people there are, by every contact at once,
// and whatever else the policy names. It waits for nobody's rules and no quiet
// hours. It returns CodeInvalid for a whisper and CodeConflict for a closed page, or
// when everyone was called at this step already.
func (p *Pager) CallEveryone(ctx context.Context, actor string, page int64) (tocsin.Page, error) {
	people, err := p.Store.People(ctx)
	if err != nil {
		return tocsin.Page{}, fmt.Errorf("list people: %w", err)
	}
	sent, err := p.Store.Notices(ctx, page)
	if err != nil {
		return tocsin.Page{}, fmt.Errorf("list notices: %w", err)
	}
	return p.ringOn(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		all := notices(now, everyone(people, l), p.Now())
		for k := range all {
			all[k].Key = strings.Replace(all[k].Key, fmt.Sprintf(".%d.", now.Step), fmt.Sprintf(".%d.all.", now.Step), 1)
		}
		switch {
		case len(all) == 0:
			return nil, tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "There is nobody to call. Add people (tocsin people apply), or targets to policy %s.", now.Policy)
		case slices.ContainsFunc(sent, func(n tocsin.Notice) bool { return n.Key == all[0].Key }):
			return nil, tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Everyone was called already.")
		}
		now.NextAt = p.Now().Add(defaultWait)
		e := event(now.Incident, actor, eventPage, "%s calls everyone: %s.", actor, who(all))
		e.Jobs = append(e.Jobs, timer(*now), p.refresh(now.Incident))
		return all, e, nil
	})
}

// everyone is each contact of all people, and each channel that a policy names.
func everyone(people []tocsin.Person, l ladder) []call {
	var all []call
	add := func(t tocsin.Target) {
		if t.Channel != "" && !slices.ContainsFunc(all, func(c call) bool { return c.target.Channel == t.Channel && c.target.To == t.To }) {
			all = append(all, call{target: t})
		}
	}
	for _, person := range people {
		for _, c := range person.Contacts {
			add(tocsin.Target{Channel: c.Channel, To: c.To, Person: person.Name})
		}
	}
	for _, s := range l.steps {
		for _, t := range s.Targets {
			add(tocsin.Target{Channel: t.Channel, To: t.To})
		}
	}
	return all
}

// ringOn changes a ring that people want to wake somebody else, by the policy as it
// stands now.
func (p *Pager) ringOn(ctx context.Context, id int64, change func(*tocsin.Page, ladder) ([]tocsin.Notice, tocsin.Effects, error)) (tocsin.Page, error) {
	if err := p.refuseShadow(); err != nil {
		return tocsin.Page{}, err
	}
	page, _, err := p.ringOf(ctx, id)
	if err != nil {
		return page, err
	}
	err = p.changeStep(ctx, page, func(now *tocsin.Page, l ladder) ([]tocsin.Notice, tocsin.Effects, error) {
		if err := reopen(now); err != nil {
			return nil, tocsin.Effects{}, err
		}
		return change(now, l)
	})
	if err != nil {
		return page, err
	}
	return p.Store.Page(ctx, id)
}

// reopen makes a page ring on, whoever had it.
func reopen(page *tocsin.Page) error {
	if page.State != tocsin.PageOpen {
		if err := page.Move(tocsin.PageOpen); err != nil {
			return err
		}
	}
	page.By, page.AckedAt, page.SnoozedAt = "", time.Time{}, 0
	return nil
}
