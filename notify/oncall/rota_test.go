package oncall

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// at reads 2026-11-23 09:00 as UTC.
func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse("2006-01-02 15:04", text)
	require.NoError(t, err)
	return moment
}

// weekly is three people in Vienna who take over on Mondays at nine.
func weekly() tocsin.Schedule {
	return tocsin.Schedule{Name: "primary", Zone: "Europe/Vienna", Layers: []tocsin.Layer{
		{Name: "base", People: []string{"ana", "ben", "cem"}, Start: "2026-10-12"},
	}}
}

// who asks a rota of several moments.
func who(t *testing.T, s tocsin.Schedule, overrides []tocsin.Override, moments ...string) []string {
	t.Helper()
	r, err := New(s, overrides)
	require.NoError(t, err)
	people := make([]string, len(moments))
	for n, text := range moments {
		people[n] = r.At(at(t, text)).Person
	}
	return people
}

func TestAWeekEndsAtNineInSummerAndInWinter(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"", "ana", "ana", "ben", "ben", "cem", "ana"}, who(t, weekly(), nil,
		"2026-10-12 06:59", "2026-10-12 07:00", "2026-10-19 06:59", "2026-10-19 07:00",
		"2026-10-26 07:59", "2026-10-26 08:00", "2026-11-02 08:00")) // winter begins on 2026-10-25
}

func TestADayIsHandedOverAtItsHour(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers[0].Every, s.Layers[0].Handoff = "daily", "17:30"
	require.Equal(t, []string{"ana", "ben", "cem", "ana"}, who(t, s, nil,
		"2026-10-12 15:30", "2026-10-13 15:30", "2026-10-14 16:00", "2026-10-15 15:30"))
}

func TestAShiftMayHaveAnyLength(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers[0].Every = "12h"
	require.Equal(t, []string{"ana", "ben", "cem"}, who(t, s, nil, "2026-10-12 07:00", "2026-10-12 19:00", "2026-10-13 07:00"))
	s.Layers[0].Every = "3d"
	require.Equal(t, []string{"ana", "ben"}, who(t, s, nil, "2026-10-15 06:59", "2026-10-15 07:00"))
	s.Layers[0].Every = "2w"
	require.Equal(t, []string{"ana", "ben"}, who(t, s, nil, "2026-10-26 07:59", "2026-10-26 08:00"))
}

func TestWorkFollowsTheSun(t *testing.T) {
	t.Parallel()
	days := []tocsin.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}
	s := tocsin.Schedule{Name: "sun", Zone: "UTC", Layers: []tocsin.Layer{
		{Name: "sydney", Zone: "Australia/Sydney", People: []string{"syd"}, Start: "2026-01-01", Hours: days},
		{Name: "vienna", Zone: "Europe/Vienna", People: []string{"vie"}, Start: "2026-01-01", Hours: days},
		{Name: "denver", Zone: "America/Denver", People: []string{"den"}, Start: "2026-01-01", Hours: days},
		{Name: "nights", People: []string{"owl"}, Start: "2026-01-01"},
	}}
	require.Equal(t, []string{"syd", "owl", "vie", "den", "syd", "owl"}, who(t, s, nil,
		"2026-11-23 03:00", "2026-11-23 07:00", "2026-11-23 15:59", "2026-11-23 16:00", "2026-11-24 00:00", "2026-11-22 12:00"))
}

func TestANightBelongsToTheDayOnWhichItBegins(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers = []tocsin.Layer{{Name: "friday night", People: []string{"owl"}, Start: "2026-01-01", Zone: "UTC", Hours: []tocsin.Hours{{Days: []string{"Fri"}, From: "22:00", To: "06:00"}}}}
	require.Equal(t, []string{"", "owl", "owl", "", ""}, who(t, s, nil,
		"2026-11-27 21:59", "2026-11-27 22:00", "2026-11-28 05:59", "2026-11-28 06:00", "2026-11-28 23:00"))
}

func TestHolidaysTakeALayerOutOrIn(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Holidays = []tocsin.Holidays{{Name: "austria", Days: []string{"2026-12-25", "2026-12-26"}}}
	s.Layers = []tocsin.Layer{
		{Name: "office", People: []string{"ana"}, Start: "2026-01-01", Except: []string{"austria"}, Hours: []tocsin.Hours{{From: "09:00", To: "17:00"}}},
		{Name: "feast", People: []string{"ben"}, Start: "2026-01-01", Only: []string{"austria"}},
		{Name: "base", People: []string{"cem"}, Start: "2026-01-01"},
	}
	require.Equal(t, []string{"ana", "cem", "ben", "ben", "cem", "ana"}, who(t, s, nil,
		"2026-12-24 10:00", "2026-12-24 20:00", "2026-12-25 10:00", "2026-12-26 22:59", "2026-12-26 23:00", "2026-12-28 10:00"))
}

