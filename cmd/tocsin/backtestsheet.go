package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage/backtest"
)

// Lists on the sheet end here; --json has all.
const (
	shownIncidents = 50
	shownPages     = 30
	shownPeople    = 3
)

// showBacktest says what would have happened.
func showBacktest(p *sheet, r backtest.Result) {
	p.line("%s, %s to %s", plural(r.Reports, "report", "reports"), minuteOf(r.From), minuteOf(r.Until))
	p.gap()
	for _, line := range r.Chart.Lines() {
		p.line("%s", line)
	}
	p.gap()
	showFound(p, r)
	if len(r.Pages) > 0 {
		showUnheard(p, r)
	}
	if r.PagesOutside > 0 {
		p.line("%s before the first report or after the last: left out.", plural(r.PagesOutside, "page was sent", "pages were sent"))
		p.gap()
	}
	showTrials(p, r)
}

// showFound lists what would have been found, with the bells and the people.
func showFound(p *sheet, r backtest.Result) {
	p.line("At triage.false_rings: %g, as it is set now, %s:", r.FalseRings, plural(len(r.Incidents), "incident would have been found", "incidents would have been found"))
	if len(r.Incidents) == 0 {
		p.gap()
		return
	}
	p.row("WHISPER", "RING", "PAGE", "WHAT", "WHO")
	for n, i := range r.Incidents {
		if n == shownIncidents {
			p.line("… and %d more (--json has all)", len(r.Incidents)-n)
			break
		}
		p.row(bell(i.Whisper), bell(i.Ring), paged(r, i), short(what(i), 44), voices(i))
	}
	p.gap()
}

// bell tells when one rang, and how much before the page.
func bell(b *backtest.Bell) string {
	switch {
	case b == nil:
		return "-"
	case b.Lead == nil:
		return minuteOf(b.At)
	default:
		return fmt.Sprintf("%s (%s)", minuteOf(b.At), lead(*b.Lead))
	}
}

// paged tells of the page beside an incident.
func paged(r backtest.Result, i backtest.Incident) string {
	switch {
	case i.Page != nil:
		return short(i.Page.ID+" "+i.Page.Title, 30)
	case len(r.Pages) == 0:
		return "-"
	default:
		return "not matched"
	}
}

func what(i backtest.Incident) string {
	text := i.Title
	if i.Kind == tocsin.KindFlood {
		text = "flood: " + text
	}
	if i.Area != "" {
		text = i.Area + ": " + text
	}
	return text
}

// voices names those behind an incident's loudest bell.
func voices(i backtest.Incident) string {
	b := i.Ring
	if b == nil {
		b = i.Whisper
	}
	names := make([]string, 0, shownPeople)
	for _, name := range b.People[:min(len(b.People), shownPeople)] {
		names = append(names, short(name, 24))
	}
	text := fmt.Sprintf("%d: %s", len(b.People), strings.Join(names, ", "))
	if len(b.People) > shownPeople {
		text += ", …"
	}
	return text
}

// showUnheard says which pages users noticed, and lists those that they did not.
func showUnheard(p *sheet, r backtest.Result) {
	heard, quiet := 0, 0
	var unheard []backtest.Heard
	for _, page := range r.Pages {
		switch {
		case len(page.Incidents) > 0:
			heard++
			continue
		case page.Reports == 0:
			quiet++
		}
		unheard = append(unheard, page)
	}
	p.line("A bell lies within %s of %d of %s. Around %d of the others nobody wrote anything at all.",
		span(time.Duration(r.Window)), heard, plural(len(r.Pages), "page", "pages"), quiet)
	if len(unheard) > 0 {
		p.line("Pages without a bell:")
		p.row("PAGED", "ID", "SERVICE", "WHAT", "REPORTS AROUND IT")
	}
	for n, page := range unheard {
		if n == shownPages {
			p.line("… and %d more (--json has all)", len(unheard)-n)
			break
		}
		p.row(minuteOf(page.At), orDash(page.ID), orDash(short(page.Service, 24)), short(page.Title, 48), page.Reports)
	}
	p.gap()
}

// showTrials shows what each setting comes to, and proposes one.
func showTrials(p *sheet, r backtest.Result) {
	p.row("triage.false_rings", "WHISPERS", "RINGS", "MATCHED", "NOT MATCHED", "A MONTH", "MEDIAN LEAD")
	for _, t := range r.Trials {
		early := "-"
		if t.MedianLead != nil {
			early = lead(*t.MedianLead)
		}
		p.row(fmt.Sprintf("%g", t.FalseRings), t.Whispers, t.Rings, t.Matched, t.Unmatched, fmt.Sprintf("%.1f", t.Monthly), early)
	}
	p.gap()
	for _, sentence := range verdictOn(r) {
		p.line("%s", sentence)
	}
}

// verdictOn is the proposal, with what it does not prove.
func verdictOn(r backtest.Result) []string {
	const enough = 28 * 24 * time.Hour
	var say []string
	switch {
	case len(r.Pages) == 0:
		say = append(say, "Without a history of pages (--pages) nobody can tell a true ring from a false one: no setting is proposed.")
	case r.Proposal == nil && r.Trials[len(r.Trials)-1].Rings == 0:
		say = append(say, "Nothing rang at any setting: nothing is proposed.")
	case r.Proposal == nil:
		say = append(say, fmt.Sprintf("No setting keeps the rings that no page confirms within %g a month. Look at them: pagers miss outages too.", r.Budget))
	default:
		say = append(say, fmt.Sprintf("Proposed for at most %g of them a month: triage.false_rings: %g", r.Budget, *r.Proposal))
	}
	if len(r.Pages) > 0 {
		say = append(say,
			"Not matched does not mean false: a history of pages is not the truth. Users may have met what no monitor watches.",
			fmt.Sprintf("Matched does not mean caused: %.0f %% of the time lies within %s of some page, so that share would match by luck.", 100*r.Chance, span(time.Duration(r.Window))))
	}
	if r.Until.Sub(r.From) < enough {
		say = append(say, fmt.Sprintf("These are %s: too little to count on. A month or more says more.", span(r.Until.Sub(r.From))))
	}
	return say
}

// lead says how much earlier or later than a page.
func lead(d tocsin.Duration) string {
	switch early := time.Duration(d); {
	case early > 0:
		return span(early) + " before"
	case early < 0:
		return span(-early) + " after"
	default:
		return "at once"
	}
}

func minuteOf(t time.Time) string { return t.UTC().Format("2006-01-02 15:04") }
