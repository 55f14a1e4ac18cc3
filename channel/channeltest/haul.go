package channeltest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// Haul lets n people write and pulls until all of it is there, while one call of
// ten fails in changing ways and the channel is made anew now and then. It fails
// the test unless every report comes, and comes once. rest lets the time pass that
// an error asks to wait; nil is for a channel that need not.
func Haul(tb testing.TB, s Setup, n int, rest func(time.Duration)) {
	tb.Helper()
	k := newKit(tb, s)
	_, cursor := k.drain(k.open().Source, "")
	missing := map[string]bool{}
	for _, id := range k.Say(n) {
		missing[id] = true
	}
	k.breakdown(Rare)
	const restart = 50 // pulls
	var source tocsin.Source
	for pulls := 0; len(missing) > 0; pulls++ {
		require.Less(tb, pulls, 20*n, "%d reports never came", len(missing))
		if pulls%restart == 0 {
			source = k.open().Source
		}
		batch, err := source.Pull(tb.Context(), cursor)
		if err != nil {
			k.fails(err, Rare)
			if _, after := tocsin.Retry(err); after > 0 && rest != nil {
				rest(after)
			}
			continue
		}
		sound(k, batch.Reports)
		for _, r := range batch.Reports {
			require.True(tb, missing[r.ExternalID], "%s came twice, or was never said", r.ExternalID)
			delete(missing, r.ExternalID)
		}
		if batch.Cursor != "" {
			cursor = batch.Cursor
		}
	}
}