func TestTheLatestOverrideWins(t *testing.T) {
	t.Parallel()
	day := func(id int64, person, instead, from, to string) tocsin.Override {
		return tocsin.Override{ID: id, Schedule: "primary", Person: person, Instead: instead, From: at(t, from), To: at(t, to)}
	}
	all := []tocsin.Override{
		day(3, "eve", "dan", "2026-10-13 00:00", "2026-10-14 00:00"),
		day(2, "dan", "", "2026-10-12 12:00", "2026-10-15 00:00"),
		day(4, "zoe", "ben", "2026-10-01 00:00", "2026-12-01 00:00"),
		{ID: 5, Schedule: "another", Person: "nobody", From: at(t, "2026-01-01 00:00"), To: at(t, "2027-01-01 00:00")},
	}
	require.Equal(t, []string{"ana", "dan", "eve", "dan", "ana", "zoe"}, who(t, weekly(), all,
		"2026-10-12 11:59", "2026-10-12 12:00", "2026-10-13 00:00", "2026-10-14 00:00", "2026-10-15 00:00", "2026-10-20 12:00"))
}

func TestASwapIsTwoOverrides(t *testing.T) {
	t.Parallel()
	swap := []tocsin.Override{
		{ID: 1, Schedule: "primary", Person: "ben", Instead: "ana", From: at(t, "2026-10-12 00:00"), To: at(t, "2026-10-19 07:00")},
		{ID: 2, Schedule: "primary", Person: "ana", Instead: "ben", From: at(t, "2026-10-19 07:00"), To: at(t, "2026-10-26 08:00")},
	}
	require.Equal(t, []string{"ben", "ana", "cem"}, who(t, weekly(), swap, "2026-10-14 00:00", "2026-10-21 00:00", "2026-10-28 00:00"))
}

func TestGapsAreFoundAhead(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers[0].Hours = []tocsin.Hours{{From: "00:00", To: "23:00"}}
	r, err := New(s, []tocsin.Override{{ID: 1, Schedule: "primary", Person: "dan", From: at(t, "2026-11-24 00:00"), To: at(t, "2026-11-24 23:59")}})
	require.NoError(t, err)
	gaps, err := r.Gaps(at(t, "2026-11-23 00:00"), at(t, "2026-11-26 00:00"))
	require.NoError(t, err)
	said := make([]string, len(gaps))
	for n, g := range gaps {
		said[n] = g.From.Format("02 15:04") + " to " + g.To.Format("02 15:04")
	}
	require.Equal(t, []string{"23 22:00 to 23 23:00", "25 22:00 to 25 23:00"}, said)

	full, err := New(weekly(), nil)
	require.NoError(t, err)
	gaps, err = full.Gaps(at(t, "2026-11-23 00:00"), at(t, "2027-11-23 00:00"))
	require.NoError(t, err)
	require.Empty(t, gaps)
}

func TestALayerThatIsNeverReachedIsNamed(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers = append(s.Layers, tocsin.Layer{Name: "beneath", People: []string{"dan"}, Start: "2026-01-01"})
	r, err := New(s, nil)
	require.NoError(t, err)
	idle, err := r.Idle(at(t, "2026-11-01 00:00"), at(t, "2026-12-01 00:00"))
	require.NoError(t, err)
	require.Equal(t, []string{"beneath"}, idle)
}

func TestShiftsOfAYearAreFewAndTouch(t *testing.T) {
	t.Parallel()
	r, err := New(weekly(), nil)
	require.NoError(t, err)
	shifts, err := r.Shifts(at(t, "2026-10-12 07:00"), at(t, "2027-10-11 07:00"))
	require.NoError(t, err)
	require.Len(t, shifts, 52)
	for n := 1; n < len(shifts); n++ {
		require.Equal(t, shifts[n-1].To, shifts[n].From)
		require.NotEqual(t, shifts[n-1].Person, shifts[n].Person)
	}
	for _, to := range []time.Time{at(t, "2026-10-12 07:00"), at(t, "2029-10-12 07:00")} {
		_, err = r.Shifts(at(t, "2026-10-12 07:00"), to)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err))
	}
}

func TestOnePersonAloneIsAlwaysOnCall(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers[0].People = []string{"ana", "ana"}
	r, err := New(s, nil)
	require.NoError(t, err)
	shifts, err := r.Shifts(at(t, "2026-11-01 00:00"), at(t, "2026-12-01 00:00"))
	require.NoError(t, err)
	require.Len(t, shifts, 1)
}

func TestEachMistakeIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*tocsin.Schedule){
		`zone: There is no time zone "Europe/Viena". Write its IANA name`: func(s *tocsin.Schedule) { s.Zone = "Europe/Viena" },
		`zone: The time zone is missing.`:                                 func(s *tocsin.Schedule) { s.Zone = "" },
		`There is no time zone "Local"`:                                   func(s *tocsin.Schedule) { s.Layers[0].Zone = "Local" },
		`nobody would ever be on call`:                                    func(s *tocsin.Schedule) { s.Layers = nil },
		`layers[0].people: This layer has 0 people.`:                      func(s *tocsin.Schedule) { s.Layers[0].People = nil },
		`One of the people has no name`:                                   func(s *tocsin.Schedule) { s.Layers[0].People = []string{"a", ""} },
		`layers[0].start: "next week" is no date.`:                        func(s *tocsin.Schedule) { s.Layers[0].Start = "next week" },
		`layers[0].handoff: "25:00" is no time of day.`:                   func(s *tocsin.Schedule) { s.Layers[0].Handoff = "25:00" },
		`"9:5" is no time of day`:                                         func(s *tocsin.Schedule) { s.Layers[0].Handoff = "9:5" },
		`layers[0].every: "0d" is no length of a shift.`:                  func(s *tocsin.Schedule) { s.Layers[0].Every = "0d" },
		`"367d" is no length`:                                             func(s *tocsin.Schedule) { s.Layers[0].Every = "367d" },
		`"fortnight" is no length`:                                        func(s *tocsin.Schedule) { s.Layers[0].Every = "fortnight" },
		`layers[0].hours[0]: "monday" is no day.`: func(s *tocsin.Schedule) {
			s.Layers[0].Hours = []tocsin.Hours{{Days: []string{"monday"}, From: "09:00", To: "17:00"}}
		},
		`"" is no time of day`:                        func(s *tocsin.Schedule) { s.Layers[0].Hours = []tocsin.Hours{{From: "09:00"}} },
		`names the holidays "xmas", which`:            func(s *tocsin.Schedule) { s.Layers[0].Except = []string{"xmas"} },
		`holidays[0].days[0]: "christmas" is no date`: func(s *tocsin.Schedule) { s.Holidays = []tocsin.Holidays{{Name: "x", Days: []string{"christmas"}}} },
		`Give these holidays a name`:                  func(s *tocsin.Schedule) { s.Holidays = []tocsin.Holidays{{}} },
		`This schedule has 51 layers`: func(s *tocsin.Schedule) {
			for range 50 {
				s.Layers = append(s.Layers, s.Layers[0])
			}
		},
	} {
		s := weekly()
		spoil(&s)
		_, err := New(s, nil)
		require.Equal(t, tocsin.CodeInvalid, tocsin.CodeOf(err), want)
		require.Contains(t, tocsin.MessageOf(err), want)
	}
}

func TestPeopleAreNamedOnce(t *testing.T) {
	t.Parallel()
	s := weekly()
	s.Layers = append(s.Layers, tocsin.Layer{People: []string{"ben", "abe"}})
	require.Equal(t, []string{"abe", "ana", "ben", "cem"}, People(s))
}

func BenchmarkWhoIsOnCall(b *testing.B) {
	hours := []tocsin.Hours{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "17:00"}}
	s := tocsin.Schedule{Name: "sun", Zone: "Europe/Vienna", Holidays: []tocsin.Holidays{{Name: "at", Days: []string{"2026-12-25"}}}}
	for _, zone := range []string{"Australia/Sydney", "Europe/Vienna", "America/Denver"} {
		s.Layers = append(s.Layers, tocsin.Layer{Name: zone, Zone: zone, People: []string{"a", "b", "c"}, Start: "2026-01-05", Hours: hours, Except: []string{"at"}})
	}
	s.Layers = append(s.Layers, tocsin.Layer{Name: "nights", People: []string{"d", "e"}, Start: "2026-01-05"})
	var overrides []tocsin.Override
	for n := range 50 {
		from := at(b, "2026-06-01 00:00").Add(time.Duration(n) * 24 * time.Hour)
		overrides = append(overrides, tocsin.Override{ID: int64(n), Schedule: "sun", Person: fmt.Sprint(n), From: from, To: from.Add(4 * time.Hour)})
	}
	r, err := New(s, overrides)
	require.NoError(b, err)
	now, n := at(b, "2026-01-10 00:00"), 0
	for b.Loop() {
		r.At(now.Add(time.Duration(n%500_000) * time.Minute))
		n++
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "questions/s")
}
