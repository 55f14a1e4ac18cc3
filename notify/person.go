package notify

import (
	"slices"

	"github.com/tocsin/tocsin"
)

// person is everything that one reporter wrote about an incident.
type person struct {
	reporter tocsin.Reporter
	wrote    []tocsin.Member // oldest first
}

// persons groups reports by who wrote them, in the order of their first word.
func persons(members []tocsin.Member) []*person {
	var all []*person
	byID := map[string]*person{}
	for _, m := range members {
		p := byID[m.Report.Reporter.ID]
		if p == nil {
			p = &person{}
			byID[m.Report.Reporter.ID] = p
			all = append(all, p)
		}
		p.reporter = m.Report.Reporter // the latest name and handle
		p.wrote = append(p.wrote, m)
	}
	return all
}

// abuse are the reasons by which triage says that a report has no victim behind it.
func abuse(m tocsin.Member) bool {
	return m.Judge == tocsin.ActorSelf && slices.Contains([]string{"spam", "abuse", "flood"}, m.Reason)
}

func (p *person) staff() bool {
	return slices.ContainsFunc(p.wrote, func(m tocsin.Member) bool { return m.Report.Reporter.Staff || m.Reason == "own staff" })
}

func (p *person) optedOut() bool {
	return slices.ContainsFunc(p.wrote, func(m tocsin.Member) bool { return m.OptedOut })
}

// sure are the reports that belong surely enough to be answered.
func (p *person) sure() []tocsin.Member {
	return slices.DeleteFunc(slices.Clone(p.wrote), func(m tocsin.Member) bool { return !m.Sure || abuse(m) })
}

// doubtful are reports that may be about the incident: a person decides.
func (p *person) doubtful() []tocsin.Member {
	return slices.DeleteFunc(slices.Clone(p.wrote), func(m tocsin.Member) bool { return m.Sure || m.Reason != "" })
}

// at makes the recipient that one of the person's reports stands for.
func (p *person) at(m tocsin.Member, reason string) tocsin.Recipient {
	return tocsin.Recipient{
		Reporter: p.reporter, Channel: m.Report.Channel, Report: m.Report.ID, Reason: reason,
		Words: oneLine(m.Report.Words(), quoteLimit),
	}
}

func last[T any](s []T) T { return s[len(s)-1] }
