package backtest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestOneMomentInManyForms(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	want := time.Date(2026, 7, 1, 14, 5, 0, 0, time.UTC)
	for _, text := range []string{
		"2026-07-01T14:05:00Z", "2026-07-01T16:05:00+02:00", "2026-07-01T16:05:00+0200", " 2026-07-01T14:05:00.000Z ",
		"2026-07-01 14:05:00 UTC", "2026-07-01 14:05:00Z", "2026-07-01 10:05:00 -0400", "2026-07-01 16:05:00 +02:00", "2026-07-01 14:05:00 GMT",
		"2026-07-01T16:05:00", "2026-07-01 16:05:00", "2026-07-01 16:05", "2026-07-01T16:05",
		"Jul 1, 2026 16:05", "Jul 1, 2026 4:05 PM", "Jul 1, 2026 at 4:05 PM", "July 1, 2026 4:05 PM", "1 Jul 2026 16:05",
		"1782914700", "1782914700000",
	} {
		at, err := Reader{Zone: berlin}.moment(text)
		require.NoError(t, err, text)
		require.Equal(t, want, at, text)
	}
}

func TestWhatMayBeTwoTimesIsNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"03/02/2026 08:16", "3.2.2026 8:16", "2026-07-01", "noon", "0001-01-01T00:00:00Z", "9999-01-01 00:00", "-1", "2026-13-01 10:00", "99999999999999999999"} {
		_, err := Reader{}.moment(text)
		require.ErrorContains(t, err, "cannot be read", text)
	}
	_, err := Reader{}.moment("  ")
	require.ErrorIs(t, err, errNoTime)
}

func TestWithoutAZoneTimesAreUTC(t *testing.T) {
	t.Parallel()
	at, err := Reader{}.moment("2026-07-01 14:05")
	require.NoError(t, err)
	require.Equal(t, time.Date(2026, 7, 1, 14, 5, 0, 0, time.UTC), at)
}
