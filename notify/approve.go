package notify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// Approve freezes the recipients of a draft and begins its hold, after which it is
// sent. It returns CodeForbidden when the author approves alone without a bypass,
// and CodeConflict when the incident does not allow this kind of update, when
// resolved lacks support's own check, when what the approver saw has changed, or
// when nobody would hear it.
// In shadow every approval is refused, with CodeForbidden.
func (d *Desk) Approve(ctx context.Context, a tocsin.Approval) (tocsin.Update, error) {
	if err := d.refuseShadow(); err != nil {
		return tocsin.Update{}, err
	}
	u, err := d.Store.Update(ctx, a.Update)
	if err != nil {
		return u, err
	}
	i, err := d.Store.Incident(ctx, u.Incident) // first: what follows holds for its turn only
	if err != nil {
		return u, fmt.Errorf("read incident: %w", err)
	}
	if err := d.refuseApproval(ctx, u, a); err != nil {
		return u, err
	}
	if err := d.refuseClaim(ctx, i, u); err != nil {
		return u, err
	}
	p, err := d.recipientsOf(ctx, i, u)
	if err != nil {
		return u, err
	}
	if a.Seen != "" && a.Seen != p.Seen {
		return u, tocsin.Errorf(tocsin.CodeConflict, "The text or the recipients changed since you looked: now %d would be told and %d held. Look again.", len(p.Told), len(p.Held))
	}
	if err := refuseNobody(p); err != nil {
		return u, err
	}
	return d.freeze(ctx, i.Turn, u, p, a)
}

// refuseApproval looks at who approves. Two people must have seen what goes out,
// unless the text was approved before it was needed.
func (d *Desk) refuseApproval(ctx context.Context, u tocsin.Update, a tocsin.Approval) error {
	switch {
	case u.State == tocsin.UpdateApproved, u.State == tocsin.UpdateSending, u.State == tocsin.UpdateSent:
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s already; only a draft can be approved.", u.ID, u.State)
	case u.State != tocsin.UpdateDraft:
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s; only a draft can be approved.", u.ID, u.State)
	case strings.TrimSpace(a.Actor) == "":
		return tocsin.Errorf(tocsin.CodeUnauthorized, "Sign in to approve an update.")
	case wrote(a.Actor, u) && !d.preApproved(u) && strings.TrimSpace(a.Bypass) == "":
		return tocsin.Errorf(tocsin.CodeForbidden, "Another person must approve what %s wrote. Alone at night, give a reason for a bypass.", u.Author)
	}
	if u.Corrects == 0 {
		return nil
	}
	return d.refuseEarlyCorrection(ctx, u)
}

// authorsApart stands between the names of those who wrote an update.
const authorsApart = ", "

// wrote tells whether a person is among those who wrote an update. Who edits a
// draft becomes one of them, and none of them stops being one: nobody approves
// words of their own that another person has touched.
func wrote(actor string, u tocsin.Update) bool {
	return slices.ContainsFunc(strings.Split(u.Author, authorsApart), func(author string) bool { return samePerson(actor, author) })
}

// samePerson tells whether two names are one user's, however they were typed.
func samePerson(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// preApproved tells whether the text was agreed on in advance. That goes for
// texts without news only.
func (d *Desk) preApproved(u tocsin.Update) bool {
	quiet := u.Kind == tocsin.UpdateAware || u.Kind == tocsin.UpdateProgress
	return quiet && slices.ContainsFunc(d.PreApproved, func(text string) bool {
		return strings.TrimSpace(text) == strings.TrimSpace(u.Text)
	})
}

// refuseEarlyCorrection waits until it is known who got the wrong text, and keeps
// a correction from overtaking it.
func (d *Desk) refuseEarlyCorrection(ctx context.Context, u tocsin.Update) error {
	wrong, err := d.Store.Update(ctx, u.Corrects)
	if err != nil {
		return fmt.Errorf("read corrected update: %w", err)
	}
	if wrong.State != tocsin.UpdateStopped && wrong.State != tocsin.UpdateSent {
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s. Stop it before you correct it.", wrong.ID, wrong.State)
	}
	ledger, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Update: wrong.ID, State: tocsin.DeliverySending})
	if err != nil {
		return err
	}
	if len(ledger) > 0 {
		return tocsin.Errorf(tocsin.CodeConflict, "%s of update %d is still under way. Try again in a moment.", plural(len(ledger), "message", "messages"), wrong.ID)
	}
	return d.refuseCorrected(ctx, wrong)
}

