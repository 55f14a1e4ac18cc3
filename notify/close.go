package notify

import (
	"context"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// Close ends an incident when nobody who wrote about it is forgotten: each has an
// outcome in the ledger or is named in a waiver. It returns CodeConflict without a
// verdict, while a confirmed incident is not resolved, while an update is on its
// way, and while somebody is owed an answer; the sentence says how many and names
// the first. It returns CodeInvalid for a waiver that names none of those.
func (d *Desk) Close(ctx context.Context, actor string, incident int64, waivers []tocsin.Waiver) (tocsin.Incident, error) {
	i, err := d.open(ctx, incident)
	if err != nil {
		return i, err
	}
	if err := d.refuseClose(ctx, i); err != nil {
		return i, err
	}
	effects, err := d.waive(ctx, actor, i, waivers)
	if err != nil {
		return i, err
	}
	i, err = d.Store.ChangeIncident(ctx, incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		if err := refuseClosed(*i); err != nil {
			return tocsin.Effects{}, err
		}
		i.ClosedAt = d.Now()
		return effects, nil
	})
	if err != nil {
		return i, err
	}
	d.quieten(ctx, i, actor)
	return i, nil
}

func (d *Desk) refuseClose(ctx context.Context, i tocsin.Incident) error {
	updates, err := d.Store.Updates(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, u := range updates {
		if u.State == tocsin.UpdateApproved || u.State == tocsin.UpdateSending {
			return tocsin.Errorf(tocsin.CodeConflict, "Update %d is still on its way.", u.ID)
		}
	}
	switch {
	case i.Verdict == tocsin.VerdictNone:
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d has no verdict yet.", i.ID)
	case i.Verdict == tocsin.VerdictConfirmed && i.Phase != tocsin.PhaseResolved:
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d is confirmed and %s: it is not resolved.", i.ID, i.Phase)
	default:
		return nil
	}
}

// waive checks that each who is owed an answer has a named reason, and makes the
// lines of the timeline that say so.
func (d *Desk) waive(ctx context.Context, actor string, i tocsin.Incident, waivers []tocsin.Waiver) (tocsin.Effects, error) {
	owed, err := d.Owed(ctx, i.ID)
	if err != nil {
		return tocsin.Effects{}, err
	}
	reasons, err := waived(i, owed, waivers)
	if err != nil {
		return tocsin.Effects{}, err
	}
	var e tocsin.Effects
	var forgotten []string
	for _, who := range owed {
		reason := reasons[who.Reporter.ID]
		if reason == "" {
			forgotten = append(forgotten, name(who.Reporter, who.Channel))
			continue
		}
		e.Events = append(e.Events, event(i.ID, actor, eventWaived, "%s gets no answer: %s", name(who.Reporter, who.Channel), reason).Events...)
	}
	if n := len(forgotten); n > 0 {
		return e, tocsin.Errorf(tocsin.CodeConflict, "%s still without an answer or a reason why not: %s.", plural(n, "reporter is", "reporters are"), some(forgotten))
	}
	e.Events = append(e.Events, event(i.ID, actor, eventClosed, "Closed: nobody is owed an answer.").Events...)
	return e, nil
}

// waived gives the reasons of waivers by the ids of reporters. A waiver names its
// reporter by id, or by a handle that only one of those who are owed has.
func waived(i tocsin.Incident, owed []tocsin.Recipient, waivers []tocsin.Waiver) (map[string]string, error) {
	reasons := map[string]string{}
	for _, w := range waivers {
		var named []string
		for _, who := range owed {
			if who.Reporter.ID == w.Reporter || who.Reporter.Handle == w.Reporter {
				named = append(named, who.Reporter.ID)
			}
		}
		switch len(named) {
		case 0:
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "Nobody called %q is owed an answer by incident %d.", w.Reporter, i.ID)
		case 1:
			reasons[named[0]] = strings.TrimSpace(w.Reason)
		default:
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "%d reporters are called %q. Name one by id: %s.", len(named), w.Reporter, some(named))
		}
	}
	return reasons, nil
}

// someShown is how many names a sentence carries.
const someShown = 5

func some(names []string) string {
	if len(names) <= someShown {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:someShown], ", ") + ", …"
}

// Reopen takes back that an incident was closed. Its pages stay closed.
func (d *Desk) Reopen(ctx context.Context, actor string, incident int64, reason string) (tocsin.Incident, error) {
	if err := needReason(reason, "reopening an incident"); err != nil {
		return tocsin.Incident{}, err
	}
	return d.Store.ChangeIncident(ctx, incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		if i.ClosedAt.IsZero() {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Incident %d is not closed.", i.ID)
		}
		i.ClosedAt = time.Time{}
		return event(i.ID, actor, eventReopened, "Reopened: %s", reason), nil
	})
}
