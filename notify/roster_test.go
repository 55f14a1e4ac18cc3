package notify_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

// staff adds people of Vienna who are reached by phone, and gives the house.
func (h *house) staff(names ...string) *house {
	for _, name := range names {
		h.store.people[name] = tocsin.Person{Name: name, Zone: "Europe/Vienna", Contacts: []tocsin.Contact{{Name: "phone", Channel: "phone", To: name}}}
	}
	return h
}

// rota makes a schedule of one person for each week, from the week before start.
func (h *house) rota(name string, people ...string) {
	h.store.schedules[name] = tocsin.Schedule{Name: name, Zone: "UTC", Layers: []tocsin.Layer{
		{Name: "base", People: people, Start: "2026-11-16", Handoff: "00:00"},
	}}
}

// steps makes the default policy of steps with a target each.
func (h *house) steps(targets ...tocsin.Target) {
	policy := tocsin.Policy{Name: tocsin.PolicyDefault, Whisper: []tocsin.Target{{Channel: "chat", To: "#support"}}}
	for _, t := range targets {
		policy.Steps = append(policy.Steps, tocsin.Step{Name: t.String(), Targets: []tocsin.Target{t}, Wait: tocsin.Duration(5 * time.Minute)})
	}
	h.store.policies[policy.Name] = policy
}

func TestAStepCallsWhoIsOnCallWhenItBegins(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana", "ben", "cat")
	h.rota("primary", "ana", "ben") // ben's week
	h.steps(tocsin.Target{Schedule: "primary"}, tocsin.Target{Schedule: "primary"})
	h.store.overrides = []tocsin.Override{{ID: 1, Schedule: "primary", Person: "cat", From: start.Add(2 * time.Minute), To: start.Add(time.Hour)}}
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ben", h.phone.rung())
	require.True(t, h.said("page", "A ring goes to whoever is on call in primary (ben by phone)."))
	h.runFor(6 * time.Minute)
	require.Equal(t, "ben cat", h.phone.rung(), "the shift changed before the second step")
}

func TestGroupsAndEveryoneAreCalledOnceEach(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana", "ben", "cat")
	ben := h.store.people["ben"]
	ben.Groups = []string{"identity"}
	h.store.people["ben"] = ben
	h.steps(tocsin.Target{Group: "identity"}, tocsin.Target{Everyone: true})
	policy := h.store.policies[tocsin.PolicyDefault]
	policy.Steps[0].Targets = append(policy.Steps[0].Targets, tocsin.Target{Person: "ben"})
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "ben", h.phone.rung())
	h.runFor(6 * time.Minute)
	require.Equal(t, "ben ana ben cat", h.phone.rung())
}

func TestNobodyIsUnpagedInSilence(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		target tocsin.Target
		spoil  func(*house)
		said   string
	}{
		"a gap":             {tocsin.Target{Schedule: "primary"}, func(h *house) { h.rota("primary"); h.gap("primary") }, "Nobody is on call in primary: whoever is on call in primary."},
		"no such schedule":  {tocsin.Target{Schedule: "primary"}, func(*house) {}, "There is no schedule primary"},
		"an empty rotation": {tocsin.Target{Schedule: "primary"}, func(h *house) { h.rota("primary") }, "The schedule primary cannot be read"},
		"a zone that went": {tocsin.Target{Schedule: "primary"}, func(h *house) {
			h.rota("primary", "ana")
			s := h.store.schedules["primary"]
			s.Zone = "Mars/Base"
			h.store.schedules["primary"] = s
		}, "The schedule primary cannot be read"},
		"no contact":     {tocsin.Target{Person: "dan"}, func(h *house) { h.store.people["dan"] = tocsin.Person{Name: "dan", Zone: "UTC"} }, "dan has no contact: dan."},
		"no person":      {tocsin.Target{Person: "eve"}, func(*house) {}, "Nobody is called eve"},
		"an empty group": {tocsin.Target{Group: "ghosts"}, func(*house) {}, "There is nobody in the group ghosts"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := setup(t).staff("ana")
			h.steps(c.target, tocsin.Target{Person: "ana"})
			c.spoil(h)
			h.alert(ring(h.incident("ana@mail")))
			require.Equal(t, "ana", h.phone.rung(), "the next step at once")
			require.True(t, h.said("page", c.said), "%+v", h.store.events)
			require.Equal(t, 1, h.page(tocsin.TierRing).Step)
			h.runFor(time.Hour)
			require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State, "it climbs on from there")
		})
	}
}

// gap makes a schedule cover nothing.
func (h *house) gap(name string) {
	s := h.store.schedules[name]
	s.Layers[0].People = []string{"ana"}
	s.Layers[0].Start = "2027-01-01"
	h.store.schedules[name] = s
}

func TestAPolicyThatReachesNobodyIsExhaustedAtOnceAndSaysSo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.steps(tocsin.Target{Group: "ghosts"}, tocsin.Target{Person: "eve"})
	i := h.incident("ana@mail")
	h.alert(ring(i))
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
	require.True(t, h.said("page", "Nobody could be called: policy default has nobody who can be reached for a ring."))
	require.Equal(t, "#support", h.chat.rung(), "support is told all the same")
	h.staff("eve")
	h.confirm(i)
	h.runFor(time.Second)
	require.Equal(t, "eve", h.phone.rung(), "the verdict rings anew")
}

