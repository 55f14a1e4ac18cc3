package tocsin_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func TestOnlyLegalVerdictsAreTaken(t *testing.T) {
	t.Parallel()
	all := []tocsin.Verdict{
		tocsin.VerdictNone, tocsin.VerdictConfirmed, tocsin.VerdictFlood, tocsin.VerdictNotIncident, tocsin.VerdictDuplicate,
	}
	legal := map[tocsin.Verdict]map[tocsin.Verdict]bool{
		tocsin.VerdictNone:        {tocsin.VerdictConfirmed: true, tocsin.VerdictFlood: true, tocsin.VerdictNotIncident: true, tocsin.VerdictDuplicate: true},
		tocsin.VerdictConfirmed:   {tocsin.VerdictFlood: true, tocsin.VerdictNotIncident: true, tocsin.VerdictDuplicate: true},
		tocsin.VerdictFlood:       {tocsin.VerdictConfirmed: true, tocsin.VerdictNotIncident: true, tocsin.VerdictDuplicate: true},
		tocsin.VerdictNotIncident: {tocsin.VerdictConfirmed: true, tocsin.VerdictFlood: true, tocsin.VerdictDuplicate: true},
		tocsin.VerdictDuplicate:   {tocsin.VerdictNone: true},
	}
	for _, from := range all {
		for _, to := range all {
			i := tocsin.Incident{ID: 1, Verdict: from}
			err := i.Judge(to, "because", 2, noon)
			if legal[from][to] {
				require.NoError(t, err, "%s to %s", from.Word(), to.Word())
				require.Equal(t, to, i.Verdict)
				require.Equal(t, noon, i.VerdictAt)
			} else {
				require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(err), "%s to %s", from.Word(), to.Word())
				require.Equal(t, from, i.Verdict, "a refused change leaves the incident alone")
			}
		}
	}
}

func TestAVerdictNeedsWhatItClaims(t *testing.T) {
	t.Parallel()
	i := tocsin.Incident{ID: 7}
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(i.Judge(tocsin.VerdictNotIncident, "", 0, noon)))
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(i.Judge(tocsin.VerdictDuplicate, "", 0, noon)))
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(i.Judge(tocsin.VerdictDuplicate, "", 7, noon)), "not of itself")
	i.ClosedAt = noon
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(i.Judge(tocsin.VerdictConfirmed, "", 0, noon)))
}

func TestConfirmingBeginsToInvestigateAndTakingItBackEndsThat(t *testing.T) {
	t.Parallel()
	i := tocsin.Incident{ID: 1}
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(i.MoveTo(tocsin.PhaseInvestigating)), "a suspected incident has no phase")
	require.NoError(t, i.Judge(tocsin.VerdictConfirmed, "", 0, noon))
	require.Equal(t, tocsin.PhaseInvestigating, i.Phase)
	require.Equal(t, tocsin.CauseUnknown, i.Cause)
	require.NoError(t, i.Blame(tocsin.CauseMalicious))
	require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(i.Blame("gremlins")))
	require.NoError(t, i.Judge(tocsin.VerdictNotIncident, "a demo", 0, noon))
	require.Empty(t, i.Phase)
	require.Empty(t, i.Cause)
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(i.Blame(tocsin.CauseOurs)))
}

func TestAResolvedIncidentThatComesBackIsInvestigatedAgain(t *testing.T) {
	t.Parallel()
	i := tocsin.Incident{ID: 1, Verdict: tocsin.VerdictConfirmed, Phase: tocsin.PhaseResolved}
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(i.MoveTo(tocsin.PhaseMonitoring)))
	require.NoError(t, i.MoveTo(tocsin.PhaseInvestigating))
	for _, p := range []tocsin.Phase{tocsin.PhaseIdentified, tocsin.PhaseMonitoring, tocsin.PhaseIdentified, tocsin.PhaseResolved} {
		require.NoError(t, i.MoveTo(p))
	}
	i.ClosedAt = noon
	require.Equal(t, tocsin.CodeConflict, tocsin.CodeOf(i.MoveTo(tocsin.PhaseInvestigating)))
}

func TestARingIsLouderThanAWhisper(t *testing.T) {
	t.Parallel()
	require.True(t, tocsin.TierRing.Louder(tocsin.TierWhisper))
	require.True(t, tocsin.TierWhisper.Louder(tocsin.TierNone))
	require.False(t, tocsin.TierWhisper.Louder(tocsin.TierWhisper))
	require.False(t, tocsin.TierNone.Louder(tocsin.TierRing))
}
