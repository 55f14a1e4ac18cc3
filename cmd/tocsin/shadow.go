package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/store"
)

// shadowNotice is told at the start, in the log and at /readyz.
const shadowNotice = "Tocsin runs in shadow: it listens and whispers to support, wakes nobody and answers nobody."

func shadowCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "shadow",
		Short: "Run the server with read-only rights: it listens and whispers, and speaks to nobody",
		Long: `Runs the server as serve does, beside what you have today and without risk:
channels are read and never written to; what would ring becomes a whisper to
policy.whisper, with a line in the timeline that says who would have been woken;
updates can be drafted and never approved.

Give it a database of its own. In the one of a live server it would take away
that server's bells; it refuses to start while such a server runs on PostgreSQL.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := readOrders(path, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), shadowNotice)
			o.log.WarnContext(cmd.Context(), "runs in shadow: wakes nobody, answers nobody")
			return serve(cmd.Context(), inShadow(o), cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	return cmd
}

// inShadow takes every right away that is not needed to listen and to whisper. It
// names what stays, so that whatever channels learn to say later is gone too.
func inShadow(o orders) orders {
	o.shadow = true
	channels := make([]tocsin.Channel, len(o.channels))
	for n, c := range o.channels {
		channels[n] = tocsin.Channel{
			Name: c.Name, Type: c.Type,
			Source: c.Source, Streamer: c.Streamer, Receiver: c.Receiver,
			Pager:   c.Pager, // for whispers
			Checker: c.Checker, Measurer: c.Measurer,
		}
	}
	o.channels = channels
	return o
}

// Of the nodes that share a database one holds this lease, for as long as it
// prolongs it.
const (
	triageLease = "triage"
	leaseTime   = 15 * time.Second
)

// refuseCompany keeps shadow out of a database in which another node works: they
// would share the jobs, and a ring that falls to shadow wakes nobody.
func refuseCompany(ctx context.Context, db *store.Store, node string) error {
	alone, err := db.Lease(ctx, triageLease, node, leaseTime)
	if err != nil {
		return err
	}
	if !alone {
		return tocsin.Errorf(tocsin.CodeConflict, "Another tocsin works in this database. Give shadow one of its own (database.url).")
	}
	return nil
}