func TestThePagesStepThatLostItsPeopleGoesOnAtOnce(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana", "ben")
	h.steps(tocsin.Target{Person: "ana"}, tocsin.Target{Group: "ghosts"}, tocsin.Target{Person: "ben"})
	h.alert(ring(h.incident("ana@mail")))
	h.runFor(6 * time.Minute)
	require.Equal(t, "ana ben", h.phone.rung())
	h.runFor(time.Hour)
	require.Equal(t, tocsin.PageExhausted, h.page(tocsin.TierRing).State)
}

// mara is reached by chat at once and by phone a minute later.
func (h *house) mara() {
	h.store.people["mara"] = tocsin.Person{
		Name: "mara", Zone: "Europe/Vienna",
		Contacts: []tocsin.Contact{{Name: "chat", Channel: "chat", To: "@mara"}, {Name: "phone", Channel: "phone", To: "mara"}},
		Rules:    []tocsin.Rule{{Contact: "chat"}, {Contact: "phone", Tier: tocsin.TierRing, After: tocsin.Duration(time.Minute)}},
	}
	h.steps(tocsin.Target{Person: "mara"})
}

func TestAPersonsRulesSayWhenEachContactIsUsed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.mara()
	h.alert(ring(h.incident("ana@mail")))
	require.Contains(t, h.chat.rung(), "@mara")
	require.Empty(t, h.phone.rung())
	require.True(t, h.said("page", "mara by chat, mara by phone at 03:01 UTC"))
	h.runFor(time.Minute)
	require.Equal(t, "mara", h.phone.rung())
}

func TestAnAnswerSparesThePersonTheirOtherContacts(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.mara()
	i := h.incident("ana@mail")
	h.alert(ring(i))
	_, err := h.pager.AckIncident(t.Context(), "mara", i)
	require.NoError(t, err)
	h.runFor(time.Hour)
	require.Empty(t, h.phone.rung())
}

func TestWhatWasPutOffIsTriedAtOnceWhenAllElseFailed(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.mara()
	h.chat.answer = permanent
	h.alert(ring(h.incident("ana@mail")))
	require.Equal(t, "mara", h.phone.rung(), "nobody waits a minute for the second contact")
	require.True(t, h.said("page", "What was tried first failed. mara by phone is told now."))
	h.runFor(2 * time.Minute)
	require.Equal(t, "mara", h.phone.rung(), "and it is not told twice")
}

// quiet makes mild incidents wait at night.
func (h *house) quiet() {
	policy := h.store.policies[tocsin.PolicyDefault]
	policy.Quiet = &tocsin.Quiet{Severity: 3, Hours: []tocsin.Hours{{From: "22:00", To: "07:00"}}}
	h.store.policies[tocsin.PolicyDefault] = policy
}

func (h *house) severity(incident int64, severity int) {
	i := h.store.incidents[incident]
	i.Severity = severity
	h.store.incidents[incident] = i
}

func TestAMildIncidentWaitsForThePersonsMorning(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana") // it is four in the morning in Vienna
	h.steps(tocsin.Target{Person: "ana"}, tocsin.Target{Channel: "phone", To: "desk"})
	h.quiet()
	i := h.incident("ana@mail")
	h.severity(i, 3)
	h.alert(ring(i))
	require.Empty(t, h.phone.rung())
	require.True(t, h.said("page", "ana by phone at 06:00 UTC, after quiet hours"))
	h.runFor(2*time.Hour + 58*time.Minute)
	require.Empty(t, h.phone.rung())
	h.runFor(2 * time.Minute)
	require.Equal(t, "ana", h.phone.rung())
	h.runFor(6 * time.Minute)
	require.Equal(t, "ana desk", h.phone.rung(), "an answer is waited for from the morning on")
}

func TestABadIncidentWaitsForNobodysMorning(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana")
	h.steps(tocsin.Target{Person: "ana"})
	h.quiet()
	i := h.incident("ana@mail")
	h.severity(i, 2)
	h.alert(ring(i))
	require.Equal(t, "ana", h.phone.rung())
}

func TestWhatGrowsWorseInQuietHoursIsToldAtOnce(t *testing.T) {
	t.Parallel()
	h := setup(t).staff("ana")
	h.steps(tocsin.Target{Person: "ana"})
	h.quiet()
	i := h.incident("ana@mail")
	h.severity(i, 4)
	h.alert(ring(i))
	_, err := h.do(tocsin.RefreshJob{Incident: i})
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Empty(t, h.phone.rung(), "it is still mild")
	h.severity(i, 1)
	_, err = h.do(tocsin.RefreshJob{Incident: i})
	require.NoError(t, err)
	h.runFor(time.Minute)
	require.Equal(t, "ana", h.phone.rung())
	h.runFor(5 * time.Hour)
	require.Equal(t, "ana", h.phone.rung(), "the morning brings no double")
}
