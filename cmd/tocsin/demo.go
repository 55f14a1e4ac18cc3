package main

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

//go:embed demo.yml
var demoConfig string

func demoCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play an outage on a server of its own, with a temporary database",
		Long: "Starts a server on SQLite in a temporary folder, lets a quiet week pass in an instant, and then an outage\n" +
			"told in many words over about a minute. It says where to look and what to do, until Ctrl-C.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return demo(cmd.Context(), listen, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "", "host:port; a free port of this machine by default")
	return cmd
}

func demo(ctx context.Context, listen string, out, errs io.Writer) error {
	folder, err := os.MkdirTemp("", "tocsin-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the demo: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }() // it is a temporary one
	listener, err := listenOn(ctx, cmp.Or(listen, "127.0.0.1:0"), "--listen")
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }() // the server has closed it, if it ran
	path, err := demoSettings(folder, listener.Addr().String())
	if err != nil {
		return err
	}
	o, err := readOrders(path, errs)
	if err != nil {
		return err
	}
	h, err := build(ctx, o)
	if err != nil {
		return err
	}
	defer h.close()
	h.listener = listener
	env, err := h.demoPeople(ctx, folder)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Tocsin %s plays an outage of Harbour, a code playground. Server: %s\n\n", tocsin.Version, o.cfg.Server.BaseURL)
	return together(ctx, h.run, func(ctx context.Context) error { return h.narrate(ctx, out, env) })
}

// demoSettings writes the demo's configuration, to be read as any other.
func demoSettings(folder, listen string) (string, error) {
	text := strings.NewReplacer("{listen}", listen, "{url}", "http://"+listen, "{folder}", folder).Replace(demoConfig)
	path := filepath.Join(folder, "tocsin.yml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write the demo's configuration: %w", err)
	}
	return path, nil
}

// demoPeople makes two people of support, for approval needs two, and a file that
// a shell can read.
func (h *house) demoPeople(ctx context.Context, folder string) (string, error) {
	var env strings.Builder
	fmt.Fprintln(&env, "export TOCSIN_URL="+h.cfg.Server.BaseURL)
	for _, person := range []string{"mara", "jonas"} {
		made, err := api.AddToken(ctx, h.store, tocsin.Token{User: person, Role: tocsin.RoleResponder, Note: "demo", CreatedAt: time.Now()})
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&env, "export %s=%s\n", strings.ToUpper(person), made.Secret)
		if person == "mara" {
			fmt.Fprintln(&env, "export TOCSIN_TOKEN="+made.Secret)
		}
	}
	path := filepath.Join(folder, "env")
	if err := os.WriteFile(path, []byte(env.String()), 0o600); err != nil {
		return "", fmt.Errorf("write the demo's environment: %w", err)
	}
	return path, nil
}

// narrate tells what happens as it happens, and after the first ring what a person
// can do about it, once the bell has told all it has to.
func (h *house) narrate(ctx context.Context, out io.Writer, env string) error {
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	told, rang, explained := map[int64]int64{}, int64(0), false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		incidents, _, err := h.store.Incidents(ctx, tocsin.IncidentQuery{})
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("list incidents: %w", err)
		}
		news := 0
		for _, i := range incidents {
			lines, err := h.tell(ctx, out, i, told)
			if err != nil {
				return err
			}
			news += lines
			if i.Tier == tocsin.TierRing {
				rang = i.ID
			}
		}
		if rang != 0 && news == 0 && !explained {
			explained = true
			fmt.Fprintf(out, demoNext, env, rang)
		}
	}
}

// tell prints the lines of an incident's timeline that are new, and counts them.
func (h *house) tell(ctx context.Context, out io.Writer, i tocsin.Incident, told map[int64]int64) (lines int, err error) {
	events, err := h.store.Timeline(ctx, i.ID)
	if err != nil && ctx.Err() == nil {
		return 0, fmt.Errorf("read timeline: %w", err)
	}
	for _, e := range events {
		if e.ID > told[i.ID] {
			told[i.ID] = e.ID
			lines++
			fmt.Fprintf(out, "%s  incident %d  %-10s %s\n", e.At.Local().Format(time.TimeOnly), i.ID, e.Kind, e.Text)
		}
	}
	return lines, nil
}

// demoNext numbers the updates as a fresh database does.
const demoNext = `
Mara of support now looks whether it is true. In another terminal:

    source %[1]s
    bin/tocsin incidents show %[2]d                         # who wrote what, why these belong together
    bin/tocsin vet %[2]d "Sign in with a two-factor code" broken --note "own account, E-4012"
    bin/tocsin verdict %[2]d confirmed
    bin/tocsin ack %[2]d
    bin/tocsin update draft %[2]d --kind aware --text "Two-factor codes are rejected at sign-in. We are on it." --next 30m
    bin/tocsin update preview 1                         # the exact text, who gets it, who does not and why
    TOCSIN_TOKEN=$JONAS bin/tocsin update approve 1     # another person
    bin/tocsin ledger %[2]d                                 # who was told, when and where

After the fix, which nobody believes before support has seen it:

    bin/tocsin vet %[2]d "Sign in with the test account" works
    bin/tocsin vet %[2]d "Sign in with a two-factor code" works
    bin/tocsin phase %[2]d resolved
    bin/tocsin update draft %[2]d --kind resolved --text "Two-factor codes work again. We are sorry."
    TOCSIN_TOKEN=$JONAS bin/tocsin update approve 2
    bin/tocsin ledger %[2]d                                 # who is still owed an answer
    bin/tocsin close %[2]d --waive-all "wrote of something else"

This server stops at Ctrl-C, and its folder goes with it.

`
