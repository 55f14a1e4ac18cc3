package notify_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// sending is an update to ana that is being sent to nobody yet: its job is taken away.
func sending(h *house) (update int64, line tocsin.Delivery) {
	h.Helper()
	h.channel("forum").Poster = nil
	h.restart()
	i := h.incident("ana@mail")
	h.confirm(i)
	h.runFor(time.Minute)
	update = h.draft(i, tocsin.UpdateAware, "We know.")
	h.approve(update)
	h.clock = h.clock.Add(hold)
	_, err := h.do(tocsin.BroadcastJob{Update: update})
	require.NoError(h, err)
	h.store.jobs = nil
	return update, h.line(update, "ana")
}

func (h *house) deliver(line tocsin.Delivery) error {
	h.Helper()
	_, err := h.do(tocsin.DeliverJob{Delivery: line.ID})
	return err
}

func TestABusyChannelIsObeyed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = busy
	again, after := tocsin.Retry(h.deliver(line))
	require.True(t, again)
	require.Equal(t, 30*time.Second, after)
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryPending, line.State)
	require.Equal(t, "Too many messages.", line.Reason)
	require.Equal(t, 1, line.Attempts)
	h.mail.answer = func(string) (bool, error) { return true, nil }
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliverySent, line.State)
	require.Empty(t, line.Reason)
}

func TestAChannelThatIsBusyForADayIsGivenUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = busy
	h.clock = h.clock.Add(25 * time.Hour)
	require.NoError(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryFailed, h.states(update)["ana"])
}

func TestAPermanentRefusalFailsWithItsReason(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = permanent
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryFailed, line.State)
	require.Equal(t, "No such mailbox.", line.Reason)
	require.NoError(t, h.deliver(line), "a failed delivery is not tried again by itself")
	require.Equal(t, 1, h.mail.calls)
}

func TestAnErrorOfUnknownKindIsLookedForAndNotRepeated(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = func(string) (bool, error) { return true, errors.New("unexpected EOF") }
	again, _ := tocsin.Retry(h.deliver(line))
	require.True(t, again)
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryUnknown, line.State)
	require.NotContains(t, line.Reason, "EOF", "a cause is for the log")
	h.clock = h.clock.Add(time.Minute)
	require.NoError(t, h.deliver(line))
	require.Equal(t, tocsin.DeliverySent, h.states(update)["ana"])
	require.Equal(t, 1, h.mail.calls)
}

func TestUncertainOutweighsWhateverElseAnErrorSays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.answer = func(string) (bool, error) {
		return true, &tocsin.Error{Code: tocsin.CodeInvalid, Message: "Refused, perhaps.", Uncertain: true}
	}
	require.Error(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryUnknown, h.states(update)["ana"])
}

func TestASettledDeliveryIsLeftAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	for _, state := range []tocsin.DeliveryState{
		tocsin.DeliverySent, tocsin.DeliveryFailed, tocsin.DeliverySkipped, tocsin.DeliveryHeld, tocsin.DeliveryByHand,
	} {
		h.set(update, "ana", func(d *tocsin.Delivery) { d.State = state })
		require.NoError(t, h.deliver(line))
		require.Equal(t, state, h.states(update)["ana"])
	}
	require.Zero(t, h.mail.calls)
}

func TestADeliveryOfAStoppedUpdateStaysPending(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	_, err := h.desk.Stop(t.Context(), "sue", update, "")
	require.NoError(t, err)
	require.NoError(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryPending, h.states(update)["ana"])
	require.Zero(t, h.mail.calls)
}

func TestAChannelThatIsGoneHoldsItsDeliveries(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.channel("mail").Replier = nil
	h.restart()
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryHeld, line.State)
	require.Contains(t, line.Reason, "Channel mail is not configured")
	require.Equal(t, tocsin.UpdateSent, h.store.updates[update].State)
}

func TestTwoJobsForOneDeliveryMakeOneCall(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, line := sending(h)
	var second error
	h.mail.at = func(point string) {
		if point == "before the call" {
			second = h.deliver(line)
		}
	}
	require.NoError(t, h.deliver(line))
	again, _ := tocsin.Retry(second)
	require.True(t, again, "it comes again when the first is done")
	require.Equal(t, 1, h.mail.calls)
}

func TestManyJobsAtOnceMakeOneCall(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, line := sending(h)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { _ = h.caster.Deliver(context.Background(), tocsin.DeliverJob{Delivery: line.ID}) })
	}
	all.Wait()
	require.Equal(t, 1, h.mail.calls)
}

func TestAnotherProcessIsGivenTimeToFinishItsCall(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.options.Grace = 40 * time.Second
	h.restart()
	update, line := sending(h)
	h.set(update, "ana", func(d *tocsin.Delivery) { d.State, d.UpdatedAt = tocsin.DeliverySending, h.clock })
	h.clock = h.clock.Add(15 * time.Second)
	again, after := tocsin.Retry(h.deliver(line))
	require.True(t, again)
	require.Equal(t, 25*time.Second, after)
	require.Equal(t, tocsin.DeliverySending, h.states(update)["ana"])
	h.clock = h.clock.Add(25 * time.Second)
	require.Error(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryUnknown, h.states(update)["ana"])
}

func TestABounceThatArrivesDuringTheCallStands(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.at = func(point string) {
		if point == "after the call" {
			h.set(update, "ana", func(d *tocsin.Delivery) { d.State, d.Reason = tocsin.DeliveryFailed, "no such user" })
		}
	}
	require.Error(t, h.deliver(line))
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryFailed, line.State)
	require.Equal(t, "no such user", line.Reason)
	require.Equal(t, 1, h.mail.calls)
}

func TestALateAnswerDoesNotTouchALaterTry(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.mail.at = func(point string) {
		if point == "after the call" { // we hung for so long that another process took over
			h.set(update, "ana", func(d *tocsin.Delivery) { d.Attempts++ })
		}
	}
	again, _ := tocsin.Retry(h.deliver(line))
	require.True(t, again)
	require.Equal(t, tocsin.DeliverySending, h.states(update)["ana"])
}

func TestADeliveryIsRecordedEvenWhenTheProgramStopsDuringTheCall(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	ctx, stop := context.WithCancel(context.Background())
	h.mail.at = func(point string) {
		if point == "after the call" {
			stop()
		}
	}
	require.NoError(t, h.caster.Deliver(ctx, tocsin.DeliverJob{Delivery: line.ID}))
	require.Equal(t, tocsin.DeliverySent, h.states(update)["ana"])
}

func TestACallThatHangsIsCutOffAndLookedFor(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.options.Timeout = time.Millisecond
	h.channel("mail").Replier = hanging{}
	h.restart()
	require.Error(t, h.deliver(line))
	require.Equal(t, tocsin.DeliveryUnknown, h.states(update)["ana"])
}

// hanging answers only when it is told to give up.
type hanging struct{}

func (hanging) Reply(ctx context.Context, _ tocsin.Message) (tocsin.Sent, error) {
	<-ctx.Done()
	return tocsin.Sent{}, ctx.Err()
}

func TestAThreadThatIsGoneSinceTheApprovalIsNotAnswered(t *testing.T) {
	t.Parallel()
	h := setup(t)
	update, line := sending(h)
	h.change(line.Incident, func(m *tocsin.Member) { m.Report.DeletedAt, m.Report.Text = h.clock, "" })
	require.NoError(t, h.deliver(line))
	line = h.line(update, "ana")
	require.Equal(t, tocsin.DeliveryHeld, line.State)
	require.Equal(t, "deleted by its writer: there is no thread to answer in", line.Reason)
	require.Empty(t, h.mail.took)
}
