package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// overrideCommand puts somebody on call for a while.
func overrideCommand() *cobra.Command {
	var from, to, instead, reason string
	c := command("override SCHEDULE PERSON", "Put somebody on call for a while", cobra.ExactArgs(2), func(ctx context.Context, s *session, args []string) error {
		in := map[string]any{"person": args[1], "instead": instead, "reason": reason}
		begin := s.now
		if from != "" {
			t, err := moment(from, s.now)
			if err != nil {
				return err
			}
			begin, in["from"] = t, t
		}
		end, err := moment(to, begin)
		if err != nil {
			return err
		}
		in["to"] = end
		var o tocsin.Override
		if err := s.call(ctx, http.MethodPost, path("schedules", url.PathEscape(args[0]), "overrides"), in, &o); err != nil {
			return err
		}
		return s.done(o, "Override %d: %s is on call in %s from %s to %s.", o.ID, o.Person, o.Schedule, clock(o.From), clock(o.To))
	})
	c.Flags().StringVar(&from, "from", "", "when it begins: 3h (from now), or 2026-12-24T18:00:00Z; now, if left out")
	c.Flags().StringVar(&to, "to", "", "when it ends: 8h (after it began), or 2026-12-25T09:00:00Z")
	c.Flags().StringVar(&instead, "instead", "", "only while this person would be on call")
	c.Flags().StringVar(&reason, "reason", "", "shown with it")
	_ = c.MarkFlagRequired("to") // it is there
	return c
}

// swapCommand exchanges two shifts.
func swapCommand() *cobra.Command {
	var reason string
	c := command("swap SCHEDULE MOMENT MOMENT", "Exchange the two shifts that last at these moments", cobra.ExactArgs(3),
		func(ctx context.Context, s *session, args []string) error {
			first, err := moment(args[1], s.now)
			if err != nil {
				return err
			}
			second, err := moment(args[2], s.now)
			if err != nil {
				return err
			}
			var made api.List[tocsin.Override]
			in := map[string]any{"first": first, "second": second, "reason": reason}
			if err := s.call(ctx, http.MethodPost, path("schedules", url.PathEscape(args[0]), "swap"), in, &made); err != nil {
				return err
			}
			return s.answer(made, func(p *sheet) { showOverrides(p, made.Items) })
		})
	c.Flags().StringVar(&reason, "reason", "", "shown with both")
	return c
}

// overridesCommand lists those that have not ended.
func overridesCommand() *cobra.Command {
	return command("overrides SCHEDULE", "List overrides that have not ended", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		list, err := listAll[tocsin.Override](ctx, s.client, path("schedules", url.PathEscape(args[0]), "overrides"), nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) { showOverrides(p, list.Items) })
	})
}

func showOverrides(p *sheet, all []tocsin.Override) {
	if p.none(len(all)) {
		return
	}
	p.row("ID", "ON CALL", "INSTEAD OF", "FROM", "TO", "BY", "REASON")
	for _, o := range all {
		p.row(o.ID, o.Person, orDash(o.Instead), clock(o.From), clock(o.To), o.By, short(o.Reason, 60))
	}
}

// undoCommand takes an override back.
func undoCommand() *cobra.Command {
	return command("undo OVERRIDE", "Take an override back", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		id, err := number("an override", args[0])
		if err != nil {
			return err
		}
		if err := s.call(ctx, http.MethodDelete, path("overrides", id), nil, nil); err != nil {
			return err
		}
		return s.done(map[string]int64{"deleted": id}, "Override %d is taken back.", id)
	})
}

// icalCommand tells the address that a calendar program subscribes to.
func icalCommand() *cobra.Command {
	var person bool
	c := command("ical NAME", "Tell the address of a calendar to subscribe to", cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		kind := "schedules"
		if person {
			kind = "people"
		}
		var feed api.Feed
		if err := s.get(ctx, path(kind, url.PathEscape(args[0]), "feed"), nil, &feed); err != nil {
			return err
		}
		return s.done(feed, "%s", feed.URL)
	})
	c.Flags().BoolVar(&person, "person", false, "NAME is a person: all their shifts")
	return c
}
