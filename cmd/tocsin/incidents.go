package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// incidentsCommand is where a shift begins: what is open, and why.
func incidentsCommand() *cobra.Command {
	return group("incidents", "List incidents, or show one with its evidence", incidentsList(), incidentsShow())
}

// incidentsList shows one line for each incident.
func incidentsList() *cobra.Command {
	var all bool
	var most *limit
	c := command("list", "List open incidents, newest first", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		query := url.Values{}
		if all {
			query.Set("state", "all")
		}
		list, err := listAll[tocsin.Incident](ctx, s.client, "/incidents", query, int(*most))
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) { showIncidents(p, list.Items) })
	})
	c.Flags().BoolVar(&all, "all", false, "closed ones too")
	most = limitFlag(c)
	return c
}

// showIncidents writes the table of a list.
func showIncidents(p *sheet, list []tocsin.Incident) {
	if len(list) == 0 {
		p.line("No open incident.")
		return
	}
	p.row("ID", "STATE", "BELL", "PEOPLE", "AREA", "LAST SEEN", "TITLE")
	for _, i := range list {
		p.row(i.ID, stateOf(i), i.Tier, i.People, i.Area, ago(p.now.Sub(i.LastSeen)), short(i.Title, 70))
	}
}

// stateOf says in a word or two where an incident stands.
func stateOf(i tocsin.Incident) string {
	switch {
	case !i.ClosedAt.IsZero():
		return i.Verdict.Word() + ", closed"
	case i.Verdict == tocsin.VerdictConfirmed:
		return "confirmed, " + string(i.Phase)
	case i.Verdict == tocsin.VerdictDuplicate:
		return fmt.Sprintf("duplicate of %d", i.DuplicateOf)
	case i.Verdict == tocsin.VerdictNone && i.Kind == tocsin.KindFlood:
		return "suspected flood"
	default:
		return i.Verdict.Word()
	}
}

// dossier is everything that a person needs to judge an incident.
type dossier struct {
	Incident api.IncidentShown  `json:"incident"`
	Area     *tocsin.Area       `json:"area,omitempty"`
	Reports  []tocsin.Member    `json:"reports"`
	Checks   []tocsin.Check     `json:"checks"`
	Updates  []tocsin.Update    `json:"updates"`
	Timeline []tocsin.Event     `json:"timeline"`
	Owed     []tocsin.Recipient `json:"owed"`

	more int  // reports that are not among those shown
	all  bool // everybody who is owed an answer is shown
}

// incidentsShow shows one incident whole, so that a verdict needs no second look.
func incidentsShow() *cobra.Command {
	var most int
	var all bool
	c := command("show ID", "Show an incident: evidence, checks, updates, timeline, who is owed an answer", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			if all {
				most = 0
			}
			d, err := readDossier(ctx, s.client, id, most)
			if err != nil {
				return err
			}
			d.all = all
			return s.answer(d, d.show)
		})
	c.Flags().IntVar(&most, "reports", 20, "how many of its reports to show; 0 is all")
	c.Flags().BoolVar(&all, "all", false, "all of its reports, and everybody who is owed an answer")
	return c
}

// readDossier gathers it from the API call by call. Each list is read to its end;
// of the reports only the first are kept, and the others are counted.
func readDossier(ctx context.Context, c *client, id int64, most int) (d dossier, err error) {
	base := path("incidents", id)
	if err := c.get(ctx, base, nil, &d.Incident); err != nil {
		return d, err
	}
	if d.Area, err = areaOf(ctx, c, d.Incident.Area); err != nil {
		return d, err
	}
	if d.Reports, err = itemsOf[tocsin.Member](ctx, c, base+"/reports", 0); err != nil {
		return d, err
	}
	if most > 0 && len(d.Reports) > most {
		d.more, d.Reports = len(d.Reports)-most, d.Reports[:most]
	}
	if d.Checks, err = itemsOf[tocsin.Check](ctx, c, base+"/checks", 0); err != nil {
		return d, err
	}
	if d.Updates, err = itemsOf[tocsin.Update](ctx, c, base+"/updates", 0); err != nil {
		return d, err
	}
	if d.Timeline, err = itemsOf[tocsin.Event](ctx, c, base+"/timeline", 0); err != nil {
		return d, err
	}
	d.Owed, err = itemsOf[tocsin.Recipient](ctx, c, base+"/owed", 0)
	return d, err
}

// itemsOf reads a list without filters.
func itemsOf[T any](ctx context.Context, c *client, path string, most int) ([]T, error) {
	list, err := listAll[T](ctx, c, path, nil, most)
	return list.Items, err
}

