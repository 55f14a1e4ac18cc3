package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// mediaCommand shows how the bells do: what waits, and until when.
func mediaCommand() *cobra.Command {
	return command("media", "Say how the bells on each channel do, and when the next goes out", cobra.NoArgs,
		func(ctx context.Context, s *session, _ []string) error {
			var list api.List[tocsin.Medium]
			if err := s.get(ctx, "/media", nil, &list); err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) {
				if p.none(len(list.Items)) {
					return
				}
				p.row("CHANNEL", "WAITING", "NEXT", "SENT (1 H)", "FAILED (1 H)", "LAST SENT", "LEFT", "STATE")
				for _, m := range list.Items {
					next := "-"
					if m.Waiting > 0 {
						next = lateness(p, m.NextAt)
					}
					p.row(m.Channel, m.Waiting, next, m.Sent, m.Failed, heard(p, m.LastAt), allowances(m), wellOr(m.Error))
				}
			})
		})
}

// allowances says what is left of the network's limits.
func allowances(m tocsin.Medium) string {
	said := make([]string, len(m.Allowances))
	for i, a := range m.Allowances {
		said[i] = fmt.Sprintf("%s %g of %g %s", a.Name, a.Left, a.Limit, a.Unit)
	}
	return orDash(strings.Join(said, ", "))
}

func wellOr(trouble string) string {
	if trouble == "" {
		return "well"
	}
	return trouble
}

// lateness says how soon something is, for what waits.
func lateness(p *sheet, t time.Time) string {
	if t.IsZero() {
		return "at once"
	}
	return t.Local().Format("15:04:05") + " (" + ago(p.now.Sub(t)) + ")"
}
