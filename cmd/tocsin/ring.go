package main

import (
	"context"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// onPage makes a command that does something about a page and says what.
func onPage(use, short string, args int, body func(args []string) (any, error), act, said string, say func(tocsin.Page) []any) *cobra.Command {
	return command(use, short, cobra.ExactArgs(args), func(ctx context.Context, s *session, args []string) error {
		id, err := number("a page", args[0])
		if err != nil {
			return err
		}
		in, err := body(args)
		if err != nil {
			return err
		}
		var page tocsin.Page
		if err := s.call(ctx, http.MethodPost, path("pages", id, act), in, &page); err != nil {
			return err
		}
		return s.done(page, said, say(page)...)
	})
}

func noBody([]string) (any, error) { return nil, nil } //nolint:nilnil // nothing is sent

// pagesSnooze takes a page for a while.
func pagesSnooze() *cobra.Command {
	return onPage("snooze PAGE SPAN", "Take a page for a while (30m); it rings sooner when there are twice as many people", 2,
		func(args []string) (any, error) { return map[string]string{"for": args[1]}, nil },
		"snooze", "Page %d rings again at %s, or at %d people.",
		func(g tocsin.Page) []any { return []any{g.ID, clock(g.NextAt), 2 * max(g.SnoozedAt, 1)} })
}

// pagesNotUs hands a page to another team.
func pagesNotUs() *cobra.Command {
	var reason string
	c := onPage("not-us PAGE POLICY", "Hand a page to another team's policy", 2,
		func(args []string) (any, error) {
			return map[string]string{"policy": args[1], "reason": reason}, nil
		},
		"not-us", "Page %d goes on by policy %s.", func(g tocsin.Page) []any { return []any{g.ID, g.Policy} })
	c.Flags().StringVar(&reason, "reason", "", "for the timeline")
	return c
}

// pagesEscalate calls the next step.
func pagesEscalate() *cobra.Command {
	return onPage("escalate PAGE", "Call the next step now", 1, noBody, "escalate", "Page %d is at step %d.",
		func(g tocsin.Page) []any { return []any{g.ID, g.Step + 1} })
}

// pagesEveryone calls the cavalry, which nobody should do by a slip.
func pagesEveryone() *cobra.Command {
	var yes bool
	c := command("everyone PAGE", "Call everyone, by every contact, at once", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		id, err := number("a page", args[0])
		if err != nil {
			return err
		}
		if err := confirm(s, yes, "This wakes all people there are. Call everyone?"); err != nil {
			return err
		}
		var page tocsin.Page
		if err := s.call(ctx, http.MethodPost, path("pages", id, "everyone"), nil, &page); err != nil {
			return err
		}
		return s.done(page, "Everyone is being called about incident %d.", page.Incident)
	})
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// pagesAttempts shows each call that was made, with its answer.
func pagesAttempts() *cobra.Command {
	return command("attempts PAGE", "List each call that was made for a page, with its answer", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("a page", args[0])
			if err != nil {
				return err
			}
			list, err := listAll[tocsin.Attempt](ctx, s.client, path("pages", id, "attempts"), nil, 0)
			if err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) {
				if p.none(len(list.Items)) {
					return
				}
				p.row("AT", "TOOK", "TO", "STATE", "ANSWER")
				for _, a := range list.Items {
					to := a.Target.String()
					if a.Target.Person != "" {
						to += " " + a.Target.To
					}
					answer := a.Answer
					if answer == "" {
						answer = a.ExternalID
					}
					p.row(p.when(a.At), time.Duration(a.Took).Round(time.Millisecond), to, a.State, answer)
				}
			})
		})
}
