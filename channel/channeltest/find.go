package channeltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func findPromises() []promise {
	return []promise{
		{"FindKnowsWhatWasSent", needFinder(findKnows)},
		{"FindNeverDeniesWhatArrived", needFinder(findNeverDenies)},
		{"FindDoesNotGuess", needFinder(findDoesNotGuess)},
	}
}

func needFinder(kept func(testing.TB, *kit, tocsin.Channel)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		ch := k.open(tb)
		if ch.Finder == nil || ch.Replier == nil || k.Message == nil {
			tb.Skip("nothing can be looked for")
		}
		kept(tb, k, ch)
	}
}

func findKnows(tb testing.TB, k *kit, ch tocsin.Channel) {
	m := k.Message()
	found, _, err := ch.Finder.Find(tb.Context(), m)
	require.NoError(tb, err)
	require.NotEqual(tb, tocsin.FoundPresent, found, "it was never sent")

	sent, err := ch.Replier.Reply(tb.Context(), m)
	require.NoError(tb, err)
	for _, c := range []tocsin.Channel{ch, k.open(tb)} {
		found, seen, err := c.Finder.Find(tb.Context(), m)
		require.NoError(tb, err)
		require.Equal(tb, tocsin.FoundPresent, found, "it was sent, and a restart does not change that")
		require.Equal(tb, sent.ExternalID, seen.ExternalID)
	}
	found, _, err = ch.Finder.Find(tb.Context(), k.Message())
	require.NoError(tb, err)
	require.NotEqual(tb, tocsin.FoundPresent, found, "another message was never sent")
}

func findNeverDenies(tb testing.TB, k *kit, ch tocsin.Channel) {
	m := k.Message()
	k.breakdown(tb, Cut)
	_, err := ch.Replier.Reply(tb.Context(), m)
	k.fails(tb, err, Cut)
	k.heal(tb)
	found, _, err := ch.Finder.Find(tb.Context(), m)
	require.NoError(tb, err)
	require.NotEqual(tb, tocsin.FoundAbsent, found, "it arrived: sending it again would double it")
}

// findDoesNotGuess: a look that failed proves nothing.
func findDoesNotGuess(tb testing.TB, k *kit, ch tocsin.Channel) {
	m := k.Message()
	k.breakdown(tb, Down)
	found, _, err := ch.Finder.Find(tb.Context(), m)
	if err == nil {
		return // it could look all the same
	}
	k.fails(tb, err, Down)
	require.Equal(tb, tocsin.FoundUnclear, found)
}
