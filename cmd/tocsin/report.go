package main

import (
	"context"
	"net/url"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// reportsCommand shows what people wrote.
func reportsCommand() *cobra.Command {
	return group("reports", "List reports, or show one", reportsList(), reportsShow())
}

// reportsList shows one line for each report.
func reportsList() *cobra.Command {
	var channel string
	var incident int64
	var most *limit
	c := command("list", "List reports, newest first", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		query := url.Values{}
		if channel != "" {
			query.Set("channel", channel)
		}
		if incident != 0 {
			query.Set("incident", strconv.FormatInt(incident, 10))
		}
		list, err := listAll[tocsin.Report](ctx, s.client, "/reports", query, int(*most))
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("ID", "WRITTEN", "CHANNEL", "WHO", "TEXT")
			for _, r := range list.Items {
				p.row(r.ID, ago(p.now.Sub(r.At)), r.Channel, who(r.Reporter), short(r.Words(), 90))
			}
		})
	})
	c.Flags().StringVar(&channel, "channel", "", "of one channel only")
	c.Flags().Int64Var(&incident, "incident", 0, "of one incident only")
	most = limitFlag(c)
	return c
}

// reportsShow shows one report, cleaned or as it came.
func reportsShow() *cobra.Command {
	var raw bool
	c := command("show REPORT", "Show a report", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		id, err := number("a report", args[0])
		if err != nil {
			return err
		}
		if raw {
			var text api.Raw
			if err := s.get(ctx, path("reports", id, "raw"), nil, &text); err != nil {
				return err
			}
			return s.answer(text, func(p *sheet) { showRaw(p, text) })
		}
		var r api.ReportShown
		if err := s.get(ctx, path("reports", id), nil, &r); err != nil {
			return err
		}
		return s.answer(r, func(p *sheet) { showReport(p, r) })
	})
	c.Flags().BoolVar(&raw, "raw", false, "as it came, before it was cleaned")
	return c
}

// showRaw writes a text as it came, and what it was before its writer changed it.
func showRaw(p *sheet, raw api.Raw) {
	p.text(raw.Text)
	if raw.First != "" {
		p.gap()
		p.line("Before its writer changed it:")
		p.text(raw.First)
	}
}

// showReport writes a report with its whole text.
func showReport(p *sheet, r api.ReportShown) {
	p.line("Report %d by %s on %s", r.ID, who(r.Reporter), r.Channel)
	p.row("written", p.when(r.At))
	p.row("received", p.when(r.ReceivedAt))
	if r.URL != "" {
		p.row("address", r.URL)
	}
	if !r.EditedAt.IsZero() {
		p.row("edited", p.when(r.EditedAt))
	}
	if !r.DeletedAt.IsZero() {
		p.row("deleted", p.when(r.DeletedAt))
	}
	if why := r.Unanswerable(); why != "" {
		p.row("answers", "none: "+why)
	}
	showJudgement(p, r.Judgement)
	p.gap()
	if !r.DeletedAt.IsZero() {
		p.line("(%s)", tocsin.TextDeleted)
		return
	}
	if r.Title != "" {
		p.text(r.Title)
	}
	p.text(r.Text)
}

// showJudgement writes where a report belongs, how surely, and why it does not count.
func showJudgement(p *sheet, j *tocsin.Place) {
	if j == nil {
		p.row("judged", "not yet")
		return
	}
	incident := "none"
	if j.Incident != 0 {
		incident = strconv.FormatInt(j.Incident, 10)
	}
	p.row("incident", incident)
	p.row("cluster", orDash(j.Cluster))
	if j.Incident != 0 || j.Reason != "" {
		p.row("judged", belongs(tocsin.Member{Reason: j.Reason, Sure: j.Sure, Judge: j.Judge}))
	}
}

// rejectionsCommand answers "I wrote, why is it not here?".
func rejectionsCommand() *cobra.Command {
	var most *limit
	c := command("rejections", "List what came in and became no report, newest first", cobra.NoArgs,
		func(ctx context.Context, s *session, _ []string) error {
			list, err := listAll[tocsin.Rejection](ctx, s.client, "/rejections", nil, int(*most))
			if err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) {
				if p.none(len(list.Items)) {
					return
				}
				p.row("WHEN", "CHANNEL", "ID THERE", "REASON", "DETAIL")
				for _, r := range list.Items {
					p.row(ago(p.now.Sub(r.At)), r.Channel, orDash(short(r.ExternalID, 40)), r.Reason, short(r.Detail, 90))
				}
			})
		})
	most = limitFlag(c)
	return c
}
