package notify

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// Draft stores a proposed update. Anything may be drafted at any time; what may
// be said is looked at when it is approved. It returns CodeInvalid for a bad text,
// kind or promise, and for a correction of nothing.
func (d *Desk) Draft(ctx context.Context, w tocsin.Draft) (tocsin.Update, error) {
	if _, err := d.open(ctx, w.Incident); err != nil {
		return tocsin.Update{}, err
	}
	now := d.Now()
	if err := d.refuseDraft(ctx, w, now); err != nil {
		return tocsin.Update{}, err
	}
	u, err := d.Store.AddUpdate(ctx, tocsin.Update{
		Incident: w.Incident, Kind: w.Kind, Text: w.Text, State: tocsin.UpdateDraft, Author: w.Actor,
		Corrects: w.Corrects, NextUpdateAt: w.NextUpdateAt, CreatedAt: now, EditedAt: now,
	}, tocsin.Effects{})
	if err != nil {
		return u, err
	}
	// The line is a transaction of its own, because it names the number.
	return d.Store.ChangeUpdate(ctx, u.ID, func(u *tocsin.Update) (tocsin.Effects, error) {
		return event(u.Incident, w.Actor, eventDraft, "Drafted update %d: %s.", u.ID, u.Kind), nil
	})
}

func (d *Desk) refuseDraft(ctx context.Context, w tocsin.Draft, now time.Time) error {
	switch {
	case !slices.Contains(tocsin.UpdateKinds(), w.Kind):
		return tocsin.Errorf(tocsin.CodeInvalid, "%q is no kind of update. There are aware, scope, progress, resolved and correction.", w.Kind)
	case (w.Kind == tocsin.UpdateCorrection) != (w.Corrects != 0):
		return tocsin.Errorf(tocsin.CodeInvalid, "A correction, and nothing else, names the update that it corrects.")
	}
	if err := refuseText(w.Text, w.NextUpdateAt, now); err != nil {
		return err
	}
	if w.Corrects == 0 {
		return nil
	}
	wrong, err := d.Store.Update(ctx, w.Corrects)
	switch {
	case tocsin.CodeOf(err) == tocsin.CodeNotFound || err == nil && wrong.Incident != w.Incident:
		return tocsin.Errorf(tocsin.CodeInvalid, "Incident %d has no update %d.", w.Incident, w.Corrects)
	case err != nil:
		return fmt.Errorf("read update: %w", err)
	}
	return nil
}

func refuseText(text string, promise, now time.Time) error {
	if err := checkText(text); err != nil {
		return err
	}
	if !promise.IsZero() && promise.Before(now) {
		return tocsin.Errorf(tocsin.CodeInvalid, "The next update is promised for %s, which is past.", promise.UTC().Format(minute))
	}
	return nil
}

// Edit changes the text and the promise of a draft. Whoever edits is its author
// from then on, so that nobody approves their own words.
func (d *Desk) Edit(ctx context.Context, actor string, update int64, text string, next time.Time) (tocsin.Update, error) {
	now := d.Now()
	if err := refuseText(text, next, now); err != nil {
		return tocsin.Update{}, err
	}
	return d.Store.ChangeUpdate(ctx, update, func(u *tocsin.Update) (tocsin.Effects, error) {
		if u.State != tocsin.UpdateDraft {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s; only a draft can be edited.", u.ID, u.State)
		}
		if u.Text == text && u.NextUpdateAt.Equal(next) {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeInvalid, "The edit changes nothing in update %d.", u.ID)
		}
		if !wrote(actor, *u) {
			u.Author += authorsApart + actor
		}
		u.Text, u.NextUpdateAt, u.EditedAt = text, next, now
		return event(u.Incident, actor, eventDraft, "Edited update %d.", u.ID), nil
	})
}

