package channeltest

import (
	"context"
	"strings"

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

func needSource(kept func(*kit)) func(*kit) {
	return func(k *kit) {
		if k.Say == nil || k.open().Source == nil {
			k.Skip("nothing to pull")
		}
		kept(k)
	}
}

// drain pulls to the end and gives the reports, in order, and the last cursor.
func (k *kit) drain(source tocsin.Source, cursor string) ([]tocsin.Report, string) {
	k.Helper()
	var reports []tocsin.Report
	for range maxPulls {
		batch, err := source.Pull(k.Context(), cursor)
		require.NoError(k, err)
		reports = append(reports, batch.Reports...)
		if batch.Cursor != "" {
			cursor = batch.Cursor
		}
		if !batch.More {
			sound(k, reports)
			return reports, cursor
		}
	}
	require.FailNow(k, "the channel always says that there is more")
	return nil, ""
}

// sound asks that reports are fit to be stored.
func sound(k *kit, reports []tocsin.Report) {
	k.Helper()
	for _, r := range reports {
		require.NotEmpty(k, r.ExternalID, "a report has an external id")
		require.Contains(k, r.Reporter.ID, ":", "a reporter's id has a scheme, as in mailto:ana@example.org")
		require.False(k, r.At.IsZero(), "a report has a time")
		require.NotEmpty(k, strings.TrimSpace(r.Text+r.Raw), "a report has a text")
		require.Contains(k, []string{"", name}, r.Channel)
	}
}

func ids(reports []tocsin.Report) []string {
	all := make([]string, len(reports))
	for i, r := range reports {
		all[i] = r.ExternalID
	}
	return all
}

func pullRepeats(k *kit) {
	source := k.open().Source
	_, start := k.drain(source, "")
	want := k.Say(3)
	once, end := k.drain(source, start)
	require.ElementsMatch(k, want, ids(once))
	again, _ := k.drain(source, start)
	require.Equal(k, ids(once), ids(again), "only a stored cursor moves on")
	for i := range once {
		require.Equal(k, once[i].Raw+once[i].Text, again[i].Raw+again[i].Text)
	}
	rest, _ := k.drain(source, end)
	require.Empty(k, rest, "the cursor moves on")
}

func pullGoesOn(k *kit) {
	_, cursor := k.drain(k.open().Source, "")
	first := k.Say(2)
	got, cursor := k.drain(k.open().Source, cursor)
	require.ElementsMatch(k, first, ids(got))
	second := k.Say(2)
	got, _ = k.drain(k.open().Source, cursor)
	require.ElementsMatch(k, second, ids(got))
}

func pullLosesNothing(k *kit) {
	source := k.open().Source
	_, cursor := k.drain(source, "")
	want := k.Say(9)
	k.breakdown(Flaky)
	seen := map[string]bool{}
	for range maxPulls {
		batch, err := source.Pull(k.Context(), cursor)
		if err != nil {
			k.fails(err, Flaky)
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
		require.True(k, seen[id], "report %s was lost", id)
	}
}

func pullSaysRetry(k *kit) {
	tried := false
	for _, f := range []Fault{Down, Refused, Limited} {
		source := k.open().Source
		if k.Break == nil || !k.Break(f) {
			continue
		}
		tried = true
		_, err := source.Pull(k.Context(), "")
		k.fails(err, f)
	}
	if !tried {
		k.Skip("this system does not fail")
	}
}

func pullIsCalledOff(k *kit) {
	source := k.open().Source
	k.calledOff(func(ctx context.Context) error {
		_, err := source.Pull(ctx, "")
		return err
	})
}
