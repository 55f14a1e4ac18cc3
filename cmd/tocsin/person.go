package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// peopleCommand shows and changes who can be paged.
func peopleCommand() *cobra.Command {
	of := document[tocsin.Person]{noun: "person", path: "people", name: func(p tocsin.Person) string { return p.Name }}
	return group("people", "List people who can be paged, and change them", peopleList(), of.show(), of.apply(), of.remove())
}

// peopleList shows one line for each person.
func peopleList() *cobra.Command {
	return command("list", "List people", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		list, err := listAll[tocsin.Person](ctx, s.client, "/people", nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("NAME", "ZONE", "GROUPS", "REACHED BY")
			for _, person := range list.Items {
				p.row(person.Name, person.Zone, orDash(strings.Join(person.Groups, ", ")), contacts(person))
			}
		})
	})
}

// contacts says how a person is reached, and warns of one who is not.
func contacts(p tocsin.Person) string {
	said := make([]string, len(p.Contacts))
	for i, c := range p.Contacts {
		said[i] = c.Name + " (" + strings.TrimSuffix(c.Channel+":"+c.To, ":") + ")"
	}
	if len(said) == 0 {
		return "NOTHING: pages pass them by"
	}
	return strings.Join(said, ", ")
}
