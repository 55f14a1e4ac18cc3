package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

func TestGaugeKnowsTheLastWordOnEachLimit(t *testing.T) {
	t.Parallel()
	var g channel.Gauge
	require.Empty(t, g.Allowances())
	_, known := g.Get("calls")
	require.False(t, known)
	g.Set(tocsin.Allowance{Name: "posts", Left: 3})
	g.Set(tocsin.Allowance{Name: "calls", Left: 9})
	g.Set(tocsin.Allowance{Name: "calls", Left: 8})
	require.Equal(t, []tocsin.Allowance{{Name: "calls", Left: 8}, {Name: "posts", Left: 3}}, g.Allowances())
	calls, known := g.Get("calls")
	require.True(t, known)
	require.InDelta(t, 8, calls.Left, 0)
}

func TestGaugeTellsWhatRunsLow(t *testing.T) {
	t.Parallel()
	var g channel.Gauge
	now := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	require.False(t, g.Low("calls", now), "nothing is known")
	g.Set(tocsin.Allowance{Name: "calls", Limit: 100, Left: 20, ResetAt: now.Add(time.Minute)})
	require.False(t, g.Low("calls", now))
	g.Set(tocsin.Allowance{Name: "calls", Limit: 100, Left: 19, ResetAt: now.Add(time.Minute)})
	require.True(t, g.Low("calls", now))
	require.False(t, g.Low("calls", now.Add(time.Minute)), "it is full again")
	g.Set(tocsin.Allowance{Name: "calls", Limit: 100, Left: 19})
	require.True(t, g.Low("calls", now), "nobody said when it is renewed")
}

func TestPaceKeepsWithinAnySpan(t *testing.T) {
	t.Parallel()
	p := channel.Pace{Most: 2, In: time.Minute}
	start := time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)
	require.Zero(t, p.Take(start))
	require.Zero(t, p.Take(start.Add(50*time.Second)))
	require.Equal(t, 5*time.Second, p.Take(start.Add(55*time.Second)), "a call that was refused does not count")
	require.Zero(t, p.Left(start.Add(55*time.Second)))
	require.Equal(t, 1, p.Left(start.Add(time.Minute)))
	require.Zero(t, p.Take(start.Add(time.Minute)))
	require.Equal(t, 49*time.Second, p.Take(start.Add(61*time.Second)), "the window slides")
}
