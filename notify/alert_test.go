package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func ring(incident int64) tocsin.AlertJob {
	return tocsin.AlertJob{Incident: incident, Tier: tocsin.TierRing}
}

func whisper(incident int64) tocsin.AlertJob {
	return tocsin.AlertJob{Incident: incident, Tier: tocsin.TierWhisper}
}

// alert works an alert job and what follows at once.
func (h *house) alert(j tocsin.AlertJob) {
	h.Helper()
	_, err := h.do(j)
	require.NoError(h, err)
	h.runFor(time.Second)
}

func TestAWhisperGoesToSupportOnceAndWakesNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	h.alert(whisper(i))
	h.runFor(24 * time.Hour)
	require.Equal(t, "#support", h.chat.rung())
	require.Empty(t, h.phone.rung())
	require.True(t, h.said("page", "A whisper goes to support (chat #support)."))
}

func TestARingWakesTheFirstStepAndTellsSupportToo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	h.alert(ring(i))
	require.Equal(t, "ana", h.phone.rung())
	require.Equal(t, "#support", h.chat.rung(), "support hears what engineers hear")
}

func TestAWhisperedIncidentThatRingsDoesNotWhisperAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail")
	h.alert(whisper(i))
	h.alert(ring(i))
	require.Equal(t, "#support", h.chat.rung())
	require.Equal(t, "ana", h.phone.rung())
}

func TestNoBellForWhatAHumanHasSilenced(t *testing.T) {
	t.Parallel()
	for name, silence := range map[string]func(*tocsin.Incident){
		"flood":        func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictFlood },
		"not incident": func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictNotIncident },
		"duplicate":    func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictDuplicate },
		"closed":       func(i *tocsin.Incident) { i.ClosedAt = start },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			id := h.incident("ana@mail")
			i := h.store.incidents[id]
			silence(&i)
			h.store.incidents[id] = i
			h.alert(ring(id))
			require.Empty(t, h.phone.rung())
			require.Empty(t, h.chat.rung())
		})
	}
}

func TestAnAreasOwnPolicyIsRung(t *testing.T) {
	t.Parallel()
	h := setup(t)
	area := h.store.areas["sign-in"]
	area.Policy = "identity"
	h.store.areas["sign-in"] = area
	h.store.policies["identity"] = tocsin.Policy{Name: "identity", Steps: []tocsin.Step{{Targets: []tocsin.Target{{Channel: "phone", To: "ida"}}}}}
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ida", h.phone.rung())
	require.Equal(t, "#support", h.chat.rung(), "it has nobody for a whisper: the default policy does")
}

func TestAPolicyThatIsGoneFallsBackToTheDefault(t *testing.T) {
	t.Parallel()
	h := setup(t)
	area := h.store.areas["sign-in"]
	area.Policy = "deleted last week"
	h.store.areas["sign-in"] = area
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ana", h.phone.rung())
}

func TestAnIncidentWithoutAKnownAreaStillRings(t *testing.T) {
	t.Parallel()
	for _, area := range []string{"", "deleted last week"} {
		h := setup(t)
		id := h.incident("ana@mail")
		i := h.store.incidents[id]
		i.Area = area
		h.store.incidents[id] = i
		h.alert(ring(id))
		require.Equal(t, "ana", h.phone.rung(), "area %q", area)
	}
}

func TestNobodyToWakeIsNeverSilent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	delete(h.store.policies, tocsin.PolicyDefault)
	i := h.incident("ana@mail")
	h.alert(ring(i))
	require.True(t, h.said("page", "Nobody to wake"))
	require.Empty(t, h.store.pages)
}

func TestAnAlertThatCrashesAnywhereStillEscalatesInTheEnd(t *testing.T) {
	t.Parallel()
	for point := 1; ; point++ {
		h := setup(t)
		i := h.incident("ana@mail")
		h.store.jobs = []tocsin.Later{{Job: ring(i)}}
		crashed := h.crashAt(point)
		h.runFor(16 * time.Minute)
		require.Contains(t, h.phone.rung(), "ana", "crash at point %d", point)
		require.Contains(t, h.phone.rung(), "ben", "crash at point %d: the timer was lost", point)
		if !*crashed {
			require.Greater(t, point, 10, "there are points to crash at")
			return
		}
	}
}

func TestAnAlertForAnIncidentThatIsGoneIsAnError(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.do(ring(99))
	h.code(err, tocsin.CodeNotFound)
}
