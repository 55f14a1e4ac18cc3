package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// aged fills a store with reports of a channel: one each ten minutes for so many weeks.
func aged(channel string, weeks int) *memory {
	m := newMemory()
	now := time.Now()
	for at := now.Add(-time.Duration(weeks) * 7 * 24 * time.Hour); at.Before(now); at = at.Add(10 * time.Minute) {
		r := report(len(m.reports) + 1)
		r.ExternalID, r.Channel, r.At, r.ReceivedAt = fmt.Sprintf("old%d", len(m.reports)), channel, at, at.Add(30*time.Second)
		m.reports = append(m.reports, r)
	}
	return m
}

// told is a node that remembers which silences it was told of.
func told(t *testing.T, store *memory, ch tocsin.Channel) (*kit, *[]tocsin.Silence) {
	t.Helper()
	k, silences := node(t, "a", store, ch), &[]tocsin.Silence{}
	k.silent = func(_ context.Context, channel string, s tocsin.Silence) {
		require.Equal(t, ch.Name, channel)
		*silences = append(*silences, s)
	}
	return k, silences
}

func TestASilenceIsToldOnceAndEndsWithTheNextReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var speaks atomic.Bool
		ch := tocsin.Channel{Name: "mail", Source: pull(func(context.Context, string) (tocsin.Batch, error) {
			if speaks.Load() {
				r := report(1)
				r.At = time.Now()
				return tocsin.Batch{Reports: []tocsin.Report{r}}, nil
			}
			return tocsin.Batch{}, nil
		})}
		k, silences := told(t, aged("mail", 6), ch)
		began := time.Now()
		stop := k.run(t)
		settle(2 * time.Minute)
		require.False(t, k.Health()[0].LastReport.IsZero(), "known from the store, after a restart")
		require.Equal(t, tocsin.Duration(30*time.Second), k.Health()[0].Lag)
		require.Nil(t, k.Health()[0].Silence)

		settle(24 * time.Hour)
		require.Len(t, *silences, 1)
		require.WithinDuration(t, began, (*silences)[0].Since, 10*time.Minute)
		require.NotNil(t, k.Health()[0].Silence)
		require.InDelta(t, 1, k.count(t, "silent"), 0)
		require.Equal(t, 1, strings.Count(k.log.String(), "a channel has fallen silent"))

		speaks.Store(true)
		settle(2 * time.Minute)
		require.Nil(t, k.Health()[0].Silence)
		require.Zero(t, k.count(t, "silent"))
		require.Contains(t, k.log.String(), "speaks again")
		stop()
	})
}

func TestAChannelThatCannotBeReadIsBrokenAndNotSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ch := tocsin.Channel{Name: "mail", Source: pull(func(context.Context, string) (tocsin.Batch, error) {
			return tocsin.Batch{}, errors.New("broken")
		})}
		k, silences := told(t, aged("mail", 6), ch)
		stop := k.run(t)
		settle(24 * time.Hour)
		require.Empty(t, *silences)
		require.NotEmpty(t, k.Health()[0].Error)
		stop()
	})
}

func TestAStreamThatIsOpenAndBringsNothingIsSilent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ch := tocsin.Channel{Name: "mail", Streamer: stream(func(ctx context.Context, _ string, _ func(tocsin.Batch) error) error {
			<-ctx.Done()
			return ctx.Err()
		})}
		k, silences := told(t, aged("mail", 6), ch)
		stop := k.run(t)
		settle(24 * time.Hour)
		require.Len(t, *silences, 1)
		stop()
	})
}

func TestOurOwnAbsenceIsNoSilenceOfOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		store := aged("hook", 6)
		time.Sleep(3 * 24 * time.Hour) // nobody runs
		k, silences := told(t, store, hook())
		stop := k.run(t)
		settle(5 * time.Minute)
		require.Empty(t, *silences)
		settle(24 * time.Hour)
		require.Len(t, *silences, 1, "now it is theirs")
		stop()
	})
}

func TestAStoreThatDoesNotAnswerIsToldAndTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		k := node(t, "a", aged("hook", 2), hook())
		k.Ingest.log = slog.New(slog.NewTextHandler(k.log, nil))
		k.store.fail(errors.New("away"))
		stop := k.run(t)
		settle(90 * time.Second)
		require.Contains(t, k.log.String(), "channel not watched")
		k.store.fail(nil)
		settle(2 * time.Minute)
		require.False(t, k.Health()[0].LastReport.IsZero())
		stop()
	})
}
