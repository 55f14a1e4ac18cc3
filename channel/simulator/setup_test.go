package simulator

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
	"github.com/tocsin/tocsin/channel/channeltest"
	"github.com/tocsin/tocsin/config"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// clock is a time that tests move.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// setup opens a simulator at noon.
func setup(tb testing.TB, settings map[string]any) (*sim, *clock) {
	tb.Helper()
	c := &clock{at: noon}
	s, err := open(channel.Env{
		Name: "harbour", Settings: config.NewSettings(settings), Now: c.now, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(tb, err)
	return s, c
}

// drain pulls all that is due.
func drain(tb testing.TB, s *sim, cursor string) ([]tocsin.Report, string) {
	tb.Helper()
	var all []tocsin.Report
	for {
		batch, err := s.Pull(tb.Context(), cursor)
		require.NoError(tb, err)
		all = append(all, batch.Reports...)
		cursor = batch.Cursor
		if !batch.More {
			return all, cursor
		}
	}
}

// topicOf gives what a report is about, in truth.
func topicOf(r tocsin.Report) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(r.Route), `{"topic":"`), `"}`)
}

// outsideWorld lets the conformance kit move the clock and the weather.
func outsideWorld(tb testing.TB, weather *faults) channeltest.Outside {
	tb.Helper()
	settings := map[string]any{
		"start": noon.Format(time.RFC3339), "background": "0s", "journal": filepath.Join(tb.TempDir(), "journal"),
	}
	script, c := setup(tb, settings)
	told, next := 0, 0
	message := func() tocsin.Message {
		next++
		return tocsin.Message{Key: fmt.Sprint("key-", next), Text: "We are aware.", Report: tocsin.Report{ExternalID: "sim-1-1", Reporter: tocsin.Reporter{ID: "sim:ana"}}}
	}
	return channeltest.Outside{
		Settings: settings,
		Now:      c.now,
		Say: func(n int) []string {
			var ids []string
			for range n {
				ids = append(ids, fmt.Sprint("sim-1-", told))
				c.pass(noon.Add(script.play.moments[told].at).Sub(c.now()))
				told++
			}
			return ids
		},
		Message: message,
		Alarm:   func() tocsin.Alarm { return tocsin.Alarm{Key: message().Key, Summary: "12 people can't sign in."} },
		Arrived: func(key string) int {
			entries, err := ReadJournal(settings["journal"].(string))
			require.NoError(tb, err)
			count := 0
			for _, e := range entries {
				if e.Key == key {
					count++
				}
			}
			return count
		},
		Break: weather.suffer,
	}
}

// suffer makes the weather that the kit asks for.
func (f *faults) suffer(fault channeltest.Fault) bool {
	*f = faults{}
	switch fault {
	case channeltest.Healthy:
	case channeltest.Down:
		f.fail = 1
	case channeltest.Flaky:
		f.fail = 0.5
	case channeltest.Cut:
		f.cut = 1
	case channeltest.Hang:
		f.slow = time.Hour
	default:
		return false
	}
	return true
}

func TestConformance(t *testing.T) {
	t.Parallel()
	typ := Type()
	weathers := sync.Map{} // by journal, which each promise has for itself
	typ.New = func(env channel.Env) (tocsin.Channel, error) {
		s, err := open(env)
		if err != nil {
			return tocsin.Channel{}, err
		}
		if weather, ok := weathers.Load(s.journal.path); ok {
			s.faults = weather.(*faults)
		}
		return s.channel(), nil
	}
	channeltest.Run(t, channeltest.Setup{Type: typ, Start: func(tb testing.TB) channeltest.Outside {
		tb.Helper()
		weather := &faults{}
		world := outsideWorld(tb, weather)
		weathers.Store(world.Settings["journal"], weather)
		return world
	}})
}
