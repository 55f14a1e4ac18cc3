package notify

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/tocsin/tocsin"
)

// Broadcaster carries approved updates out. Each delivery is committed as sending
// before its call, so that a crash in the middle is seen; what became of the call
// is then found out by looking, and nothing is ever sent again blindly.
type Broadcaster struct {
	Options

	mu      sync.Mutex
	sending map[int64]bool // deliveries whose call this process has under way
}

// NewBroadcaster makes a Broadcaster. Make one only in a process: it knows which
// deliveries it is busy with.
func NewBroadcaster(o Options) *Broadcaster {
	return &Broadcaster{Options: o.withDefaults(), sending: map[int64]bool{}}
}

// errNotNow leaves a change undone without being anybody's fault.
var errNotNow = errors.New("not now")

// Broadcast begins to send an update when its hold is over, and takes over what
// the update says about the incident; a correction also withdraws what is left of
// the wrong text. An update that was called back meanwhile is left alone; one that
// was approved again has a job of its own since; one that was approved under
// another verdict is called back.
func (b *Broadcaster) Broadcast(ctx context.Context, j tocsin.BroadcastJob) error {
	if err := b.putOff(); err != nil {
		return err
	}
	u, err := b.Store.Update(ctx, j.Update)
	if err != nil {
		return fmt.Errorf("read update: %w", err)
	}
	switch u.State {
	case tocsin.UpdateDraft, tocsin.UpdateDiscarded:
		return nil
	case tocsin.UpdateApproved:
		if !j.SendAt.IsZero() && j.SendAt.Before(u.SendAt) {
			return nil // of an older approval
		}
		started, err := b.start(ctx, u)
		if err != nil || !started {
			return err
		}
	default: // a crash may have come behind the start
	}
	return errors.Join(b.carryOver(ctx, u), b.withdraw(ctx, u), b.finish(ctx, u.ID))
}

func (b *Broadcaster) start(ctx context.Context, u tocsin.Update) (bool, error) {
	if wait := u.SendAt.Sub(b.Now()); wait > 0 {
		return false, later(nil, wait, "The hold is not over.")
	}
	i, err := b.Store.Incident(ctx, u.Incident)
	if err != nil {
		return false, fmt.Errorf("read incident: %w", err)
	}
	if i.VerdictAt.After(u.ApprovedAt) || refuseByVerdict(i, u) != nil {
		if _, err := callBack(ctx, b.Store, tocsin.ActorSelf, u.ID, "the incident is "+i.Verdict.Word()); err != nil {
			return false, fmt.Errorf("call update back: %w", err)
		}
		return false, nil
	}
	_, err = b.Store.Start(ctx, u.ID, i.Turn, func(now *tocsin.Update) (tocsin.Effects, error) {
		if now.State != tocsin.UpdateApproved || !now.SendAt.Equal(u.SendAt) {
			return tocsin.Effects{}, errNotNow
		}
		return event(now.Incident, tocsin.ActorSelf, eventSending, "The hold of update %d is over: it goes out.", now.ID), now.Move(tocsin.UpdateSending)
	})
	if errors.Is(err, errNotNow) {
		return false, nil // called back, or another process has begun
	}
	if err != nil {
		return false, fmt.Errorf("start broadcast: %w", err)
	}
	return true, nil
}

// carryOver makes the incident say what the update says: that it is resolved, or
// is not after all, and when the next word is due.
func (b *Broadcaster) carryOver(ctx context.Context, u tocsin.Update) error {
	phase, err := b.phaseBy(ctx, u)
	if err != nil {
		return err
	}
	_, err = b.Store.ChangeIncident(ctx, u.Incident, func(i *tocsin.Incident) (tocsin.Effects, error) {
		i.NextUpdateAt = u.NextUpdateAt
		moved := phase != tocsin.PhaseNone && i.Phase != phase && i.MoveTo(phase) == nil
		if !moved { // most updates announce none; and where people have moved on, their word stands
			return tocsin.Effects{}, nil
		}
		return event(i.ID, tocsin.ActorSelf, eventPhase, "The phase is %s, as update %d says.", phase, u.ID), nil
	})
	if err != nil {
		return fmt.Errorf("carry update over to its incident: %w", err)
	}
	return nil
}

// phaseBy is the phase that an update announces, PhaseNone for most.
func (b *Broadcaster) phaseBy(ctx context.Context, u tocsin.Update) (tocsin.Phase, error) {
	if u.Kind == tocsin.UpdateResolved {
		return tocsin.PhaseResolved, nil
	}
	if u.Corrects == 0 {
		return tocsin.PhaseNone, nil
	}
	wrong, err := b.Store.Update(ctx, u.Corrects)
	if err != nil {
		return tocsin.PhaseNone, fmt.Errorf("read corrected update: %w", err)
	}
	if wrong.Kind == tocsin.UpdateResolved {
		return tocsin.PhaseInvestigating, nil
	}
	return tocsin.PhaseNone, nil
}

func (b *Broadcaster) finish(ctx context.Context, update int64) error {
	if _, err := b.Store.Finish(ctx, update); err != nil {
		return fmt.Errorf("finish update: %w", err)
	}
	return nil
}
