package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin/web/api"
)

// channelsCommand shows which outside systems answer.
func channelsCommand() *cobra.Command {
	return command("channels", "List channels, what they can do, and how they do", cobra.NoArgs,
		func(ctx context.Context, s *session, _ []string) error {
			list, err := listAll[api.ChannelShown](ctx, s.client, "/channels", nil, 0)
			if err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) {
				if p.none(len(list.Items)) {
					return
				}
				p.row("NAME", "TYPE", "CAN", "LAST REPORT", "STATE")
				for _, c := range list.Items {
					last, state := "-", "-"
					if h := c.Health; h != nil {
						last, state = heard(p, h.LastReport), "well"
						if h.Error != "" {
							state = h.Error
						}
					}
					p.row(c.Name, c.Type, can(c.Can), last, state)
				}
			})
		})
}

// heard says when a channel last brought something.
func heard(p *sheet, t time.Time) string {
	if t.IsZero() {
		return "none yet"
	}
	return ago(p.now.Sub(t))
}
