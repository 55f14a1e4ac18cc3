package channeltest

import (
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

func needFinder(kept func(*kit, tocsin.Channel)) func(*kit) {
	return func(k *kit) {
		ch := k.open()
		if ch.Finder == nil || ch.Replier == nil || k.Message == nil {
			k.Skip("nothing can be looked for")
		}
		kept(k, ch)
	}
}

func findKnows(k *kit, ch tocsin.Channel) {
	m := k.Message()
	found, _, err := ch.Finder.Find(k.Context(), m)
	require.NoError(k, err)
	require.NotEqual(k, tocsin.FoundPresent, found, "it was never sent")

	sent, err := ch.Replier.Reply(k.Context(), m)
	require.NoError(k, err)
	for _, c := range []tocsin.Channel{ch, k.open()} {
		found, seen, err := c.Finder.Find(k.Context(), m)
		require.NoError(k, err)
		require.Equal(k, tocsin.FoundPresent, found, "it was sent, and a restart does not change that")
		require.Equal(k, sent.ExternalID, seen.ExternalID)
	}
	found, _, err = ch.Finder.Find(k.Context(), k.Message())
	require.NoError(k, err)
	require.NotEqual(k, tocsin.FoundPresent, found, "another message was never sent")
}

func findNeverDenies(k *kit, ch tocsin.Channel) {
	m := k.Message()
	k.breakdown(Cut)
	_, err := ch.Replier.Reply(k.Context(), m)
	k.fails(err, Cut)
	k.heal()
	found, _, err := ch.Finder.Find(k.Context(), m)
	require.NoError(k, err)
	require.NotEqual(k, tocsin.FoundAbsent, found, "it arrived: sending it again would double it")
}

// findDoesNotGuess: a look that failed proves nothing.
func findDoesNotGuess(k *kit, ch tocsin.Channel) {
	m := k.Message()
	k.breakdown(Down)
	found, _, err := ch.Finder.Find(k.Context(), m)
	if err == nil {
		return // it could look all the same
	}
	k.fails(err, Down)
	require.Equal(k, tocsin.FoundUnclear, found)
}
