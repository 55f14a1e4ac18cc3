package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/ingest"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/store/storetest"
)

// gush is a stream that brings one report after another as fast as they are taken,
// and tells how long each took to be stored.
type gush struct {
	n     int
	taken []time.Duration
	done  chan struct{}
}

func (g *gush) Stream(ctx context.Context, _ string, emit func(tocsin.Batch) error) error {
	for n := range g.n {
		r := tocsin.Report{
			ExternalID: fmt.Sprint(n), Raw: fmt.Sprintf("<p>I cannot sign in, for the %d. time.</p>", n), Markup: tocsin.MarkupHTML,
			Reporter: tocsin.Reporter{ID: fmt.Sprintf("x:%d", n%500), Handle: "@ana"}, At: time.Now(),
		}
		began := time.Now()
		if err := emit(tocsin.Batch{Reports: []tocsin.Report{r}, Cursor: fmt.Sprint(n)}); err != nil {
			return err
		}
		g.taken = append(g.taken, time.Since(began))
	}
	close(g.done)
	<-ctx.Done()
	return ctx.Err()
}

// From a stream to the disk: each report is in the database, with the cursor, when
// the channel's call returns.
func TestAStreamedReportIsStoredWithinASecond(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		g := &gush{n: 1000, done: make(chan struct{})}
		i := ingest.New(ingest.Options{
			Store: s, Past: s, Channels: []tocsin.Channel{{Name: "stream", Type: "x", Streamer: g}}, Node: "a",
			Log: slog.New(slog.DiscardHandler), Now: time.Now, Every: time.Minute,
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- i.Run(ctx) }()
		<-g.done
		stop()
		require.NoError(t, <-ended)
		slices.Sort(g.taken)
		p50, p99 := g.taken[len(g.taken)/2], g.taken[len(g.taken)*99/100]
		t.Logf("%d reports: p50 %s, p99 %s, longest %s", g.n, p50, p99, g.taken[len(g.taken)-1])
		require.LessOrEqual(t, p99, time.Second)
		cursor, err := s.Cursor(t.Context(), "stream")
		require.NoError(t, err)
		require.Equal(t, "999", cursor)
		_, received, err := s.LastReport(t.Context(), "stream")
		require.NoError(t, err)
		require.WithinDuration(t, time.Now(), received, time.Minute)
	})
}
