package ingest

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// source is a made-up channel: how many reports an hour it brings at a time of the
// people who write there. They live by the clock of their zone.
type source struct {
	zone *time.Location
	rate func(local time.Time) float64
}

// office is busy by day on weekdays, quiet on weekends, and silent at night.
func office(peak float64) func(time.Time) float64 {
	return func(local time.Time) float64 {
		switch hour := local.Hour(); {
		case hour < 7 || hour >= 20:
			return 0
		case local.Weekday() == time.Saturday || local.Weekday() == time.Sunday:
			return peak / 20
		default:
			return peak
		}
	}
}

// steady brings the same at all times.
func steadyAt(rate float64) func(time.Time) float64 { return func(time.Time) float64 { return rate } }

// write gives the times of a source's reports over a span.
func (s source) write(r *rand.Rand, from time.Time, span time.Duration) []time.Time {
	var all []time.Time
	const most = 300.0 // an hour; thinned to the rate
	for at := from; ; {
		at = at.Add(time.Duration(r.ExpFloat64() / most * float64(time.Hour)))
		if at.After(from.Add(span)) {
			return all
		}
		if r.Float64() < s.rate(at.In(s.zone))/most {
			all = append(all, at)
		}
	}
}

// paceOf is what is known at a time of reports written before it.
func paceOf(times []time.Time, now time.Time) pace {
	counts := map[int64]int{}
	for _, at := range times {
		if at.Before(now) && now.Sub(at) < paceSpan {
			counts[at.UnixMicro()/stretch.Microseconds()]++
		}
	}
	return newPace(counts)
}

// alarms counts the silences that a healthy source would be blamed for when it is
// looked at all the time. A silence is longest just before the next report.
func alarms(times []time.Time, from time.Time) int {
	n := 0
	var known pace
	var at time.Time
	for i := 1; i < len(times); i++ {
		if times[i-1].Before(from) {
			continue
		}
		if times[i].Sub(at) > 3*24*time.Hour { // rarely: it is slow, and changes little
			at = times[i]
			known = paceOf(times[:i], at)
		}
		if _, silent := known.silence(times[i-1], times[i]); silent {
			n++
		}
	}
	return n
}

func TestAHealthySourceIsNotCalledSilent(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	// From January to June: the clocks change on 29 March 2026.
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	const span = 24 * 7 * 24 * time.Hour
	for name, s := range map[string]source{
		"a busy office":     {berlin, office(120)},
		"an office":         {berlin, office(12)},
		"few in an office":  {berlin, office(0.5)},
		"a world-wide one":  {time.UTC, steadyAt(40)},
		"a few a day":       {time.UTC, steadyAt(0.15)},
		"hardly any at all": {time.UTC, steadyAt(0.02)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrong := 0
			for seed := range uint64(3) {
				times := s.write(rand.New(rand.NewPCG(seed, 7)), from, span)
				wrong += alarms(times, from)
			}
			require.Zero(t, wrong)
		})
	}
}

func TestASourceThatFallsSilentIsNoticed(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		rate func(time.Time) float64
		died time.Time
		in   time.Duration
	}{
		"busy, at ten in the morning":        {office(120), monday.Add(10 * time.Hour), 30 * time.Minute},
		"an office at noon":                  {office(12), monday.Add(12 * time.Hour), 3 * time.Hour},
		"at night: in the morning":           {office(120), monday.Add(22 * time.Hour), 11 * time.Hour},
		"on Friday night: Saturday is quiet": {office(12), monday.Add(4*24*time.Hour + 21*time.Hour), 3 * 24 * time.Hour},
		"a few a day":                        {steadyAt(0.15), monday, 6 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var all []time.Duration
			for seed := range uint64(10) {
				times := source{time.UTC, c.rate}.write(rand.New(rand.NewPCG(seed, 8)), monday.Add(-9*7*24*time.Hour), c.died.Sub(monday.Add(-9*7*24*time.Hour)))
				known, last := paceOf(times, c.died), times[len(times)-1]
				noticed := time.Duration(math.MaxInt64)
				for after := time.Duration(0); after < 14*24*time.Hour; after += stretch {
					if s, silent := known.silence(last, c.died.Add(after)); silent {
						require.Equal(t, last, s.Since)
						require.Less(t, s.Chance, rare)
						require.Greater(t, s.Usual, 5.0)
						noticed = after
						break
					}
				}
				all = append(all, noticed)
				require.LessOrEqual(t, noticed, c.in)
			}
			t.Log(all[0], all[len(all)/2])
		})
	}
}

func TestWhatIsNotKnownIsNotJudged(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	_, silent := pace{}.silence(from, from.Add(time.Hour))
	require.False(t, silent, "it never brought anything")
	times := source{time.UTC, steadyAt(100)}.write(rand.New(rand.NewPCG(1, 1)), from, 6*24*time.Hour)
	_, silent = paceOf(times, from.Add(7*24*time.Hour)).silence(times[len(times)-1], from.Add(7*24*time.Hour))
	require.False(t, silent, "less than a week of it is known")
}

func TestAnOutageDoesNotMakeTheDayAfterLookQuiet(t *testing.T) {
	t.Parallel()
	from := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	rate := func(at time.Time) float64 {
		if at.Sub(from) > 49*24*time.Hour && at.Sub(from) < 50*24*time.Hour {
			return 250 // seven weeks on, for a day
		}
		return 2
	}
	times := source{time.UTC, rate}.write(rand.New(rand.NewPCG(3, 1)), from, 12*7*24*time.Hour)
	require.Zero(t, alarms(times, from.Add(51*24*time.Hour)))
}
