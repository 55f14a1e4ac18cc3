package main

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// versionCommand says what this binary is.
func versionCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use: "version", Short: "Say which version this is, and from which source", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(map[string]string{"version": tocsin.Version, "commit": commit})
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "tocsin version %s (%s)\n", tocsin.Version, commit)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "answer as JSON, for programs")
	return c
}

// whoamiCommand says whose token is in use.
func whoamiCommand() *cobra.Command {
	return command("whoami", "Say whose token this is, and what it may do", cobra.NoArgs,
		func(ctx context.Context, s *session, _ []string) error {
			var me api.Me
			if err := s.get(ctx, "/me", nil, &me); err != nil {
				return err
			}
			return s.answer(me, func(p *sheet) {
				ends := "for ever"
				if !me.ExpiresAt.IsZero() {
					ends = "until " + p.when(me.ExpiresAt)
				}
				p.line("%s, in the role %s, %s.", me.User, me.Role, ends)
			})
		})
}
