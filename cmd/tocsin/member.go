package main

import (
	"context"
	"net/http"

	"github.com/spf13/cobra"
)

// attachCommand overrules triage: the report belongs here.
func attachCommand() *cobra.Command {
	return membership("attach INCIDENT REPORT", "Say that a report is one of the incident's", http.MethodPut, "Report %d is one of incident %d.")
}

// detachCommand overrules triage: the report does not belong here.
func detachCommand() *cobra.Command {
	return membership("detach INCIDENT REPORT", "Say that a report is not one of the incident's", http.MethodDelete, "Report %d is none of incident %d.")
}

// membership makes either command; they differ in one word of HTTP.
func membership(use, short, method, said string) *cobra.Command {
	return command(use, short, cobra.ExactArgs(2), func(ctx context.Context, s *session, args []string) error {
		incident, err := number("an incident", args[0])
		if err != nil {
			return err
		}
		report, err := number("a report", args[1])
		if err != nil {
			return err
		}
		if err := s.call(ctx, method, path("incidents", incident, "reports", report), nil, nil); err != nil {
			return err
		}
		return s.done(map[string]int64{"report": report, "incident": incident}, said, report, incident)
	})
}
