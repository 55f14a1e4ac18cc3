package backtest

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

var noon = time.Date(2026, 2, 3, 12, 0, 0, 0, time.UTC)

// at is a time some minutes after noon.
func at(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }

func pagesAt(minutes ...int) []Page {
	pages := make([]Page, len(minutes))
	for n, m := range minutes {
		pages[n] = Page{At: at(m)}
	}
	return pages
}

// found is an incident with a whisper and a ring, each left out by a number below -9000.
func found(whisper, ring int) Incident {
	i := Incident{Key: "k"}
	if whisper > -9000 {
		i.Whisper = &Bell{At: at(whisper)}
	}
	if ring > -9000 {
		i.Ring = &Bell{At: at(ring)}
	}
	return i
}

const none = -10_000

// leads are those of the whisper and the ring, in minutes.
func leads(i Incident) []int {
	var leads []int
	for _, b := range i.bells() {
		if b.Lead == nil {
			leads = append(leads, none)
			continue
		}
		leads = append(leads, int(time.Duration(*b.Lead)/time.Minute))
	}
	return leads
}

func TestALeadIsHowMuchEarlierThanTheNearestPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages         []int
		whisper, ring int
		leads         []int
	}{
		"earlier":                     {[]int{60}, 20, 30, []int{40, 30}},
		"later":                       {[]int{10}, 20, 30, []int{-10, -20}},
		"at once":                     {[]int{30}, 20, 30, []int{10, 0}},
		"around it":                   {[]int{25}, 20, 30, []int{5, -5}},
		"the nearest of many":         {[]int{-300, 22, 200}, 20, 30, []int{2, -8}},
		"the earlier of two":          {[]int{10, 30}, 20, none, []int{-10}},
		"at the window's end":         {[]int{140}, 20, none, []int{120}},
		"behind it":                   {[]int{141}, 20, none, []int{none}},
		"only the whisper is near":    {[]int{-100}, 0, 60, []int{-100, -160}},
		"only a ring":                 {[]int{40}, none, 30, []int{10}},
		"a history without any pages": {nil, 20, 30, []int{none, none}},
	} {
		incidents := []Incident{found(c.whisper, c.ring)}
		match(incidents, pagesAt(c.pages...), 2*time.Hour)
		require.Equal(t, c.leads, leads(incidents[0]), name)
	}
}

// TestMatchingAgreesWithLookingAtEveryPair compares the quick way with the plain
// one on random histories.
func TestMatchingAgreesWithLookingAtEveryPair(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		minutes := make([]int, r.IntN(12))
		for n := range minutes {
			minutes[n] = r.IntN(2000)
		}
		slices.Sort(minutes)
		whisper := r.IntN(2000)
		incidents := []Incident{found(whisper, whisper+r.IntN(300)), found(none, r.IntN(2000))}
		window := time.Duration(r.IntN(200)) * time.Minute
		match(incidents, pagesAt(minutes...), window)
		for _, i := range incidents {
			best := window + 1
			for _, b := range i.bells() {
				for _, m := range minutes {
					best = min(best, at(m).Sub(b.At).Abs())
				}
			}
			require.Equal(t, best <= window, i.Page != nil)
			if i.Page == nil {
				continue
			}
			apart := window + 1
			for _, b := range i.bells() {
				require.Equal(t, i.Page.At, b.At.Add(time.Duration(*b.Lead)), "the lead leads to the page")
				apart = min(apart, time.Duration(*b.Lead).Abs())
			}
			require.Equal(t, best, apart)
		}
	}
}

// TestALaterHistoryIsAnEarlierLead moves the pages: what does not move must not care.
func TestALaterHistoryIsAnEarlierLead(t *testing.T) {
	t.Parallel()
	for shift := -60; shift <= 60; shift += 7 {
		incidents := []Incident{found(0, 10)}
		match(incidents, pagesAt(30+shift), 2*time.Hour)
		require.Equal(t, []int{30 + shift, 20 + shift}, leads(incidents[0]))
	}
}

