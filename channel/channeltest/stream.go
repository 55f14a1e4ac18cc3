package channeltest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func streamPromises() []promise {
	return []promise{
		{"StreamBringsWhatIsSaid", needStreamer(streamBrings)},
		{"StreamStopsWhenEmitFails", needStreamer(streamStops)},
		{"StreamIsCalledOff", needStreamer(streamIsCalledOff)},
	}
}

func needStreamer(kept func(testing.TB, *kit)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		if k.Say == nil || k.open(tb).Streamer == nil {
			tb.Skip("no stream")
		}
		kept(tb, k)
	}
}

// errEnough is how the kit's emit ends a stream.
var errEnough = errors.New("enough")

// listen streams until n reports that enough wants have come, and gives the last cursor.
func (k *kit) listen(tb testing.TB, cursor string, want []string) string {
	tb.Helper()
	missing := map[string]bool{}
	for _, id := range want {
		missing[id] = true
	}
	streamer := k.open(tb).Streamer
	within(tb, patience, "a stream", func() {
		err := streamer.Stream(tb.Context(), cursor, func(b tocsin.Batch) error {
			sound(tb, b.Reports)
			if b.Cursor != "" {
				cursor = b.Cursor
			}
			for _, r := range b.Reports {
				delete(missing, r.ExternalID)
			}
			if len(missing) == 0 {
				return errEnough
			}
			return nil
		})
		if !errors.Is(err, errEnough) {
			tb.Errorf("Stream gives back what emit gave; it gave %v", err)
		}
	})
	require.Empty(tb, missing, "reports that never came")
	return cursor
}

func streamBrings(tb testing.TB, k *kit) {
	cursor := k.listen(tb, "", k.Say(3))
	require.NotEmpty(tb, cursor)
	k.listen(tb, cursor, k.Say(2))
}

func streamStops(tb testing.TB, k *kit) {
	k.Say(1)
	calls := 0
	streamer := k.open(tb).Streamer
	within(tb, patience, "a stream whose emit fails", func() {
		err := streamer.Stream(tb.Context(), "", func(tocsin.Batch) error {
			calls++
			return errEnough
		})
		if !errors.Is(err, errEnough) {
			tb.Errorf("Stream gives back what emit gave; it gave %v", err)
		}
	})
	require.Equal(tb, 1, calls, "nothing is emitted after a failure")
}

func streamIsCalledOff(tb testing.TB, k *kit) {
	streamer := k.open(tb).Streamer
	ctx, cancel := context.WithTimeout(tb.Context(), soon)
	defer cancel()
	within(tb, promptly, "a stream whose context ended", func() {
		// Whether the end of its context is an error is up to the channel.
		if err := streamer.Stream(ctx, "", func(tocsin.Batch) error { return nil }); err != nil {
			k.clean(tb, err.Error(), "an error")
		}
	})
}
