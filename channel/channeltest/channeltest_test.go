package channeltest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin/channel/channeltest"
)

func TestGoodChannelKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	channeltest.Run(t, channeltest.Setup{
		Type: boardType(newBoard(), ""),
		Start: func(tb testing.TB) channeltest.Outside {
			tb.Helper()
			return channeltest.Outside{Settings: map[string]any{"secret": secret}}
		},
	})
	channeltest.RunType(t, boardType(newBoard(), ""))
	for _, name := range channeltest.Promises() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBoard()
			require.Empty(t, channeltest.Try(t, name, channeltest.Setup{Type: boardType(b, ""), Start: b.outside}))
		})
	}
}

func TestEachFlawBreaksItsPromise(t *testing.T) {
	t.Parallel()
	for flawed, promise := range map[flaw]string{
		"has no icon":            "TypeHasItsTexts",
		"has a wrong example":    "ExampleLoads",
		"claims a nil":           "CapabilitiesAreHonest",
		"takes any setting":      "UnknownSettingIsNamed",
		"logs its secret":        "CapabilitiesAreHonest",
		"cursor stands still":    "PullGivesTheSameForTheSameCursor",
		"nameless reporters":     "PullGoesOnAfterARestart",
		"loses on a fault":       "PullLosesNothingToFaults",
		"swallows errors":        "PullSaysWhetherToTryAgain",
		"tries forever":          "PullSaysWhetherToTryAgain",
		"tells its secret":       "PullSaysWhetherToTryAgain",
		"deaf to its context":    "PullIsCalledOff",
		"hides a failed emit":    "StreamStopsWhenEmitFails",
		"believes anybody":       "ReceiveRefusesAForgery",
		"guesses at halves":      "ReceiveNamesWhatIsCutInHalf",
		"doubles":                "SentMessageArrives",
		"denies what arrived":    "SendOwnsUpToDoubt",
		"guesses":                "FindNeverDeniesWhatArrived",
		"rings again":            "RenewWakesNobody",
		"renews anything":        "RenewKnowsWhatItSent",
		"hides that it is stale": "RenewFailsByName",
	} {
		t.Run(string(flawed), func(t *testing.T) {
			t.Parallel()
			b := newBoard()
			setup := channeltest.Setup{Type: boardType(b, flawed), Start: b.outside}
			require.NotEmpty(t, channeltest.Try(t, promise, setup), "the kit must notice")
		})
	}
}

func TestHaulNoticesWhatIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	haul := func(f flaw) []string {
		b := newBoard()
		return channeltest.TryHaul(t, channeltest.Setup{Type: boardType(b, f), Start: b.outside}, 100)
	}
	require.Empty(t, haul(""))
	require.NotEmpty(t, haul("loses on a fault"))
	require.NotEmpty(t, haul("cursor stands still"))
}