// refuseClaim looks whether the incident, as it was vetted, allows such an update.
// Before a verdict only the holding text goes out, an update of kind aware, and
// only to those who wrote. Of what turned out to be nothing, what was said is
// corrected, and those who wrote hear what it was.
func (d *Desk) refuseClaim(ctx context.Context, i tocsin.Incident, u tocsin.Update) error {
	if err := refuseByVerdict(i, u); err != nil || u.Kind != tocsin.UpdateResolved {
		return err
	}
	return d.needProof(ctx, i)
}

func refuseByVerdict(i tocsin.Incident, u tocsin.Update) error {
	if err := refuseClosed(i); err != nil {
		return err
	}
	switch {
	case u.Kind == tocsin.UpdateCorrection:
		return nil
	case i.Verdict == tocsin.VerdictNone && u.Kind != tocsin.UpdateAware:
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d is only suspected: before a verdict nothing but the holding text (aware) may go out.", i.ID)
	case i.Verdict == tocsin.VerdictNotIncident:
		return refuseNoIncident(i, u)
	case silenced(i) != "":
		return tocsin.Errorf(tocsin.CodeConflict, "Incident %d is %s: only a correction of what was said may go out.", i.ID, i.Verdict.Word())
	default:
		return nil
	}
}

// refuseNoIncident lets those who reported what is no incident hear what it was
// instead, in a text of kind scope. What was approved before that was known, and
// stopped, tells something else.
func refuseNoIncident(i tocsin.Incident, u tocsin.Update) error {
	switch {
	case u.Kind != tocsin.UpdateScope:
		return tocsin.Errorf(tocsin.CodeConflict,
			"Incident %d is not an incident: only a correction of what was said may go out, or a text of kind scope that tells its reporters what it was.", i.ID)
	case !u.ApprovedAt.IsZero() && u.ApprovedAt.Before(i.VerdictAt):
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d was approved under another verdict. Draft a new one.", u.ID)
	default:
		return nil
	}
}

func (d *Desk) freeze(ctx context.Context, turn int64, seen tocsin.Update, p tocsin.Preview, a tocsin.Approval) (tocsin.Update, error) {
	now := d.Now()
	seen.ApprovedAt = now
	return d.Store.Freeze(ctx, seen.ID, turn, rows(p, seen), func(u *tocsin.Update) (tocsin.Effects, error) {
		if u.Text != seen.Text || !u.EditedAt.Equal(seen.EditedAt) {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Update %d was edited just now. Look again.", u.ID)
		}
		if err := u.Move(tocsin.UpdateApproved); err != nil {
			return tocsin.Effects{}, err
		}
		u.Approver, u.ApprovedAt, u.SendAt = a.Actor, now, now.Add(d.Hold)
		e := event(u.Incident, a.Actor, eventApproved, "Approved update %d (%s): %d to be told, %d held, %d doubtful, %d left out.",
			u.ID, u.Kind, len(p.Told), len(p.Held), len(p.Doubtful), len(p.LeftOut))
		if wrote(a.Actor, *u) && !d.preApproved(*u) {
			u.Bypass = a.Bypass
			e.Events = append(e.Events, event(u.Incident, a.Actor, eventBypass, "Approved update %d alone: %s", u.ID, a.Bypass).Events...)
		}
		e.Jobs = []tocsin.Later{{Job: tocsin.BroadcastJob{Update: u.ID, SendAt: u.SendAt}, At: u.SendAt}}
		return e, nil
	})
}
