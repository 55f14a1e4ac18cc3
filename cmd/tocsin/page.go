package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// pagesCommand shows which bells rang.
func pagesCommand() *cobra.Command {
	return group("pages", "List pages, or show one with its notices", pagesList(), pagesShow(), pagesAttempts(), pagesSnooze(), pagesNotUs(), pagesEscalate(), pagesEveryone())
}

// pagesList shows one line for each page.
func pagesList() *cobra.Command {
	var incident int64
	var state string
	var most *limit
	c := command("list", "List pages, newest first", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		query := url.Values{}
		if incident != 0 {
			query.Set("incident", strconv.FormatInt(incident, 10))
		}
		if state != "" {
			query.Set("state", state)
		}
		list, err := listAll[tocsin.Page](ctx, s.client, "/pages", query, int(*most))
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("ID", "INCIDENT", "BELL", "STATE", "POLICY", "STEP", "OPENED", "TAKEN BY")
			for _, g := range list.Items {
				p.row(g.ID, g.Incident, g.Tier, g.State, g.Policy, g.Step+1, p.when(g.OpenedAt), orDash(g.By))
			}
		})
	})
	c.Flags().Int64Var(&incident, "incident", 0, "of one incident only")
	c.Flags().StringVar(&state, "state", "", "in one state only: open, acked, snoozed, exhausted, closed")
	most = limitFlag(c)
	return c
}

// pagesShow shows a page with whom it reached.
func pagesShow() *cobra.Command {
	return command("show PAGE", "Show a page and whom it reached", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("a page", args[0])
			if err != nil {
				return err
			}
			var g api.PageShown
			if err := s.get(ctx, path("pages", id), nil, &g); err != nil {
				return err
			}
			return s.answer(g, func(p *sheet) { showPage(p, g) })
		})
}

// showPage writes a page and each notice of it.
func showPage(p *sheet, g api.PageShown) {
	p.line("Page %d: %s about incident %d, %s", g.ID, g.Tier, g.Incident, g.State)
	p.row("policy", fmt.Sprintf("%s, step %d", g.Policy, g.Step+1))
	p.row("opened", p.when(g.OpenedAt))
	if g.By != "" {
		p.row("taken by", g.By, p.when(g.AckedAt))
	}
	switch {
	case g.State == tocsin.PageSnoozed:
		p.row("rings again", p.when(g.NextAt), fmt.Sprintf("or at %d people", 2*max(g.SnoozedAt, 1)))
	case !g.NextAt.IsZero():
		p.row("next step", p.when(g.NextAt))
	}
	p.gap()
	for _, n := range g.Notices {
		p.row("  step "+strconv.Itoa(n.Step+1), n.Target.Channel, whom(n.Target), n.State, ago(p.now.Sub(n.UpdatedAt)), due(p, n)+n.Reason)
	}
}

// whom names an address, and the person whose it is.
func whom(t tocsin.Target) string {
	if t.Person == "" {
		return t.To
	}
	return t.To + " (" + t.Person + ")"
}

// due says when a notice that waits goes out.
func due(p *sheet, n tocsin.Notice) string {
	waits := n.State == tocsin.DeliveryPending || n.State == tocsin.DeliveryUnknown
	switch {
	case !waits || n.DueAt.IsZero():
		return ""
	case n.Quiet:
		return "quiet hours until " + lateness(p, n.DueAt) + " "
	default:
		return "next at " + lateness(p, n.DueAt) + " "
	}
}

// ackCommand takes an incident's pages by the incident's number: that is what a
// ringing phone shows.
func ackCommand() *cobra.Command {
	return command("ack INCIDENT", "Take the pages of an incident: nobody else is woken", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			var taken api.List[tocsin.Page]
			if err := s.call(ctx, http.MethodPost, path("incidents", id, "ack"), nil, &taken); err != nil {
				return err
			}
			return s.done(taken, "You have taken incident %d.", id)
		})
}
