package channeltest

import (
	"context"
	"errors"

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

func needStreamer(kept func(*kit)) func(*kit) {
	return func(k *kit) {
		if k.Say == nil || k.open().Streamer == nil {
			k.Skip("no stream")
		}
		kept(k)
	}
}

// errEnough is how the kit's emit ends a stream.
var errEnough = errors.New("enough")

// listen streams until n reports that enough wants have come, and gives the last cursor.
func (k *kit) listen(cursor string, want []string) string {
	k.Helper()
	missing := map[string]bool{}
	for _, id := range want {
		missing[id] = true
	}
	streamer := k.open().Streamer
	within(k, patience, "a stream", func() {
		err := streamer.Stream(k.Context(), cursor, func(b tocsin.Batch) error {
			sound(k, b.Reports)
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
			k.Errorf("Stream gives back what emit gave; it gave %v", err)
		}
	})
	require.Empty(k, missing, "reports that never came")
	return cursor
}

func streamBrings(k *kit) {
	cursor := k.listen("", k.Say(3))
	require.NotEmpty(k, cursor)
	k.listen(cursor, k.Say(2))
}

func streamStops(k *kit) {
	k.Say(1)
	calls := 0
	streamer := k.open().Streamer
	within(k, patience, "a stream whose emit fails", func() {
		err := streamer.Stream(k.Context(), "", func(tocsin.Batch) error {
			calls++
			return errEnough
		})
		if !errors.Is(err, errEnough) {
			k.Errorf("Stream gives back what emit gave; it gave %v", err)
		}
	})
	require.Equal(k, 1, calls, "nothing is emitted after a failure")
}

func streamIsCalledOff(k *kit) {
	streamer := k.open().Streamer
	ctx, cancel := context.WithTimeout(k.Context(), soon)
	defer cancel()
	within(k, promptly, "a stream whose context ended", func() {
		// Whether the end of its context is an error is up to the channel.
		if err := streamer.Stream(ctx, "", func(tocsin.Batch) error { return nil }); err != nil {
			k.clean(err.Error(), "an error")
		}
	})
}
