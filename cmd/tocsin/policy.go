package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// policiesCommand shows and changes who hears a bell.
func policiesCommand() *cobra.Command {
	of := document[tocsin.Policy]{noun: "policy", path: "policies", name: func(p tocsin.Policy) string { return p.Name }}
	return group("policies", "List who hears a bell, and change it", policiesList(), of.show(), of.apply(), of.remove())
}

// policiesList shows one line for each policy.
func policiesList() *cobra.Command {
	return command("list", "List policies", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		list, err := listAll[tocsin.Policy](ctx, s.client, "/policies", nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			if p.none(len(list.Items)) {
				return
			}
			p.row("NAME", "WHISPER", "STEPS")
			for _, policy := range list.Items {
				p.row(policy.Name, targets(policy.Whisper), steps(policy))
			}
		})
	})
}

// targets says where a bell is heard: chat:#support, pager.
func targets(list []tocsin.Target) string {
	said := make([]string, len(list))
	for i, t := range list {
		said[i] = t.String()
		if t.Channel != "" {
			said[i] = strings.TrimSuffix(t.Channel+":"+t.To, ":")
		}
	}
	return orDash(strings.Join(said, ", "))
}

// steps says a policy in one line: primary (pager) 5 min, then secondary (pager) 5 min, 2 times.
func steps(policy tocsin.Policy) string {
	said := make([]string, len(policy.Steps))
	for i, s := range policy.Steps {
		said[i] = fmt.Sprintf("%s (%s) %s", s.Name, targets(s.Targets), span(time.Duration(s.Wait)))
	}
	line := orDash(strings.Join(said, ", then "))
	if policy.Repeat > 0 {
		line += fmt.Sprintf(", %d times", policy.Repeat+1)
	}
	return line
}
