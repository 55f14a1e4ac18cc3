package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// verdictCommand gives a verdict, and with it the cause when that is known.
func verdictCommand() *cobra.Command {
	var body struct {
		Verdict     tocsin.Verdict `json:"verdict"`
		Reason      string         `json:"reason,omitempty"`
		DuplicateOf int64          `json:"duplicate_of,omitempty"`
	}
	var cause string
	c := command("verdict ID confirmed|flood|not_incident|duplicate", "Say what vetting found", cobra.ExactArgs(2),
		func(ctx context.Context, s *session, args []string) error {
			body.Verdict = tocsin.Verdict(args[1])
			i, err := change(ctx, s, args[0], "verdict", body)
			if err != nil {
				return err
			}
			if cause != "" {
				if i, err = change(ctx, s, args[0], "cause", map[string]string{"cause": cause}); err != nil {
					return err
				}
			}
			return s.done(i, "Incident %d is %s.", i.ID, stateOf(i))
		})
	c.Flags().StringVar(&body.Reason, "reason", "", "why; needed for not_incident")
	c.Flags().Int64Var(&body.DuplicateOf, "duplicate-of", 0, "the incident that stays")
	c.Flags().StringVar(&cause, "cause", "", "why it happened: unknown, ours, provider or malicious")
	return c
}

// change puts one property of an incident.
func change(ctx context.Context, s *session, incident, property string, body any) (tocsin.Incident, error) {
	var i tocsin.Incident
	id, err := number("an incident", incident)
	if err != nil {
		return i, err
	}
	return i, s.call(ctx, http.MethodPut, path("incidents", id, property), body, &i)
}

// phaseCommand moves the public state of a confirmed incident.
func phaseCommand() *cobra.Command {
	return command("phase ID investigating|identified|monitoring|resolved", "Change the public state of a confirmed incident", cobra.ExactArgs(2),
		func(ctx context.Context, s *session, args []string) error {
			i, err := change(ctx, s, args[0], "phase", map[string]string{"phase": args[1]})
			if err != nil {
				return err
			}
			return s.done(i, "Incident %d is %s.", i.ID, stateOf(i))
		})
}

// causeCommand names why a confirmed incident happened.
func causeCommand() *cobra.Command {
	return command("cause ID unknown|ours|provider|malicious", "Say why a confirmed incident happened", cobra.ExactArgs(2),
		func(ctx context.Context, s *session, args []string) error {
			i, err := change(ctx, s, args[0], "cause", map[string]string{"cause": args[1]})
			if err != nil {
				return err
			}
			return s.done(i, "The cause of incident %d is %s.", i.ID, i.Cause)
		})
}

// vetCommand records a try. Confirming and resolving need one.
func vetCommand() *cobra.Command {
	var note string
	c := command(`vet ID "ITEM" works|broken|unclear`, "Record what trying an item of the checklist showed", cobra.ExactArgs(3),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			var done tocsin.Check
			body := map[string]string{"item": args[1], "outcome": args[2], "note": note}
			if err := s.call(ctx, http.MethodPost, path("incidents", id, "checks"), body, &done); err != nil {
				return err
			}
			return s.done(done, "Recorded for incident %d: %s: %s.", id, done.Item, done.Outcome)
		})
	c.Flags().StringVar(&note, "note", "", "where and how you tried it; never sent to anybody")
	return c
}
