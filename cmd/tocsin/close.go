package main

import (
	"context"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// closeCommand names those who get no answer, for the server closes nothing over
// anybody's head.
func closeCommand() *cobra.Command {
	var waive []string
	var rest string
	c := command("close ID", "Close an incident that owes nobody an answer", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			waivers, err := readWaivers(ctx, s.client, id, waive, rest)
			if err != nil {
				return err
			}
			var i tocsin.Incident
			if err := s.call(ctx, http.MethodPost, path("incidents", id, "close"), map[string]any{"waivers": waivers}, &i); err != nil {
				return err
			}
			return s.done(i, "Incident %d is closed.", i.ID)
		})
	c.Flags().StringArrayVar(&waive, "waive", nil, "REPORTER=REASON: why one reporter gets no answer; may be repeated")
	c.Flags().StringVar(&rest, "waive-all", "", "why everybody who is still owed an answer gets none")
	return c
}

// readWaivers names each who gets no answer, for the reason is kept with the name.
func readWaivers(ctx context.Context, c *client, incident int64, named []string, rest string) ([]tocsin.Waiver, error) {
	waivers := []tocsin.Waiver{}
	seen := map[string]bool{}
	for _, w := range named {
		reporter, reason, ok := strings.Cut(w, "=")
		if !ok {
			return nil, tocsin.Errorf(tocsin.CodeInvalid, "Write --waive as REPORTER=REASON, not %q.", w)
		}
		seen[reporter] = true
		waivers = append(waivers, tocsin.Waiver{Reporter: reporter, Reason: reason})
	}
	if rest == "" {
		return waivers, nil
	}
	owed, err := itemsOf[tocsin.Recipient](ctx, c, path("incidents", incident, "owed"), 0)
	if err != nil {
		return nil, err
	}
	for _, r := range owed {
		if !seen[r.Reporter.ID] {
			waivers = append(waivers, tocsin.Waiver{Reporter: r.Reporter.ID, Reason: rest})
		}
	}
	return waivers, nil
}

// reopenCommand undoes a close.
func reopenCommand() *cobra.Command {
	var reason string
	c := command("reopen ID --reason TEXT", "Open a closed incident again", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			if reason == "" {
				return tocsin.Errorf(tocsin.CodeInvalid, "Give a reason: --reason.")
			}
			var i tocsin.Incident
			if err := s.call(ctx, http.MethodPost, path("incidents", id, "reopen"), map[string]string{"reason": reason}, &i); err != nil {
				return err
			}
			return s.done(i, "Incident %d is open again.", i.ID)
		})
	c.Flags().StringVar(&reason, "reason", "", "why; it is shown in the timeline")
	return c
}
