package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// Check records that somebody tried an item of the area's checklist, and what
// came of it. An area without a checklist takes any item. It returns CodeInvalid
// for an unknown item (the sentence lists those there are) or outcome, and
// CodeConflict for a closed incident.
func (d *Desk) Check(ctx context.Context, c tocsin.Check) (tocsin.Check, error) {
	i, err := d.open(ctx, c.Incident)
	if err != nil {
		return c, err
	}
	area, err := areaOf(ctx, d.Store, i)
	if err != nil {
		return c, err
	}
	c.Item, c.At = strings.TrimSpace(c.Item), d.Now()
	if err := refuseCheck(c, area); err != nil {
		return c, err
	}
	return d.Store.AddCheck(ctx, c)
}

func refuseCheck(c tocsin.Check, area tocsin.Area) error {
	outcomes := []tocsin.Outcome{tocsin.OutcomeWorks, tocsin.OutcomeBroken, tocsin.OutcomeUnclear}
	switch {
	case c.Item == "":
		return tocsin.Errorf(tocsin.CodeInvalid, "Say what was tried.")
	case len(area.Checklist) > 0 && !slices.Contains(area.Checklist, c.Item):
		return tocsin.Errorf(tocsin.CodeInvalid, "%q is not on the checklist of %s. It has: %s.", c.Item, area.Name, strings.Join(area.Checklist, "; "))
	case !slices.Contains(outcomes, c.Outcome):
		return tocsin.Errorf(tocsin.CodeInvalid, "An outcome is works, broken or unclear, not %q.", c.Outcome)
	}
	return nil
}

// needProof refuses to call an incident resolved before support has seen for
// itself that everything works: each item of the checklist (of an area without
// one, each item that was tried, and at least one) must have works as its latest
// outcome, tried after the verdict, after the last word that it was resolved or
// not, and after it last came back. It returns CodeConflict with the open items.
func (d *Desk) needProof(ctx context.Context, i tocsin.Incident) error {
	area, err := areaOf(ctx, d.Store, i)
	if err != nil {
		return err
	}
	checks, err := d.Store.Checks(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("list checks: %w", err)
	}
	since, err := d.lastWord(ctx, i)
	if err != nil {
		return err
	}
	open := unproven(area.Checklist, checks, since)
	if len(open) == 0 {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeConflict, "Resolved needs your own check that it works, recorded after the verdict and after any earlier word about the fix. Open: %s.",
		strings.Join(open, "; "))
}

// lastWord is when the incident was confirmed, last said to be resolved or not, or
// last came back.
func (d *Desk) lastWord(ctx context.Context, i tocsin.Incident) (time.Time, error) {
	updates, err := d.Store.Updates(ctx, i.ID)
	if err != nil {
		return time.Time{}, fmt.Errorf("list updates: %w", err)
	}
	events, err := d.Store.Timeline(ctx, i.ID)
	if err != nil {
		return time.Time{}, fmt.Errorf("read timeline: %w", err)
	}
	words := []time.Time{i.VerdictAt}
	for _, u := range updates {
		if u.Kind == tocsin.UpdateResolved || u.Kind == tocsin.UpdateCorrection {
			words = append(words, u.ApprovedAt)
		}
	}
	for _, e := range events {
		if e.Kind == eventBack || e.Kind == eventReopened {
			words = append(words, e.At)
		}
	}
	return slices.MaxFunc(words, time.Time.Compare), nil
}

// unproven lists the items that nobody has seen working since.
func unproven(checklist []string, checks []tocsin.Check, since time.Time) []string {
	latest := map[string]tocsin.Check{}
	for _, c := range checks {
		if c.At.After(since) && !c.At.Before(latest[c.Item].At) {
			latest[c.Item] = c
		}
	}
	items := checklist
	if len(items) == 0 {
		for item := range latest {
			items = append(items, item)
		}
		slices.Sort(items)
	}
	if len(items) == 0 {
		return []string{"anything that users do there"}
	}
	return slices.DeleteFunc(slices.Clone(items), func(item string) bool { return latest[item].Outcome == tocsin.OutcomeWorks })
}