func TestChanceIsTheShareOfTimeNearAPage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages []int
		want  float64
	}{
		"no pages":                {nil, 0},
		"one in the middle":       {[]int{500}, .2},
		"two that overlap":        {[]int{500, 550}, .25},
		"one twice":               {[]int{500, 500}, .2},
		"one at the beginning":    {[]int{0}, .1},
		"one before it":           {[]int{-50}, .05},
		"one far away":            {[]int{5000}, 0},
		"many: it never passes 1": {[]int{0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000}, 1},
	} {
		require.InDelta(t, c.want, chance(pagesAt(c.pages...), at(0), at(1000), 100*time.Minute), 1e-9, name)
	}
	require.Zero(t, chance(pagesAt(1), noon, noon, time.Hour), "no time at all")
}

func TestPagesOfAnotherTimeAreLeftOut(t *testing.T) {
	t.Parallel()
	pages, outside := inside(pagesAt(-61, -60, 0, 100, 160, 161), at(0), at(100), time.Hour)
	require.Equal(t, pagesAt(-60, 0, 100, 160), pages)
	require.Equal(t, 2, outside)
}

func TestAPageIsHeardByEveryIncidentNearIt(t *testing.T) {
	t.Parallel()
	past := pastOf(t, at(0), at(10), at(500))
	a, b := found(20, none), found(none, 130)
	a.Key, b.Key = "a", "b"
	heard := hear(pagesAt(10, 80, 500, 900), []Incident{a, b}, past, time.Hour)
	require.Equal(t, []string{"a"}, heard[0].Incidents)
	require.Equal(t, []string{"a", "b"}, heard[1].Incidents)
	require.Empty(t, heard[2].Incidents)
	require.Equal(t, []int{2, 0, 1, 0}, []int{heard[0].Reports, heard[1].Reports, heard[2].Reports, heard[3].Reports})
}

func TestATrialCountsRingsThatAPageConfirmsAndThoseThatNoneDoes(t *testing.T) {
	t.Parallel()
	incidents := []Incident{found(0, 10), found(300, none), found(600, 610), found(none, 2000), found(5000, 5010)}
	match(incidents, pagesAt(30, 330, 600, 5100), time.Hour)
	trial := weigh(2, incidents, 15*24*time.Hour)
	require.Equal(t, 4, trial.Whispers)
	require.Equal(t, 4, trial.Rings)
	require.Equal(t, 2, trial.Matched)
	require.Equal(t, 2, trial.Unmatched)
	require.InDelta(t, 4, trial.Monthly, 1e-9, "in half a month")
	require.Equal(t, tocsin.Duration(-10*time.Minute), *trial.MedianLead, "the earlier of two leads that happened")
	require.Equal(t, trial.Rings, trial.Matched+trial.Unmatched)

	quiet := weigh(2, nil, 0)
	require.Zero(t, quiet.Monthly)
	require.Nil(t, quiet.MedianLead)
	require.InDelta(t, 30, weigh(2, []Incident{found(none, 0)}, time.Minute).Monthly, 1e-9, "a minute is taken for a day")
}

func TestTheLoudestSettingWithinTheBudgetIsProposed(t *testing.T) {
	t.Parallel()
	trials := []Trial{{FalseRings: .5, Rings: 1, Monthly: .2}, {FalseRings: 1, Rings: 2, Monthly: 1}, {FalseRings: 2, Rings: 2, Monthly: 1}, {FalseRings: 4, Rings: 4, Monthly: 3}}
	for budget, want := range map[float64]float64{.2: .5, 1: 2, 2.9: 2, 3: 4, 100: 4} {
		require.InDelta(t, want, *propose(trials, budget), 1e-9, "budget %g", budget)
	}
	require.Nil(t, propose(trials, .1))
	require.Nil(t, propose([]Trial{{FalseRings: 1}}, 1), "nothing rang: nobody knows")
	require.NotNil(t, propose([]Trial{{FalseRings: 1}, {FalseRings: 2, Rings: 5, Monthly: 5}}, 1), "the quieter one did well")
}
