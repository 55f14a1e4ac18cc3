package backtest

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheChartPutsBellsAndPagesUnderTheReportsOfTheirTime(t *testing.T) {
	t.Parallel()
	var times []time.Time
	for hour := range 24 {
		for range 1 + 23*min(1, hour/23) {
			times = append(times, noon.Add(time.Duration(hour)*time.Hour))
		}
	}
	c := draw(pastOf(t, times...), []Incident{found(60*23, 60*23+5)}, pagesAt(30, 60*23+20, 60*23+30), 30)
	require.Equal(t, "1h0m0s", c.Step)
	require.Equal(t, []string{
		"       24 │                       █",
		"          │                       █",
		"          │                       █",
		"          │                       █",
		"          │                       █",
		"          │▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂▂█",
		"        0 └────────────────────────",
		" whispers  ·······················1",
		"    rings  ·······················1",
		"    pages  1······················2",
		"           3 Feb 2026 12:00   4 Feb 2026 12:00 UTC; a column is an hour",
	}, c.Lines())
}

func TestTheChartFitsItsColumnsWhateverTheTime(t *testing.T) {
	t.Parallel()
	for _, days := range []int{0, 1, 3, 9, 40, 100, 366, 4000} {
		for _, columns := range []int{0, 20, 72} {
			c := draw(pastOf(t, noon, noon.AddDate(0, 0, days)), nil, pagesAt(-100, 1<<30), columns)
			most := columns
			if most == 0 {
				most = defaultColumns
			}
			require.LessOrEqual(t, len(c.Reports), most, "%d days", days)
			require.Len(t, c.Pages, len(c.Reports))
			require.Equal(t, 1, c.Pages[0]-min(1, max(0, 2-len(c.Reports))), "what lies outside goes to the edge")
			sum := 0
			for _, n := range c.Reports {
				sum += n
			}
			require.Equal(t, 2, sum, "each report is counted once")
		}
	}
}

func TestManyMarksAreAPlus(t *testing.T) {
	t.Parallel()
	require.Equal(t, "·19+", marks([]int{0, 1, 9, 10}))
	require.Equal(t, " ▁█", bars([]int{0, 1, 1000}, 1000, 0), "one report is seen beside a thousand")
}

func TestAnEmptyPastHasNoChart(t *testing.T) {
	t.Parallel()
	require.Empty(t, draw(pastOf(t), nil, pagesAt(1), 0).Lines())
}

func TestAColumnIsSaidAsPeopleSayIt(t *testing.T) {
	t.Parallel()
	said := make([]string, 0, len(steps()))
	for _, d := range steps() {
		said = append(said, spoken(d))
	}
	require.Equal(t, "10 minutes, 30 minutes, an hour, 2 hours, 4 hours, 6 hours, 12 hours, a day, 2 days, 7 days, 28 days, 91 days, 364 days", strings.Join(said, ", "))
}
