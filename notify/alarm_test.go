package notify_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func TestARingCarriesTheWholeEvidence(t *testing.T) {
	t.Parallel()
	h := setup(t)
	i := h.incident("ana@mail I cannot sign in", "ben@forum my code never comes, call +43 660 1234567")
	h.alert(ring(i))
	a := h.phone.alarms[0]
	require.Equal(t, "Suspected in Sign-in: 2 people on 2 channels report can't sign in", a.Summary)
	require.Equal(t, "https://tocsin.example/incidents/"+strings.TrimPrefix(a.Dedup, "incident-"), a.URL)
	require.Equal(t, tocsin.TierRing, a.Tier)
	require.Equal(t, "identity", a.Area.Team)
	for _, want := range []string{
		a.Summary, "2 people on 2 channels (forum 1, mail 2)", "0.4 people in 20m0s; 2 were seen",
		"2026-11-23 02:40 UTC, last 2026-11-23 03:00 UTC", "can't sign in; code never comes", "9 people where 0.4 are expected",
		"a newsletter went out", "identity", "https://runbooks.example/sign-in", a.URL,
		"mail, 2026-11-23 03:00 UTC\n  I cannot sign in", "my code never comes, call [phone]",
	} {
		require.Contains(t, a.Body, want)
	}
}

func TestARingCarriesTheEvidenceAsItIsNow(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("ana@mail")
	h.alert(ring(id))
	i := h.store.incidents[id]
	i.People = 40
	h.store.incidents[id] = i
	h.runFor(6 * time.Minute)
	require.Contains(t, h.phone.alarms[0].Summary, "1 person on")
	require.Contains(t, h.phone.alarms[1].Summary, "40 people on", "the second step sees what is known by then")
}

func TestAllNoticesOfAnIncidentShareOneDedupKey(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.alert(ring(h.incident("ana@mail")))
	h.runFor(time.Hour)
	require.Len(t, h.phone.alarms, 3)
	keys := map[string]bool{}
	for _, a := range append(h.phone.alarms, h.chat.alarms...) {
		require.Equal(t, h.phone.alarms[0].Dedup, a.Dedup)
		keys[a.Key] = true
	}
	require.Len(t, keys, 4)
}

func TestTriagesQuotesComeFirstAndAtMostThree(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("a@mail one", "b@mail two", "c@mail three", "d@mail four", "e@mail five")
	i := h.store.incidents[id]
	for _, k := range []int{4, 0, 2, 1} {
		i.Explanation.Quotes = append(i.Explanation.Quotes, h.store.members[id][k].Report.ID)
	}
	i.Explanation.Quotes = append([]int64{i.Explanation.Quotes[0], 9999}, i.Explanation.Quotes[1:]...)
	h.store.incidents[id] = i
	h.alert(ring(id))
	require.Equal(t, []string{"five", "one", "three"}, quotes(h.phone.alarms[0]), "the second was erased: the next stands in for it")
	h.store.members[id][4].Report.DeletedAt = h.clock
	i.Explanation.Quotes = nil
	h.store.incidents[id] = i
	h.runFor(6 * time.Minute)
	require.Equal(t, []string{"four", "three", "two"}, quotes(h.phone.alarms[1]), "without a choice the latest that were not deleted")
}

func quotes(a tocsin.Alarm) []string {
	var texts []string
	for _, q := range a.Quotes {
		texts = append(texts, q.Text)
	}
	return texts
}

func TestStrangersWordsAreHarmlessOnEveryMedium(t *testing.T) {
	t.Parallel()
	h := setup(t)
	id := h.incident("ana@mail down\r\nBcc: all@example.org\x1b[31m\u202e " + strings.Repeat("very ", 200))
	i := h.store.incidents[id]
	i.Title = "call 0660 1234567 " + strings.Repeat("now ", 100)
	i.Explanation.Phrases = []string{"ana@example.org", "two\nlines", "3", "4", "5", "6"}
	i.Explanation.Summary, i.Explanation.Why, i.Explanation.False = "by ana@example.org", "ana@example.org said so", "ana@example.org lied"
	h.store.incidents[id] = i
	h.alert(ring(id))
	a := h.phone.alarms[0]
	require.LessOrEqual(t, utf8.RuneCountInString(a.Summary), 120)
	require.Equal(t, []string{"[mail]", "two lines", "3", "4", "5"}, a.Incident.Explanation.Phrases)
	all := a.Summary + a.Body + a.Quotes[0].Text + a.Incident.Title + a.Incident.Explanation.Summary
	for _, bad := range []string{"example.org", "1234567", "\r", "\x1b", "\u202e", "two\n"} {
		require.NotContains(t, all, bad)
	}
	require.LessOrEqual(t, utf8.RuneCountInString(a.Quotes[0].Text), 240)
	require.Equal(t, "ana@example.org", h.store.incidents[id].Explanation.Phrases[0], "the incident itself is not touched")
}

func TestTheSummarySaysHowSureWeAre(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*tocsin.Incident){
		"Confirmed in Sign-in: ": func(i *tocsin.Incident) { i.Verdict = tocsin.VerdictConfirmed },
		"Flood in Sign-in: ":     func(i *tocsin.Incident) { i.Kind = tocsin.KindFlood },
		"Suspected: ":            func(i *tocsin.Incident) { i.Area = "" },
		"report a problem":       func(i *tocsin.Incident) { i.Title, i.Explanation.Phrases = "", nil },
		"report can't sign in, ": func(i *tocsin.Incident) { i.Title = "" },
	} {
		h := setup(t)
		id := h.incident("ana@mail")
		i := h.store.incidents[id]
		change(&i)
		h.store.incidents[id] = i
		h.alert(whisper(id))
		require.Contains(t, h.chat.alarms[0].Summary, want)
	}
}

func TestAPageWithoutBaseURLOrWindowLeavesTheLinesOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.options.BaseURL = ""
	h.restart()
	id := h.incident("ana@mail")
	i := h.store.incidents[id]
	i.Explanation = tocsin.Explanation{}
	h.store.incidents[id] = i
	h.alert(whisper(id))
	a := h.chat.alarms[0]
	require.Empty(t, a.URL)
	require.NotContains(t, a.Body, "Look here")
	require.NotContains(t, a.Body, "Expected")
	require.NotContains(t, a.Body, "Phrases")
}
