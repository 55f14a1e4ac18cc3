package main

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// oncallCommand tells who is on call, and lets people arrange it.
func oncallCommand() *cobra.Command {
	return group("oncall", "Say who is on call, and arrange it", oncallNow(), oncallShow(), oncallGaps(),
		overrideCommand(), swapCommand(), overridesCommand(), undoCommand(), icalCommand())
}

// oncallNow shows one line for each schedule.
func oncallNow() *cobra.Command {
	var at string
	c := command("now", "Say who is on call in each schedule", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		query := url.Values{}
		if at != "" {
			t, err := moment(at, s.now)
			if err != nil {
				return err
			}
			query.Set("at", t.Format(time.RFC3339))
		}
		var list api.List[tocsin.Shift]
		if err := s.get(ctx, "/oncall", query, &list); err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("SCHEDULE", "ON CALL", "UNTIL", "BY")
			for _, shift := range list.Items {
				p.row(shift.Schedule, onCall(shift), p.when(shift.To), because(shift))
			}
		})
	})
	c.Flags().StringVar(&at, "at", "", "at another moment: 3h (from now), or 2026-12-24T18:00:00Z")
	return c
}

func onCall(s tocsin.Shift) string {
	if s.Person == "" {
		return "NOBODY"
	}
	return s.Person
}

// because says which layer or override decides.
func because(s tocsin.Shift) string {
	switch {
	case s.Override != 0:
		return "override " + strconv.FormatInt(s.Override, 10)
	case s.Person == "":
		return "-"
	default:
		return orDash(s.Layer)
	}
}

// oncallShow shows the shifts of a schedule.
func oncallShow() *cobra.Command {
	var span *lasting
	c := command("show SCHEDULE", "Show who is on call in the next weeks", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		var list api.List[tocsin.Shift]
		if err := s.get(ctx, path("schedules", url.PathEscape(args[0]), "shifts"), ahead(s.now, span), &list); err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			p.row("FROM", "TO", "ON CALL", "BY")
			for _, shift := range list.Items {
				p.row(clock(shift.From), clock(shift.To), onCall(shift), because(shift))
			}
		})
	})
	span = spanFlag(c)
	return c
}

// spanFlag adds --for, four weeks by default.
func spanFlag(c *cobra.Command) *lasting {
	span := lasting(28 * 24 * time.Hour)
	c.Flags().Var(&span, "for", "how far to look ahead: 30d, 12h")
	return &span
}

// ahead asks for a span from now on.
func ahead(now time.Time, span *lasting) url.Values {
	return url.Values{"from": {now.Format(time.RFC3339)}, "to": {now.Add(time.Duration(*span)).Format(time.RFC3339)}}
}

// clock tells a time of a plan: no seconds, and the day of the week.
func clock(t time.Time) string { return t.Local().Format("Mon 2006-01-02 15:04 MST") }

// oncallGaps finds ahead what is wrong with the schedules.
func oncallGaps() *cobra.Command {
	var span *lasting
	c := command("gaps [SCHEDULE]", "Find when nobody is on call, or somebody whom nothing reaches", cobra.MaximumNArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			if len(args) == 0 {
				all, err := listAll[tocsin.Schedule](ctx, s.client, "/schedules", nil, 0)
				if err != nil {
					return err
				}
				for _, schedule := range all.Items {
					args = append(args, schedule.Name)
				}
			}
			looks := make([]tocsin.Outlook, len(args))
			for n, name := range args {
				if err := s.get(ctx, path("schedules", url.PathEscape(name), "outlook"), ahead(s.now, span), &looks[n]); err != nil {
					return err
				}
			}
			return s.answer(looks, func(p *sheet) { showGaps(p, looks) })
		})
	span = spanFlag(c)
	return c
}

func showGaps(p *sheet, looks []tocsin.Outlook) {
	found := false
	tell := func(schedule string, shift tocsin.Shift, what string) {
		found = true
		p.row(schedule, clock(shift.From), clock(shift.To), what)
	}
	for _, look := range looks {
		for _, gap := range look.Gaps {
			tell(look.Schedule, gap, "nobody is on call")
		}
		for _, shift := range look.Unreached {
			tell(look.Schedule, shift, shift.Person+" is on call and has no contact")
		}
	}
	for _, look := range looks {
		for _, layer := range look.Idle {
			found = true
			p.line("In %s nobody of the layer %q is ever on call: others lie over it.", look.Schedule, layer)
		}
	}
	if !found {
		p.line("No gaps.")
	}
}
