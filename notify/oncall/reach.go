package oncall

import (
	"fmt"
	"slices"
	"time"

	"github.com/tocsin/tocsin"
)

// CheckPerson finds what is wrong with a person by themself; whether the channels
// are there and can page is for the caller.
func CheckPerson(p tocsin.Person) []Fault {
	var f faults
	_, err := Zone(p.Zone)
	f.take("zone", err)
	if len(p.Contacts) == 0 {
		f.add("contacts", "There is no way to reach %s. Give at least one contact: {name: phone, channel, to}.", or(p.Name, "this person"))
	}
	names := map[string]bool{}
	for n, c := range p.Contacts {
		key := fmt.Sprintf("contacts[%d]", n)
		switch {
		case c.Name == "" || len(c.Name) > mostPerName:
			f.add(key+".name", "Give this contact a short name, such as phone.")
		case names[c.Name]:
			f.add(key+".name", "There are two contacts named %q. Give one another name.", c.Name)
		}
		names[c.Name] = true
		if c.Channel == "" {
			f.add(key+".channel", "This contact names no channel.")
		}
	}
	for n, r := range p.Rules {
		f.rule(fmt.Sprintf("rules[%d]", n), r, names)
	}
	return f
}

// lateMost is the latest that a rule may call: later than that a step is over.
const lateMost = 24 * time.Hour

func (f *faults) rule(key string, r tocsin.Rule, contacts map[string]bool) {
	switch {
	case !contacts[r.Contact]:
		f.add(key+".contact", "There is no contact named %q. A rule names one of the person's contacts.", r.Contact)
	case !slices.Contains([]tocsin.Tier{tocsin.TierNone, tocsin.TierWhisper, tocsin.TierRing}, r.Tier):
		f.add(key+".tier", "%q is no bell. Write ring or whisper, or leave it out for both.", r.Tier)
	case r.Severity < 0 || r.Severity > 4:
		f.add(key+".severity", "%d is no severity. Write 1 (worst) to 4, or leave it out for all.", r.Severity)
	case r.After < 0 || time.Duration(r.After) > lateMost:
		f.add(key+".after", "Write 0s to 24h: how long after the step began.")
	}
}

// Way is a contact and how long after a step began it is used.
type Way struct {
	Contact tocsin.Contact
	After   time.Duration
}

// Ways gives by which contacts a person hears of an incident, the soonest first. A
// person whose rules do not fit is reached by every contact at once; it gives none
// only for a person without contacts.
func Ways(p tocsin.Person, tier tocsin.Tier, severity int) []Way {
	var ways []Way
	for _, r := range p.Rules {
		fits := (r.Tier == tocsin.TierNone || r.Tier == tier) && (r.Severity == 0 || severity <= r.Severity)
		n := slices.IndexFunc(p.Contacts, func(c tocsin.Contact) bool { return c.Name == r.Contact })
		if fits && n >= 0 {
			ways = append(ways, Way{p.Contacts[n], time.Duration(r.After)})
		}
	}
	if len(ways) == 0 {
		for _, c := range p.Contacts {
			ways = append(ways, Way{Contact: c})
		}
	}
	slices.SortStableFunc(ways, func(a, b Way) int { return int(a.After - b.After) })
	return ways
}

// CheckQuiet finds what is wrong with quiet hours.
func CheckQuiet(q tocsin.Quiet) []Fault {
	var f faults
	if len(q.Hours) == 0 {
		f.add("hours", "These quiet hours have no hours. Write at least one {from, to}, or leave quiet out.")
	}
	f.hours("hours", q.Hours)
	if q.Severity < 2 || q.Severity > 4 {
		f.add("severity", "%d is out of range. Write 2 to 4: incidents as mild as this or milder wait. The worst never do.", q.Severity)
	}
	return f
}

// Until tells until when an incident must leave a person in a zone in peace: zero
// if it need not. Hours that cannot be read, and a zone that there is not, leave
// nobody in peace.
func Until(q tocsin.Quiet, zone string, severity int, t time.Time) time.Time {
	loc, err := Zone(zone)
	if err != nil || severity < q.Severity || len(CheckQuiet(q)) > 0 {
		return time.Time{}
	}
	all := make([]hours, len(q.Hours))
	for n, h := range q.Hours {
		all[n], _ = parseHours(h)
	}
	end := t
	for range 2 * len(all) * int(week) { // spans that touch are one
		until, in := within(all, loc, end, anyDay)
		if !in {
			break
		}
		end = first(loc, until)
	}
	if end.Equal(t) || end.Sub(t) > quietMost {
		return time.Time{}
	}
	return end.UTC()
}

// week is in days. quietMost bounds what hours that never end would do: then
// nothing is quiet.
const (
	week      = 7
	quietMost = week * 24 * time.Hour
)
