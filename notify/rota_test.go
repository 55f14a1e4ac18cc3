package notify_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/notify"
)

// rotas is a house of three people in one weekly rotation: ana until Monday
// midnight, then ben, then cat.
func rotas(t *testing.T) (*house, *notify.Rotas) {
	t.Helper()
	h := setup(t).staff("ana", "ben", "cat")
	h.options.LinkKey = []byte("a key of the test")
	h.rota("primary", "ana", "ben", "cat")
	return h, notify.NewRotas(h.options)
}

func TestWhoIsOnCallIsToldWithTheEndsOfTheShift(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	h.rota("broken")
	now, err := r.OnCall(t.Context(), start)
	require.NoError(t, err)
	require.Equal(t, []tocsin.Shift{
		{Schedule: "broken", From: start, To: start},
		{Schedule: "primary", Person: "ben", Layer: "base", From: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)},
	}, now)
}

func TestAnOverridePutsSomebodyOnCall(t *testing.T) {
	t.Parallel()
	_, r := rotas(t)
	made, err := r.Override(t.Context(), []tocsin.Override{{Schedule: "primary", Person: "cat", From: start.Add(time.Hour), To: start.Add(2 * time.Hour), By: "cat"}})
	require.NoError(t, err)
	shifts, err := r.Shifts(t.Context(), "primary", start, start.Add(3*time.Hour))
	require.NoError(t, err)
	require.Len(t, shifts, 3)
	require.Equal(t, []any{"cat", made[0].ID}, []any{shifts[1].Person, shifts[1].Override})
}

func TestAnOverrideThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	good := tocsin.Override{Schedule: "primary", Person: "cat", From: start, To: start.Add(time.Hour)}
	for want, spoil := range map[string]func(*tocsin.Override){
		"begin before it ends":         func(o *tocsin.Override) { o.To = o.From },
		"over already":                 func(o *tocsin.Override) { o.From, o.To = start.Add(-2*time.Hour), start.Add(-time.Hour) },
		"at most 400 days":             func(o *tocsin.Override) { o.To = o.From.AddDate(2, 0, 0) },
		"no person named dan":          func(o *tocsin.Override) { o.Person = "dan" },
		"no person named eve":          func(o *tocsin.Override) { o.Instead = "eve" },
		"cannot stand in for themself": func(o *tocsin.Override) { o.Instead = "cat" },
	} {
		o := good
		spoil(&o)
		_, err := r.Override(t.Context(), []tocsin.Override{o})
		h.code(err, tocsin.CodeInvalid, want)
	}
	good.Schedule = "nonesuch"
	_, err := r.Override(t.Context(), []tocsin.Override{good})
	h.code(err, tocsin.CodeNotFound)
	require.Empty(t, h.store.overrides)
}

func TestASwapExchangesTwoShifts(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	week := 7 * 24 * time.Hour
	_, err := r.Swap(t.Context(), "ben", "primary", start, start.Add(week), "a wedding")
	require.NoError(t, err)
	var who []string
	for n := range 4 {
		now, err := r.OnCall(t.Context(), start.Add(time.Duration(n)*week))
		require.NoError(t, err)
		who = append(who, now[0].Person)
	}
	require.Equal(t, []string{"cat", "ben", "ana", "ben"}, who)
	require.Equal(t, "a wedding", h.store.overrides[0].Reason)
	_, err = r.Swap(t.Context(), "ben", "primary", start, start.Add(time.Hour), "")
	h.code(err, tocsin.CodeConflict, "cat is on call at the first moment and cat at the second")
	_, err = r.Swap(t.Context(), "ben", "primary", start.Add(-52*week), start, "")
	h.code(err, tocsin.CodeConflict, "nobody is on call")
}

func TestTheOutlookFindsGapsAndThoseWhomNothingReaches(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	h.store.people["ben"] = tocsin.Person{Name: "ben", Zone: "UTC"}
	delete(h.store.people, "cat")
	s := h.store.schedules["primary"]
	s.Layers[0].Hours = []tocsin.Hours{{Days: []string{"mon"}, From: "00:00", To: "24:00"}}
	s.Layers = append(s.Layers, tocsin.Layer{Name: "never", People: []string{"ana"}, Start: "2030-01-01"})
	h.store.schedules["primary"] = s
	look, err := r.Outlook(t.Context(), "primary", start, start.Add(14*24*time.Hour))
	require.NoError(t, err)
	require.Len(t, look.Gaps, 2)
	require.Equal(t, []string{"ben", "cat"}, []string{look.Unreached[0].Person, look.Unreached[1].Person})
	require.Equal(t, []string{"never"}, look.Idle)
}

func TestWhatPeopleWriteIsRefusedWithItsRemedy(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	ctx := t.Context()
	s := h.store.schedules["primary"]
	require.NoError(t, r.CheckSchedule(ctx, s))
	s.Layers[0].People = []string{"ana", "zoe"}
	h.code(r.CheckSchedule(ctx, s), tocsin.CodeInvalid, "no person named zoe", "tocsin people apply")
	s.Zone = "Mars"
	h.code(r.CheckSchedule(ctx, s), tocsin.CodeInvalid, `no time zone "Mars"`)

	require.NoError(t, r.CheckPerson(h.store.people["ana"]))
	p := tocsin.Person{Name: "dan", Zone: "UTC", Contacts: []tocsin.Contact{{Name: "mail", Channel: "mail"}, {Name: "fax", Channel: "fax"}}}
	h.code(r.CheckPerson(p), tocsin.CodeInvalid, `The channel "mail" is not configured, or cannot carry a page.`, `"fax"`)

	for want, p := range map[string]tocsin.Policy{
		"one of channel, person": {Whisper: []tocsin.Target{{Channel: "chat", Group: "x"}}},
		`no schedule "gone"`:     {Steps: []tocsin.Step{{Targets: []tocsin.Target{{Schedule: "gone"}}}}},
		"no person named zoe":    {Steps: []tocsin.Step{{Targets: []tocsin.Target{{Person: "zoe"}}}}},
		"Write 2 to 4":           {Quiet: &tocsin.Quiet{Severity: 1, Hours: []tocsin.Hours{{From: "22:00", To: "06:00"}}}},
	} {
		h.code(r.CheckPolicy(ctx, p), tocsin.CodeInvalid, want)
	}
}

func TestACalendarIsReadByItsAddressAlone(t *testing.T) {
	t.Parallel()
	h, r := rotas(t)
	for kind, name := range map[string]string{notify.CalendarSchedule: "primary", notify.CalendarPerson: "ben"} {
		url := r.Feed(kind, name)
		rest, ok := strings.CutPrefix(url, "https://tocsin.example/calendar/"+kind+"/"+name+"/")
		require.True(t, ok, url)
		sum := strings.TrimSuffix(rest, ".ics")
		text, err := r.Calendar(t.Context(), kind, name, sum)
		require.NoError(t, err)
		require.Contains(t, string(text), "SUMMARY:ben on call (primary)")
		require.Equal(t, kind == notify.CalendarSchedule, strings.Contains(string(text), "SUMMARY:ana"))
		_, err = r.Calendar(t.Context(), kind, "another", sum)
		h.code(err, tocsin.CodeForbidden)
	}
	_, err := r.Calendar(t.Context(), notify.CalendarSchedule, "primary", "")
	h.code(err, tocsin.CodeForbidden)
}
