package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tocsin/tocsin"
)

// Verdict records what vetting found. To confirm is a human's word that it is
// real, so it rings unless that was done; any other verdict calls the pages off.
// Each makes a draft again of what is in its hold.
//
// It returns CodeConflict for an illegal change, for confirming with nothing
// tried (the sentence lists the open items; a reason stands in for them), and for
// a duplicate of a duplicate; CodeInvalid when the reason or the other incident
// is missing.
func (d *Desk) Verdict(ctx context.Context, r tocsin.Ruling) (tocsin.Incident, error) {
	if err := d.refuseRuling(ctx, r); err != nil {
		return tocsin.Incident{}, err
	}
	i, err := d.Store.ChangeIncident(ctx, r.Incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		if err := i.Judge(r.Verdict, r.Reason, r.DuplicateOf, d.Now()); err != nil {
			return tocsin.Effects{}, err
		}
		e := event(i.ID, r.Actor, eventVerdict, "%s", verdictLine(r))
		if r.Verdict == tocsin.VerdictConfirmed {
			e.Jobs = append(e.Jobs, tocsin.Later{Job: tocsin.AlertJob{Incident: i.ID, Tier: tocsin.TierRing}})
		}
		e.Jobs = append(e.Jobs, d.refresh(i.ID))
		return e, nil
	})
	if err != nil {
		return i, err
	}
	if err := d.takeBack(ctx, i, r.Actor); err != nil {
		d.Log.ErrorContext(ctx, "take back what is in its hold", "incident", i.ID, "err", err)
	}
	d.quieten(ctx, i, r.Actor)
	return i, nil
}

// takeBack makes drafts of the updates that are in their hold: they were approved
// under another verdict, and somebody has to look again. One that is missed here
// is called back at the end of its hold.
func (d *Desk) takeBack(ctx context.Context, i tocsin.Incident, actor string) error {
	updates, err := d.Store.Updates(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("list updates: %w", err)
	}
	var failed error
	for _, u := range updates {
		if u.State == tocsin.UpdateApproved {
			_, err := callBack(ctx, d.Store, actor, u.ID, "the incident is "+i.Verdict.Word())
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// quieten ends what an incident has set going once a human said that it is none,
// or that it is over: bells, and claims that are being sent. What fails here is
// for the log: the verdict stands, and timers look at it again when they fire.
func (d *Desk) quieten(ctx context.Context, i tocsin.Incident, actor string) {
	why := silenced(i)
	if why == "" {
		return
	}
	err := d.callOff(ctx, i, why)
	if err := errors.Join(err, d.stopClaims(ctx, i, actor, why)); err != nil {
		d.Log.ErrorContext(ctx, "call off what an incident set going", "incident", i.ID, "err", err)
	}
}

func (d *Desk) stopClaims(ctx context.Context, i tocsin.Incident, actor, why string) error {
	updates, err := d.Store.Updates(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("list updates: %w", err)
	}
	var failed error
	for _, u := range updates {
		if u.State == tocsin.UpdateSending && u.Kind != tocsin.UpdateCorrection {
			_, err := stop(ctx, d.Store, actor, u.ID, why)
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

func verdictLine(r tocsin.Ruling) string {
	line := "The verdict is " + r.Verdict.Word()
	if r.DuplicateOf != 0 {
		line += fmt.Sprintf(" of incident %d", r.DuplicateOf)
	}
	if r.Reason != "" {
		line += ": " + r.Reason
	}
	return line
}

func (d *Desk) refuseRuling(ctx context.Context, r tocsin.Ruling) error {
	i, err := d.open(ctx, r.Incident)
	if err != nil {
		return err
	}
	if err := i.Judge(r.Verdict, r.Reason, r.DuplicateOf, d.Now()); err != nil {
		return err // what cannot be needs no check
	}
	switch r.Verdict {
	case tocsin.VerdictConfirmed:
		return d.refuseUntried(ctx, i, r.Reason)
	case tocsin.VerdictDuplicate:
		return d.refuseDuplicate(ctx, r)
	default:
		return nil
	}
}

func (d *Desk) refuseUntried(ctx context.Context, i tocsin.Incident, reason string) error {
	area, err := areaOf(ctx, d.Store, i)
	if err != nil || len(area.Checklist) == 0 || strings.TrimSpace(reason) != "" {
		return err
	}
	checks, err := d.Store.Checks(ctx, i.ID)
	if err != nil {
		return fmt.Errorf("list checks: %w", err)
	}
	if len(checks) > 0 {
		return nil
	}
	return tocsin.Errorf(tocsin.CodeConflict, "Nothing was tried yet. Record a check of: %s. Or give a reason to confirm without.", strings.Join(area.Checklist, "; "))
}

// refuseDuplicate keeps duplicates one level deep, so that their reporters are
// found where they are answered.
func (d *Desk) refuseDuplicate(ctx context.Context, r tocsin.Ruling) error {
	other, err := d.Store.Incident(ctx, r.DuplicateOf)
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound:
		return tocsin.Errorf(tocsin.CodeInvalid, "There is no incident %d.", r.DuplicateOf)
	case err != nil:
		return fmt.Errorf("read incident: %w", err)
	case other.DuplicateOf != 0:
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d is itself a duplicate of %d. Name that one.", other.ID, other.DuplicateOf)
	}
	return nil
}

// Phase changes the public state of a confirmed incident. Resolved needs support's
// own check, as the update of that kind does.
func (d *Desk) Phase(ctx context.Context, actor string, incident int64, phase tocsin.Phase) (tocsin.Incident, error) {
	if phase == tocsin.PhaseResolved {
		i, err := d.Store.Incident(ctx, incident)
		if err != nil {
			return i, err
		}
		then := i
		if err := then.MoveTo(phase); err != nil { // what cannot be needs no proof
			return i, err
		}
		if err := d.needProof(ctx, i); err != nil {
			return i, err
		}
	}
	return d.Store.ChangeIncident(ctx, incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		return event(i.ID, actor, phaseKind(i.Phase, phase), "The phase is %s.", phase), i.MoveTo(phase)
	})
}

// Cause says why a confirmed incident happened.
func (d *Desk) Cause(ctx context.Context, actor string, incident int64, cause tocsin.Cause) (tocsin.Incident, error) {
	return d.Store.ChangeIncident(ctx, incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		return event(i.ID, actor, eventCause, "The cause is %s.", cause), i.Blame(cause)
	})
}
