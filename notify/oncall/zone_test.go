package oncall

import (
	_ "embed"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same rules on every machine

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// zones.txt names every zone of the IANA database, as Go carries it.
//
//go:embed testdata/zones.txt
var zoneNames string

var (
	since = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	till  = time.Date(2038, 1, 1, 0, 0, 0, 0, time.UTC)
)

// eachTransition visits every change of every zone's clocks from 2020 to 2037.
func eachTransition(t *testing.T, visit func(t *testing.T, loc *time.Location, at time.Time)) {
	t.Helper()
	zones := strings.Fields(zoneNames)
	require.Greater(t, len(zones), 500, "the list has been cut")
	changes := 0
	for _, name := range zones {
		loc, err := Zone(name)
		require.NoError(t, err)
		for at := since; ; {
			_, end := at.In(loc).ZoneBounds()
			if end.IsZero() || end.After(till) {
				break
			}
			changes++
			visit(t, loc, end)
			at = end
		}
	}
	require.Greater(t, changes, 5000, "the walk found no changes: it proves nothing")
}

// clockAt writes the time of day that a zone's clocks show.
func clockAt(loc *time.Location, t time.Time) string { return t.In(loc).Format("15:04") }

// around are moments before, at and after a change, as a watcher sees them.
func around(at time.Time) []time.Time {
	var all []time.Time
	for t := at.Add(-26 * time.Hour); t.Before(at.Add(26 * time.Hour)); t = t.Add(15 * time.Minute) {
		if d := t.Sub(at).Abs(); d < 3*time.Hour || d > 20*time.Hour {
			all = append(all, t)
		}
	}
	return all
}

func TestAWallClockTimeStandsForTheFirstInstantThatShowsIt(t *testing.T) {
	t.Parallel()
	eachTransition(t, func(t *testing.T, loc *time.Location, at time.Time) {
		for _, offset := range []time.Duration{-time.Hour, -30 * time.Minute, 0, 30 * time.Minute, time.Hour} {
			w := shown(loc, at.Add(offset))
			want := at.Add(-3 * time.Hour)
			for shown(loc, want) < w {
				want = want.Add(time.Minute)
			}
			if got := first(loc, w); !got.Equal(want) {
				require.Fail(t, "wrong instant", "%s: %s is %s, not %s", loc, time.Unix(int64(w), 0).UTC(), got, want)
			}
		}
	})
}

// TestEveryMomentHasOnePersonWhateverTheClocksDo hands over in the very hour that
// comes twice or never, and asks every quarter of an hour.
func TestEveryMomentHasOnePersonWhateverTheClocksDo(t *testing.T) {
	t.Parallel()
	eachTransition(t, func(t *testing.T, loc *time.Location, at time.Time) {
		for _, handoff := range []string{clockAt(loc, at.Add(-30*time.Minute)), clockAt(loc, at), clockAt(loc, at.Add(30*time.Minute))} {
			l := ready(tocsin.Schedule{Zone: loc.String()}, tocsin.Layer{
				People: []string{"a", "b", "c"}, Start: "2019-12-01", Handoff: handoff, Every: "daily",
			})
			last := wall(-1)
			for _, now := range around(at) {
				turn := l.turn(now)
				if last >= 0 && turn != last && turn != last+1 {
					require.Fail(t, "the turn jumps", "%s at %s, hand-off %s: from %d to %d", loc, now, handoff, last, turn)
				}
				last = turn
			}
		}
	})
}

// TestDayAndNightTileTheTime has a day and a night layer meet within the change.
func TestDayAndNightTileTheTime(t *testing.T) {
	t.Parallel()
	eachTransition(t, func(t *testing.T, loc *time.Location, at time.Time) {
		morning, evening := clockAt(loc, at.Add(15*time.Minute)), clockAt(loc, at.Add(12*time.Hour))
		var halves [2]layer
		for n, h := range []tocsin.Hours{{From: morning, To: evening}, {From: evening, To: morning}} {
			halves[n] = ready(tocsin.Schedule{Zone: loc.String()}, tocsin.Layer{People: []string{"a"}, Start: "2019-12-01", Hours: []tocsin.Hours{h}})
		}
		for _, now := range around(at) {
			_, byDay := halves[0].at(now)
			_, byNight := halves[1].at(now)
			if byDay == byNight {
				require.Fail(t, "a hole or an overlap", "%s at %s: day %v, night %v, from %s to %s", loc, now, byDay, byNight, morning, evening)
			}
		}
	})
}

// TestShiftsSayWhatMomentsSay holds the two ways to ask against each other.
func TestShiftsSayWhatMomentsSay(t *testing.T) {
	t.Parallel()
	eachTransition(t, func(t *testing.T, loc *time.Location, at time.Time) {
		if at.Year() > 2027 && at.Year() < 2036 {
			return // the same rules again; this one is slow
		}
		edge := clockAt(loc, at)
		r, err := New(tocsin.Schedule{
			Name: "s", Zone: loc.String(),
			Layers: []tocsin.Layer{
				{Name: "days", People: []string{"a", "b"}, Start: "2019-12-01", Handoff: edge, Every: "daily", Hours: []tocsin.Hours{{Days: []string{"mon", "wed", "sun"}, From: edge, To: "17:00"}}},
				{Name: "base", People: []string{"c", "d"}, Start: "2019-12-01", Every: "12h", Handoff: edge, Hours: []tocsin.Hours{{Days: []string{"sat", "sun", "mon"}, From: "00:00", To: "24:00"}}},
			},
		}, []tocsin.Override{{ID: 1, Schedule: "s", Person: "e", Instead: "c", From: at.Add(-time.Hour), To: at.Add(time.Hour)}})
		require.NoError(t, err)
		shifts, err := r.Shifts(at.Add(-26*time.Hour), at.Add(26*time.Hour))
		require.NoError(t, err)
		n := 0
		for _, now := range around(at) {
			for !now.Before(shifts[n].To) {
				n++
			}
			got := r.At(now)
			if got.Person != shifts[n].Person || got.Layer != shifts[n].Layer || got.Override != shifts[n].Override {
				require.Fail(t, "they differ", "%s at %s: %+v and %+v", loc, now, got, shifts[n])
			}
		}
	})
}
