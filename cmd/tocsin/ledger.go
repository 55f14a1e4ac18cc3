package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// ledgerCommand shows who was told what, and settles lines that need a person.
func ledgerCommand() *cobra.Command {
	var update int64
	var state string
	c := command("ledger INCIDENT", "List who was told what about an incident, and how it ended", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			query := url.Values{"incident": {strconv.FormatInt(id, 10)}}
			if update != 0 {
				query.Set("update", strconv.FormatInt(update, 10))
			}
			if state != "" {
				query.Set("state", state)
			}
			list, err := listAll[tocsin.Delivery](ctx, s.client, "/deliveries", query, 0)
			if err != nil {
				return err
			}
			owed, err := listAll[tocsin.Recipient](ctx, s.client, path("incidents", id, "owed"), nil, 0)
			if err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) { showLedger(p, list, owed.Items) })
		})
	c.Flags().Int64Var(&update, "update", 0, "of one update only")
	c.Flags().StringVar(&state, "state", "", "in one state only: pending, sending, sent, failed, unknown, skipped, held, by_hand")
	c.AddCommand(
		settleCommand("retry DELIVERY…", "Send what failed or is held, after you looked that it did not arrive", "", "goes out again"),
		settleCommand("by-hand DELIVERY… NOTE", "Record that you told them yourself, and how", "note", "was told by hand"),
		settleCommand("skip DELIVERY… REASON", "Leave somebody out, and say why", "reason", "is left out"),
	)
	return c
}

// showLedger writes the lines, their sum, and who is not among them.
func showLedger(p *sheet, list api.List[tocsin.Delivery], owed []tocsin.Recipient) {
	if len(list.Items) > 0 {
		p.row("ID", "UPDATE", "STATE", "CHANNEL", "WHO", "WHEN", "TRIES", "REASON")
	}
	for _, d := range list.Items {
		p.row(d.ID, d.Update, d.State, d.Channel, who(d.Reporter), ago(p.now.Sub(d.UpdatedAt)), d.Attempts, d.Reason)
	}
	p.line("%s", summary(list.Items))
	if len(owed) > 0 {
		p.gap()
		p.line("%s still owed an answer:", plural(len(owed), "person is", "people are"))
		showRecipients(p, owed, leftOutShown, "--json")
	}
}

// summary counts the lines of a ledger by their states.
func summary(list []tocsin.Delivery) string {
	if len(list) == 0 {
		return "Nobody was told anything yet."
	}
	count := map[tocsin.DeliveryState]int{}
	var states []tocsin.DeliveryState
	for _, d := range list {
		if count[d.State]++; count[d.State] == 1 {
			states = append(states, d.State)
		}
	}
	slices.Sort(states)
	said := make([]string, len(states))
	for i, state := range states {
		said[i] = fmt.Sprintf("%d %s", count[state], state)
	}
	return plural(len(list), "message", "messages") + ": " + strings.Join(said, ", ") + "."
}
