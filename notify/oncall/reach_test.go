package oncall

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/tocsin/tocsin"
)

func mara() tocsin.Person {
	return tocsin.Person{
		Name: "mara", Zone: "Europe/Vienna",
		Contacts: []tocsin.Contact{{Name: "mail", Channel: "mail", To: "m@x.org"}, {Name: "phone", Channel: "sms", To: "+43"}},
		Rules: []tocsin.Rule{
			{Contact: "phone", Tier: tocsin.TierRing, Severity: 2, After: tocsin.Duration(time.Minute)},
			{Contact: "mail", Tier: tocsin.TierRing},
		},
	}
}

func ways(p tocsin.Person, tier tocsin.Tier, severity int) string {
	var said []string
	for _, w := range Ways(p, tier, severity) {
		said = append(said, w.Contact.Name+" "+w.After.String())
	}
	return strings.Join(said, ", ")
}

func TestRulesSayByWhichContactAndWhen(t *testing.T) {
	t.Parallel()
	p := mara()
	require.Equal(t, "mail 0s, phone 1m0s", ways(p, tocsin.TierRing, 1))
	require.Equal(t, "mail 0s", ways(p, tocsin.TierRing, 3))
	require.Equal(t, "mail 0s, phone 0s", ways(p, tocsin.TierWhisper, 3), "no rule fits: every contact")
	p.Rules = nil
	require.Equal(t, "mail 0s, phone 0s", ways(p, tocsin.TierRing, 1))
	p.Contacts = nil
	require.Empty(t, ways(p, tocsin.TierRing, 1))
}

func TestAPersonNobodyCanReachIsRefused(t *testing.T) {
	t.Parallel()
	for want, spoil := range map[string]func(*tocsin.Person){
		"zone There is no time zone":                        func(p *tocsin.Person) { p.Zone = "Vienna" },
		"contacts There is no way to reach mara.":           func(p *tocsin.Person) { p.Contacts, p.Rules = nil, nil },
		"contacts[1].name There are two contacts named":     func(p *tocsin.Person) { p.Contacts[1].Name = "mail" },
		"contacts[0].name Give this contact a short name":   func(p *tocsin.Person) { p.Contacts[0].Name = "" },
		"contacts[0].channel This contact names no channel": func(p *tocsin.Person) { p.Contacts[0].Channel = "" },
		`rules[0].contact There is no contact named "fax"`:  func(p *tocsin.Person) { p.Rules[0].Contact = "fax" },
		`rules[0].tier "shout" is no bell`:                  func(p *tocsin.Person) { p.Rules[0].Tier = "shout" },
		"rules[0].severity 5 is no severity":                func(p *tocsin.Person) { p.Rules[0].Severity = 5 },
		"rules[0].after Write 0s to 24h":                    func(p *tocsin.Person) { p.Rules[0].After = -1 },
	} {
		p := mara()
		spoil(&p)
		found := ""
		for _, f := range CheckPerson(p) {
			found += f.Key + " " + f.Text + "\n"
		}
		require.Contains(t, found, want)
	}
	require.Empty(t, CheckPerson(mara()))
}

func TestMildIncidentsWaitForTheMorningOfThePerson(t *testing.T) {
	t.Parallel()
	q := tocsin.Quiet{Severity: 3, Hours: []tocsin.Hours{{From: "22:00", To: "07:00"}, {Days: []string{"sat", "sun"}, From: "00:00", To: "24:00"}}}
	until := func(zone string, severity int, moment string) string {
		end := Until(q, zone, severity, at(t, moment))
		if end.IsZero() {
			return "now"
		}
		return end.Format("2006-01-02 15:04")
	}
	require.Equal(t, "2026-11-24 06:00", until("Europe/Vienna", 3, "2026-11-24 02:00"))
	require.Equal(t, "now", until("Europe/Vienna", 2, "2026-11-24 02:00"), "it is bad")
	require.Equal(t, "now", until("America/Denver", 4, "2026-11-24 02:00"), "it is evening there")
	require.Equal(t, "now", until("Europe/Vienna", 3, "2026-11-24 06:00"))
	require.Equal(t, "2026-11-30 06:00", until("Europe/Vienna", 4, "2026-11-27 23:00"), "a night, a weekend and a night are one")
	require.Equal(t, "now", until("Nowhere", 4, "2026-11-24 02:00"), "what is wrong must not silence anybody")
	q.Hours = []tocsin.Hours{{From: "00:00", To: "24:00"}}
	require.Equal(t, "now", until("Europe/Vienna", 4, "2026-11-24 02:00"), "hours without an end would silence for ever")
}

func TestQuietHoursAreChecked(t *testing.T) {
	t.Parallel()
	require.Len(t, CheckQuiet(tocsin.Quiet{}), 2)
	require.Len(t, CheckQuiet(tocsin.Quiet{Severity: 1, Hours: []tocsin.Hours{{From: "22:00", To: "x"}}}), 2)
	require.Empty(t, CheckQuiet(tocsin.Quiet{Severity: 4, Hours: []tocsin.Hours{{From: "22:00", To: "07:00"}}}))
}
