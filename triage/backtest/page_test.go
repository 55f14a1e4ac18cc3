package backtest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAHistoryOfPagesIsReadAndBroughtIntoOrder(t *testing.T) {
	t.Parallel()
	var skipped []string
	pages, err := Reader{Skip: func(line int, why string) { skipped = append(skipped, fmt.Sprint(line, " ", why)) }}.Pages(strings.NewReader(fixture(t, "pages.csv")))
	require.NoError(t, err)
	require.Equal(t, []Page{
		{ID: "811", At: time.Date(2026, 2, 1, 21, 10, 0, 0, time.UTC), Title: "Disk almost full", Service: "storage", Urgency: "low"},
		{ID: "812", At: time.Date(2026, 2, 3, 8, 50, 0, 0, time.UTC), Title: "Timer service does not answer", Service: "timer", Urgency: "high"},
	}, pages)
	require.Equal(t, []string{"4 it has no time"}, skipped)
}

// TestPagesOfOtherPagersAreRecognised reads headers as they are met.
func TestPagesOfOtherPagersAreRecognised(t *testing.T) {
	t.Parallel()
	for _, header := range []string{
		"incident_id,incident_number,description,service_id,service_name,created_at",
		"Number;Title;Service;Created On",
		"Alert ID\tMessage\tTeam\tCreatedAt",
		"Triggered At,Summary",
		"TIME",
	} {
		sign := string(separator([]byte(header)))
		names := strings.Split(header, sign)
		row := make([]string, len(names))
		for n, name := range names {
			row[n] = "x"
			if p := plainName(name); strings.HasPrefix(p, "created") || strings.HasPrefix(p, "triggered") || p == "time" {
				row[n] = "2026-02-03T08:50:00Z"
			}
		}
		pages, err := Reader{}.Pages(strings.NewReader(header + "\n" + strings.Join(row, sign) + "\n"))
		require.NoError(t, err, header)
		require.Len(t, pages, 1, header)
		require.Equal(t, 8, pages[0].At.Hour(), header)
	}
}

func TestPagesWithoutATimeAreRefused(t *testing.T) {
	t.Parallel()
	_, err := Reader{}.Pages(strings.NewReader("number,title\n1,x\n"))
	require.ErrorContains(t, err, "No column says when a page was sent. The header has: number, title. Name the column createdon.")
	_, err = Reader{}.Pages(strings.NewReader(""))
	require.ErrorContains(t, err, "no header")
}

func TestAShortOrALongRowIsReadAsFarAsItGoes(t *testing.T) {
	t.Parallel()
	pages, err := Reader{}.Pages(strings.NewReader("created_on,title\n2026-02-03 08:50\n2026-02-03 08:51,a,b,c\n"))
	require.NoError(t, err)
	require.Len(t, pages, 2)
	require.Equal(t, "a", pages[1].Title)
}
