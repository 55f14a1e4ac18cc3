package main

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// channelsCommand shows which outside systems answer.
func channelsCommand() *cobra.Command {
	return group("channels", "List channels, what they can do and how they do, or show one", channelsList(), channelsShow())
}

// channelsList shows one line for each channel.
func channelsList() *cobra.Command {
	return command("list", "List channels, what they can do, and how they do", cobra.NoArgs,
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
						last, state = heard(p, h.LastReport), channelState(p, *h)
					}
					p.row(c.Name, c.Type, can(c.Can), last, state)
				}
			})
		})
}

// channelState says in a line how a channel's inbound side does.
func channelState(p *sheet, h tocsin.Health) string {
	switch {
	case h.Error != "":
		return h.Error
	case h.Silence != nil:
		return "silent for " + ago(p.now.Sub(h.Silence.Since)) + ", which is not usual"
	default:
		return "well"
	}
}

// channelsShow shows everything that is known of one channel's health.
func channelsShow() *cobra.Command {
	return command("show NAME", "Show a channel: last report, lag, errors, silence, what is left of its limits", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			var c api.ChannelShown
			if err := s.get(ctx, path("channels", url.PathEscape(args[0])), nil, &c); err != nil {
				return err
			}
			return s.answer(c, func(p *sheet) { showChannel(p, c) })
		})
}

func showChannel(p *sheet, c api.ChannelShown) {
	p.line("Channel %s (%s): %s", c.Name, c.Type, can(c.Can))
	if h := c.Health; h != nil {
		p.row("state", channelState(p, *h))
		p.row("last report", heard(p, h.LastReport))
		if !h.LastReport.IsZero() {
			p.row("lag", time.Duration(h.Lag).Round(time.Second).String()+" from written to received")
		}
		p.row("last answer", heard(p, h.LastPull))
		p.row("since start", fmt.Sprintf("%s, %s", plural(int(h.Reports), "report", "reports"), plural(int(h.Rejections), "rejection", "rejections")))
		if h.Failures > 0 {
			p.row("failures", fmt.Sprintf("%d in a row, since %s", h.Failures, p.when(h.ErrorSince)))
		}
		if s := h.Silence; s != nil {
			p.row("silence", fmt.Sprintf("%.0f reports would be usual in that time", s.Usual))
		}
	}
	for _, a := range c.Allowances {
		p.row("left", allowance(p, a))
	}
}

// allowance says what is left of a limit: budget: 12.5 of 50 USD, full again in 3 h.
func allowance(p *sheet, a tocsin.Allowance) string {
	said := strings.TrimSpace(fmt.Sprintf("%s: %g of %g %s", a.Name, a.Left, a.Limit, a.Unit))
	if a.ResetAt.After(p.now) {
		said += ", full again " + p.when(a.ResetAt)
	}
	return said
}

// heard says when a channel last brought something.
func heard(p *sheet, t time.Time) string {
	if t.IsZero() {
		return "none yet"
	}
	return ago(p.now.Sub(t))
}
