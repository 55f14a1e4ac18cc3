package notify_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// noticesOf gives the states of a page's notices by their targets.
func (h *house) noticesOf(tier tocsin.Tier) map[string]tocsin.DeliveryState {
	states := map[string]tocsin.DeliveryState{}
	for _, n := range h.store.notices {
		if h.store.pages[n.Page].Tier == tier {
			states[n.Target.To] = n.State
		}
	}
	return states
}

func TestANoticeIsSentAgainWithTheSameKeyWhenItsFateIsUnknown(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = cut(true)
	h.alert(ring(h.incident("ana@mail")))
	h.phone.answer = func(string) (bool, error) { return true, nil }
	h.runFor(4 * time.Minute)
	require.Equal(t, "ana", h.phone.rung())
	require.Len(t, h.phone.took, 1, "one key: the medium can drop the double")
	require.Equal(t, tocsin.DeliverySent, h.noticesOf(tocsin.TierRing)["ana"])
}

func TestAnUncertainNoticeIsRepeatedEvenIfTheErrorWouldNotBe(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = func(string) (bool, error) {
		return false, &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "Perhaps.", Uncertain: true}
	}
	h.alert(ring(h.incident("ana@mail")))
	h.phone.answer = func(string) (bool, error) { return true, nil }
	h.runFor(time.Minute)
	require.Equal(t, "ana", h.phone.rung())
}

func TestANoticeThatWasCutShortByACrashIsSentAgain(t *testing.T) {
	t.Parallel()
	for point := 1; ; point++ {
		h := setup(t)
		i := h.incident("ana@mail")
		h.alert(whisper(i))
		h.store.jobs = []tocsin.Later{{Job: ring(i)}}
		crashed := h.crashAt(point)
		h.runFor(time.Minute)
		require.Contains(t, h.phone.rung(), "ana", "crash at point %d", point)
		require.Equal(t, tocsin.DeliverySent, h.noticesOf(tocsin.TierRing)["ana"])
		if !*crashed {
			return
		}
	}
}

func TestABusyMediumIsTriedAgainAfterTheTimeThatItAsksFor(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = busy
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, 1, h.phone.calls)
	h.phone.answer = func(string) (bool, error) { return true, nil }
	h.runFor(20 * time.Second)
	require.Equal(t, 1, h.phone.calls, "it asked for 30 s")
	h.runFor(20 * time.Second)
	require.Equal(t, "ana", h.phone.rung())
}

func TestAStepThatReachesNobodyGoesOnAtOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = func(key string) (bool, error) {
		if h.phone.calls == 1 {
			return permanent(key)
		}
		return true, nil
	}
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ben cat", h.phone.rung(), "nobody waits five minutes for a number that does not exist")
	require.True(t, h.said("page", "phone ana could not be reached: No such mailbox."))
	require.True(t, h.said("page", "None of this step's notices could be delivered: the ring goes to secondary"))
}

func TestNoCrashKeepsAnUnreachableStepFromGoingOnAtOnce(t *testing.T) {
	t.Parallel()
	for point := 1; ; point++ {
		h := setup(t)
		i := h.incident("ana@mail")
		h.phone.answer = func(key string) (bool, error) {
			if strings.HasSuffix(key, ".ring.0.0") {
				return permanent(key)
			}
			return true, nil
		}
		h.store.jobs = []tocsin.Later{{Job: ring(i)}}
		crashed := h.crashAt(point)
		h.runFor(2 * time.Minute)
		require.Contains(t, h.phone.rung(), "ben", "crash at point %d", point)
		if !*crashed {
			return
		}
	}
}

func TestAReachedStepDoesNotHideThatALaterOneReachesNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	h.phone.answer = permanent
	h.runFor(6 * time.Minute)
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State, "nobody waits for the unreachable")
}

func TestAStepThatReachesSomebodyWaitsForThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	h.phone.answer = func(key string) (bool, error) {
		if h.phone.calls == 2 {
			return permanent(key)
		}
		return true, nil
	}
	h.runFor(6 * time.Minute)
	require.Equal(t, "ana cat", h.phone.rung())
	require.Equal(t, tocsin.PageOpen, h.page(tocsin.TierRing).State)
	require.Equal(t, tocsin.DeliveryFailed, h.noticesOf(tocsin.TierRing)["ben"])
}

func TestAMediumThatNeverAnswersIsGivenUp(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.phone.answer = busy
	h.alert(ring(h.incident("ana@mail")))
	h.runFor(4 * time.Hour)
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
	require.NotContains(t, h.noticesOf(tocsin.TierRing), tocsin.DeliveryPending)
}

func TestAWhisperThatReachesNobodySaysSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.chat.answer = permanent
	h.alert(whisper(h.incident("ana@mail")))
	require.True(t, h.said("page", "chat #support could not be reached"))
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierWhisper).State)
}

func TestAChannelThatCannotRingFailsByName(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.store.policies[tocsin.PolicyDefault] = tocsin.Policy{Name: tocsin.PolicyDefault, Whisper: []tocsin.Target{{Channel: "nonesuch", To: "x"}}}
	h.alert(whisper(h.incident("ana@mail")))
	require.True(t, h.said("page", "Channel nonesuch is not configured, or cannot carry a bell."))
}

func TestARingThatWasAnsweredWakesNobodyElse(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.phone.answer = busy
	h.alert(ring(i))
	_, err := h.pager.AckIncident(t.Context(), "ben", i)
	require.NoError(t, err)
	h.runFor(time.Hour)
	require.Equal(t, 1, h.phone.calls)
	require.Equal(t, tocsin.DeliverySkipped, h.noticesOf(tocsin.TierRing)["ana"])
}

func TestANoticeIsRecordedEvenWhenTheProgramStopsDuringTheCall(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ctx, stop := context.WithCancel(context.Background())
	h.phone.at = func(point string) {
		if point == "after the call" {
			stop()
		}
	}
	require.NoError(t, h.pager.Alert(ctx, ring(h.incident("ana@mail"))))
	for _, j := range h.store.jobs {
		if n, ok := j.Job.(tocsin.NoticeJob); ok && h.store.notices[n.Notice].Target.To == "ana" {
			require.NoError(t, h.pager.Notice(ctx, n))
		}
	}
	require.Equal(t, tocsin.DeliverySent, h.noticesOf(tocsin.TierRing)["ana"])
}