// areaOf gives nil for an incident without an area, or whose area was deleted.
func areaOf(ctx context.Context, c *client, name string) (*tocsin.Area, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // there is none, and that is fine
	}
	var a tocsin.Area
	err := c.get(ctx, path("areas", url.PathEscape(name)), nil, &a)
	if tocsin.CodeOf(err) == tocsin.CodeNotFound {
		return nil, nil //nolint:nilnil // there is none any more
	}
	return &a, err
}

func (d dossier) show(p *sheet) {
	i := d.Incident
	p.line("Incident %d: %s", i.ID, i.Title)
	p.row("state", stateOf(i.Incident), "severity", i.Severity)
	p.row("bell", orDash(string(i.Tier)), "area", orDash(i.Area))
	p.row("first seen", p.when(i.FirstSeen))
	p.row("last seen", p.when(i.LastSeen))
	if i.VerdictReason != "" {
		p.row("reason", i.VerdictReason)
	}
	if i.Cause != "" {
		p.row("cause", i.Cause)
	}
	if !i.NextUpdateAt.IsZero() {
		p.row("promised", "next update "+p.when(i.NextUpdateAt))
	}
	d.showEvidence(p)
	d.showChecks(p)
	d.showUpdates(p)
	d.showTimeline(p)
	d.showOwed(p)
}

// showEvidence writes why it is an incident, and the words of those who wrote.
func (d dossier) showEvidence(p *sheet) {
	i, e := d.Incident, d.Incident.Explanation
	p.gap()
	p.line("Evidence: %s of %s.", plural(i.Reports, "report", "reports"), plural(i.People, "person", "people"))
	for _, s := range []struct{ name, text string }{
		{"seen", e.Summary}, {"why", e.Why}, {"phrases", strings.Join(e.Phrases, ", ")}, {"false if", e.False},
	} {
		if s.text != "" {
			p.row("  "+s.name, s.text)
		}
	}
	p.gap()
	for _, m := range d.Reports {
		p.row(fmt.Sprintf("  %d", m.Report.ID), ago(p.now.Sub(m.Report.At)), m.Report.Channel, who(m.Report.Reporter), belongs(m), short(m.Report.Words(), 90))
	}
	if d.more > 0 {
		p.line("  and %d more: --all", d.more)
	}
}

// belongs says how surely a report is one of the incident's.
func belongs(m tocsin.Member) string {
	switch {
	case m.Reason != "":
		return "not counted: " + m.Reason
	case !m.Sure:
		return "doubtful"
	case m.Judge != tocsin.ActorSelf:
		return "sure, says " + m.Judge
	default:
		return "sure"
	}
}

// showChecks writes what is to be tried and what was.
func (d dossier) showChecks(p *sheet) {
	if d.Area != nil && len(d.Area.Checklist) > 0 {
		p.gap()
		p.line("To try: %s", strings.Join(d.Area.Checklist, "; "))
	}
	if d.Area != nil && d.Area.Runbook != "" {
		p.line("Runbook: %s", d.Area.Runbook)
	}
	for _, c := range d.Checks {
		p.row("  "+string(c.Outcome), c.Item, c.By, ago(p.now.Sub(c.At)), c.Note)
	}
}

// showUpdates writes what was said or is about to be.
func (d dossier) showUpdates(p *sheet) {
	if len(d.Updates) == 0 {
		return
	}
	p.gap()
	p.line("Updates:")
	for _, u := range d.Updates {
		p.row(fmt.Sprintf("  %d", u.ID), u.Kind, u.State, "by "+u.Author, short(u.Text, 90))
	}
}

// showTimeline writes what happened, oldest first.
func (d dossier) showTimeline(p *sheet) {
	p.gap()
	p.line("Timeline:")
	for _, e := range d.Timeline {
		p.row("  "+e.At.Local().Format("01-02 15:04:05"), e.Kind, e.Actor, e.Text)
	}
}

// showOwed writes who is still without an answer.
func (d dossier) showOwed(p *sheet) {
	p.gap()
	if d.Incident.Owed == 0 {
		p.line("Nobody is owed an answer.")
		return
	}
	p.line("%s still owed an answer:", plural(d.Incident.Owed, "person is", "people are"))
	most := leftOutShown
	if d.all {
		most = len(d.Owed)
	}
	showRecipients(p, d.Owed, most, "--all")
}

// showRecipients lists the first of them, each with why and with their words; all
// names the flag that shows the rest.
func showRecipients(p *sheet, list []tocsin.Recipient, most int, all string) {
	for _, r := range list[:min(len(list), most)] {
		p.row("  "+who(r.Reporter), r.Channel, orDash(r.Reason), short(r.Words, 70))
	}
	if rest := len(list) - most; rest > 0 {
		p.line("  and %d more: %s", rest, all)
	}
}

// orDash makes an empty cell visible.
func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
