package channeltest

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// maxPulls bounds how many calls a channel may need to bring a handful of reports.
const maxPulls = 200

func pullPromises() []promise {
	return []promise{
		{"PullGivesTheSameForTheSameCursor", needSource(pullRepeats)},
		{"PullGoesOnAfterARestart", needSource(pullGoesOn)},
		{"PullLosesNothingToFaults", needSource(pullLosesNothing)},
		{"PullSaysWhetherToTryAgain", needSource(pullSaysRetry)},
		{"PullIsCalledOff", needSource(pullIsCalledOff)},
	}
}

func needSource(kept func(testing.TB, *kit)) func(testing.TB, *kit) {
	return func(tb testing.TB, k *kit) {
		if k.Say == nil || k.open(tb).Source == nil {
			tb.Skip("nothing to pull")
		}
		kept(tb, k)
	}
}

// drain pulls to the end and gives the reports, in order, and the last cursor.
func (k *kit) drain(tb testing.TB, source tocsin.Source, cursor string) ([]tocsin.Report, string) {
	tb.Helper()
	var reports []tocsin.Report
	for range maxPulls {
		batch, err := source.Pull(tb.Context(), cursor)
		require.NoError(tb, err)
		reports = append(reports, batch.Reports...)
		if batch.Cursor != "" {
			cursor = batch.Cursor
		}
		if !batch.More {
			sound(tb, reports)
			return reports, cursor
		}
	}
	require.FailNow(tb, "the channel always says that there is more")
	return nil, ""
}

// sound asks that reports are fit to be stored.
func sound(tb testing.TB, reports []tocsin.Report) {
	tb.Helper()
	for _, r := range reports {
		require.NotEmpty(tb, r.ExternalID, "a report has an external id")
		require.Contains(tb, r.Reporter.ID, ":", "a reporter's id has a scheme, as in mailto:ana@example.org")
		require.False(tb, r.At.IsZero(), "a report has a time")
		require.NotEmpty(tb, strings.TrimSpace(r.Text+r.Raw), "a report has a text")
		require.Contains(tb, []string{"", name}, r.Channel)
	}
}

func ids(reports []tocsin.Report) []string {
	all := make([]string, len(reports))
	for i, r := range reports {
		all[i] = r.ExternalID
	}
	return all
}

func pullRepeats(tb testing.TB, k *kit) {
	source := k.open(tb).Source
	_, start := k.drain(tb, source, "")
	want := k.Say(3)
	once, end := k.drain(tb, source, start)
	require.ElementsMatch(tb, want, ids(once))
	again, _ := k.drain(tb, source, start)
	require.Equal(tb, ids(once), ids(again), "only a stored cursor moves on")
	for i := range once {
		require.Equal(tb, once[i].Raw+once[i].Text, again[i].Raw+again[i].Text)
	}
	rest, _ := k.drain(tb, source, end)
	require.Empty(tb, rest, "the cursor moves on")
}

func pullGoesOn(tb testing.TB, k *kit) {
	_, cursor := k.drain(tb, k.open(tb).Source, "")
	first := k.Say(2)
	got, cursor := k.drain(tb, k.open(tb).Source, cursor)
	require.ElementsMatch(tb, first, ids(got))
	second := k.Say(2)
	got, _ = k.drain(tb, k.open(tb).Source, cursor)
	require.ElementsMatch(tb, second, ids(got))
}

func pullLosesNothing(tb testing.TB, k *kit) {
	source := k.open(tb).Source
	_, cursor := k.drain(tb, source, "")
	want := k.Say(9)
	k.breakdown(tb, Flaky)
	seen := map[string]bool{}
	for range maxPulls {
		batch, err := source.Pull(tb.Context(), cursor)
		if err != nil {
			k.fails(tb, err, Flaky)
			continue
		}
		for _, r := range batch.Reports {
			seen[r.ExternalID] = true
		}
		if batch.Cursor != "" {
			cursor = batch.Cursor
		}
		if len(seen) >= len(want) {
			break
		}
	}
	for _, id := range want {
		require.True(tb, seen[id], "report %s was lost", id)
	}
}

func pullSaysRetry(tb testing.TB, k *kit) {
	tried := false
	for _, f := range []Fault{Down, Refused, Limited} {
		source := k.open(tb).Source
		if k.Break == nil || !k.Break(f) {
			continue
		}
		tried = true
		_, err := source.Pull(tb.Context(), "")
		k.fails(tb, err, f)
	}
	if !tried {
		tb.Skip("this system does not fail")
	}
}

func pullIsCalledOff(tb testing.TB, k *kit) {
	source := k.open(tb).Source
	k.calledOff(tb, func(ctx context.Context) error {
		_, err := source.Pull(ctx, "")
		return err
	})
}
