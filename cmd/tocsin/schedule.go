package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// schedulesCommand shows and changes the rotations.
func schedulesCommand() *cobra.Command {
	of := document[tocsin.Schedule]{noun: "schedule", path: "schedules", name: func(s tocsin.Schedule) string { return s.Name }}
	return group("schedules", "List the schedules of who is on call, and change them", schedulesList(), of.show(), of.apply(), of.remove())
}

// schedulesList shows one line for each schedule.
func schedulesList() *cobra.Command {
	return command("list", "List schedules", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		list, err := listAll[tocsin.Schedule](ctx, s.client, "/schedules", nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("NAME", "TITLE", "ZONE", "LAYERS")
			for _, schedule := range list.Items {
				p.row(schedule.Name, orDash(schedule.Title), schedule.Zone, layers(schedule))
			}
		})
	})
}

// layers says a schedule in one line, the deciding layer first.
func layers(s tocsin.Schedule) string {
	said := make([]string, len(s.Layers))
	for i, l := range s.Layers {
		every := l.Every
		if every == "" {
			every = "weekly"
		}
		said[i] = l.Name + " (" + every + ": " + strings.Join(l.People, ", ") + ")"
	}
	return strings.Join(said, ", else ")
}
