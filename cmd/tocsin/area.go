package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// areasCommand shows and changes the parts of the service.
func areasCommand() *cobra.Command {
	of := document[tocsin.Area]{noun: "area", path: "areas", name: func(a tocsin.Area) string { return a.Name }}
	return group("areas", "List the areas of the service, and change them", areasList(), of.show(), of.apply(), of.remove())
}

// areasList shows one line for each area.
func areasList() *cobra.Command {
	return command("list", "List areas", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		list, err := listAll[tocsin.Area](ctx, s.client, "/areas", nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("NAME", "TITLE", "TEAM", "POLICY", "TO TRY", "PHRASES")
			for _, a := range list.Items {
				p.row(a.Name, orDash(a.Title), orDash(a.Team), orDash(a.Policy), len(a.Checklist), short(strings.Join(a.Phrases, ", "), 60))
			}
		})
	})
}
