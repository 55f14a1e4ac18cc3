package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// refresh asks for a look at an incident's pages at once: something was decided.
func (o Options) refresh(incident int64) tocsin.Later {
	return tocsin.Later{Job: tocsin.RefreshJob{Incident: incident, Slot: o.Now().UnixMicro()}}
}

// Refresh looks what grown evidence or a decision means for an incident's pages: a
// snooze ends when there are twice as many people, what waited for quiet hours goes
// out when the incident is no longer mild, and notices that were sent are brought up
// to date where their medium can.
func (p *Pager) Refresh(ctx context.Context, j tocsin.RefreshJob) error {
	i, err := p.Store.Incident(ctx, j.Incident)
	if err != nil {
		return fmt.Errorf("read incident: %w", err)
	}
	pages, err := pagesOf(ctx, p.Store, i.ID)
	if err != nil {
		return err
	}
	var failed error
	for _, page := range pages {
		failed = errors.Join(failed, p.refreshPage(ctx, page, i, j.Slot))
	}
	return failed
}

func (p *Pager) refreshPage(ctx context.Context, page tocsin.Page, i tocsin.Incident, slot int64) error {
	if page.State == tocsin.PageSnoozed && i.People >= wakeAt(page.SnoozedAt) && silenced(i) == "" {
		if err := p.wake(ctx, page, fmt.Sprintf("There are %d people now, and there were %d when it was snoozed", i.People, page.SnoozedAt)); err != nil {
			return err
		}
	}
	notices, err := p.Store.Notices(ctx, page.ID)
	if err != nil {
		return fmt.Errorf("list notices: %w", err)
	}
	var e tocsin.Effects
	for _, n := range notices {
		if n.State == tocsin.DeliverySent && p.channel(n.Target.Channel).Renewer != nil {
			e.Jobs = append(e.Jobs, tocsin.Later{Job: tocsin.RenewJob{Notice: n.ID, Slot: slot}})
		}
	}
	if err := p.disturb(ctx, page, i, notices); err != nil {
		return err
	}
	if len(e.Jobs) == 0 {
		return nil
	}
	_, err = p.Store.ChangePage(ctx, page.ID, func(*tocsin.Page) ([]tocsin.Notice, tocsin.Effects, error) { return nil, e, nil })
	if err != nil {
		return fmt.Errorf("ask to renew notices: %w", err)
	}
	return nil
}

// disturb sends what waits for quiet hours to end once the incident is too bad for that.
func (p *Pager) disturb(ctx context.Context, page tocsin.Page, i tocsin.Incident, notices []tocsin.Notice) error {
	waits := func(n tocsin.Notice) bool {
		return n.Quiet && n.State == tocsin.DeliveryPending && n.DueAt.After(p.Now())
	}
	if page.State != tocsin.PageOpen || !slices.ContainsFunc(notices, waits) {
		return nil
	}
	policy, _, err := p.policyOf(ctx, tocsin.Area{Policy: page.Policy}, page.Tier)
	if err != nil {
		return err
	}
	people, err := p.Store.People(ctx)
	if err != nil {
		return fmt.Errorf("list people: %w", err)
	}
	for _, n := range notices {
		k := slices.IndexFunc(people, func(person tocsin.Person) bool { return person.Name == n.Target.Person })
		if !waits(n) || (k >= 0 && !quietUntil(policy.Quiet, people[k], page.Tier, i, p.Now()).IsZero()) {
			continue
		}
		if err := p.callForward(ctx, n, "The incident is no longer mild: quiet hours do not hold for it."); err != nil {
			return err
		}
	}
	return nil
}

// callForward sends a notice now that was to go out later.
func (p *Pager) callForward(ctx context.Context, n tocsin.Notice, why string) error {
	_, err := p.changeNotice(ctx, n.ID, func(n *tocsin.Notice) (tocsin.Effects, error) {
		if n.State != tocsin.DeliveryPending || n.DueAt.IsZero() {
			return tocsin.Effects{}, nil
		}
		n.DueAt, n.Quiet = time.Time{}, false
		e := tocsin.Effects{Jobs: []tocsin.Later{{Job: tocsin.NoticeJob{Notice: n.ID, Early: n.Attempts + 1}}}}
		e.Events = append(e.Events, tocsin.Event{Actor: tocsin.ActorSelf, Kind: eventPage, Text: fmt.Sprintf("%s %s is told now.", why, n.Target)})
		return e, nil
	})
	return err
}

// Renew brings one notice that was sent up to date. A medium that is busy is asked
// again; what else goes wrong is left to the next change, for nobody misses a bell by it.
func (p *Pager) Renew(ctx context.Context, j tocsin.RenewJob) error {
	n, err := p.Store.Notice(ctx, j.Notice)
	if err != nil {
		return fmt.Errorf("read notice: %w", err)
	}
	renewer := p.channel(n.Target.Channel).Renewer
	if renewer == nil || n.State != tocsin.DeliverySent || n.ExternalID == "" {
		return nil
	}
	page, err := p.Store.Page(ctx, n.Page)
	if err != nil {
		return fmt.Errorf("read page: %w", err)
	}
	alarm, err := p.alarm(ctx, page, n)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.Timeout)
	defer cancel()
	if err := renewer.Renew(ctx, n.ExternalID, alarm); err != nil {
		if _, after := tocsin.Retry(err); after > 0 {
			return later(err, after, "The medium is busy.")
		}
		p.Log.WarnContext(ctx, "a page was not brought up to date", "channel", n.Target.Channel, "page", n.Page, "err", err)
	}
	return nil
}