// Discard throws a draft away. It is kept, but can be neither edited nor sent.
func (d *Desk) Discard(ctx context.Context, actor string, update int64) (tocsin.Update, error) {
	return d.Store.ChangeUpdate(ctx, update, func(u *tocsin.Update) (tocsin.Effects, error) {
		return event(u.Incident, actor, eventDraft, "Discarded update %d.", u.ID), u.Move(tocsin.UpdateDiscarded)
	})
}

// Cancel calls an approved update back during its hold. It is a draft again, and
// its recipients are worked out anew when it is approved the next time.
func (d *Desk) Cancel(ctx context.Context, actor string, update int64) (tocsin.Update, error) {
	return callBack(ctx, d.Store, actor, update, "by "+actor)
}

func callBack(ctx context.Context, s updateStore, actor string, update int64, why string) (tocsin.Update, error) {
	return s.Unfreeze(ctx, update, func(u *tocsin.Update) (tocsin.Effects, error) {
		if u.State == tocsin.UpdateSending {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Update %d is being sent: only in its hold can it be cancelled. Use stop.", u.ID)
		}
		if u.State != tocsin.UpdateApproved {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s; only in its hold can it be cancelled.", u.ID, u.State)
		}
		if err := u.Move(tocsin.UpdateDraft); err != nil {
			return tocsin.Effects{}, err
		}
		u.Approver, u.Bypass, u.ApprovedAt, u.SendAt = "", "", time.Time{}, time.Time{}
		return event(u.Incident, actor, eventCancel, "Update %d was called back in its hold: %s.", u.ID, why), nil
	})
}

// Stop halts an update that is being sent. Calls that have begun end; nothing new
// begins.
func (d *Desk) Stop(ctx context.Context, actor string, update int64, reason string) (tocsin.Update, error) {
	return stop(ctx, d.Store, actor, update, reason)
}

func stop(ctx context.Context, s updateStore, actor string, update int64, reason string) (tocsin.Update, error) {
	return s.ChangeUpdate(ctx, update, func(u *tocsin.Update) (tocsin.Effects, error) {
		if u.State == tocsin.UpdateApproved {
			return tocsin.Effects{}, tocsin.Errorf(tocsin.CodeConflict, "Update %d is in its hold. Use cancel: it has not begun.", u.ID)
		}
		e := event(u.Incident, actor, eventStop, "Stopped update %d.", u.ID)
		if reason != "" {
			e = event(u.Incident, actor, eventStop, "Stopped update %d: %s", u.ID, reason)
		}
		return e, u.Move(tocsin.UpdateStopped)
	})
}

// Resume lets a stopped update go on with those who have heard neither it nor a
// newer one. It returns CodeConflict for an update that a correction or another
// verdict has overtaken.
func (d *Desk) Resume(ctx context.Context, actor string, update int64) (tocsin.Update, error) {
	if err := d.refuseShadow(); err != nil {
		return tocsin.Update{}, err
	}
	u, err := d.Store.Update(ctx, update)
	if err != nil {
		return u, err
	}
	i, err := d.Store.Incident(ctx, u.Incident) // first: what follows holds for its turn only
	if err != nil {
		return u, fmt.Errorf("read incident: %w", err)
	}
	if err := needStopped(u); err != nil {
		return u, err
	}
	if err := d.refuseOvertaken(ctx, u); err != nil {
		return u, err
	}
	if err := d.passBy(ctx, u); err != nil {
		return u, err
	}
	_, err = d.Store.Start(ctx, update, i.Turn, func(u *tocsin.Update) (tocsin.Effects, error) {
		if err := needStopped(*u); err != nil {
			return tocsin.Effects{}, err
		}
		return event(u.Incident, actor, eventSending, "Update %d goes on.", u.ID), u.Move(tocsin.UpdateSending)
	})
	if err != nil {
		return u, err
	}
	if _, err := d.Store.Finish(ctx, update); err != nil {
		return u, fmt.Errorf("finish update: %w", err)
	}
	return d.Store.Update(ctx, update)
}

func needStopped(u tocsin.Update) error {
	if u.State != tocsin.UpdateStopped {
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s, not stopped.", u.ID, u.State)
	}
	return nil
}
