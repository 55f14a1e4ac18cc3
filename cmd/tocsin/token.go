package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/store"
	"github.com/tocsin/tocsin/web/api"
)

// tokensCommand is for admins.
func tokensCommand() *cobra.Command {
	return group("tokens", "List tokens, make and delete them, reset the admin's", tokensList(), tokensCreate(), tokensDelete(), tokensReset())
}

// tokensList shows whose tokens there are.
func tokensList() *cobra.Command {
	return command("list", "List tokens", cobra.NoArgs, func(ctx context.Context, s *session, _ []string) error {
		list, err := listAll[tocsin.Token](ctx, s.client, "/tokens", nil, 0)
		if err != nil {
			return err
		}
		return s.answer(list, func(p *sheet) {
			p.row("ID", "USER", "ROLE", "MADE", "ENDS", "NOTE")
			for _, t := range list.Items {
				p.row(t.ID, t.User, t.Role, p.when(t.CreatedAt), p.when(t.ExpiresAt), t.Note)
			}
		})
	})
}

// tokensCreate prints the secret once, on a line of its own that scripts can pick.
func tokensCreate() *cobra.Command {
	var role, note string
	var lasts lasting
	c := command("create USER --role viewer|support|responder|admin", "Make a token in a user's name; its secret is shown once", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			body := map[string]any{"user": args[0], "role": role, "note": note}
			if lasts > 0 {
				body["expires_at"] = s.now.Add(time.Duration(lasts)).UTC()
			}
			var made api.TokenMade
			if err := s.call(ctx, http.MethodPost, "/tokens", body, &made); err != nil {
				return err
			}
			return s.answer(made, func(p *sheet) {
				p.line("Token %d for %s (%s). This is its secret; nobody can show it again:", made.ID, made.User, made.Role)
				p.gap()
				p.line("    %s", made.Secret)
			})
		})
	c.Flags().StringVar(&role, "role", string(tocsin.RoleSupport), "viewer reads; support vets and approves; responder takes pages too; admin does all")
	c.Flags().StringVar(&note, "note", "", "what it is for")
	c.Flags().Var(&lasts, "lasts", "how long it is good for, as in 30d or 12h; for ever when not given")
	return c
}

// tokensDelete shuts somebody out at once.
func tokensDelete() *cobra.Command {
	return command("delete TOKEN", "Delete a token: whoever has it is out at once", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("a token", args[0])
			if err != nil {
				return err
			}
			if err := s.call(ctx, http.MethodDelete, path("tokens", id), nil, nil); err != nil {
				return err
			}
			return s.done(map[string]int64{"deleted": id}, "Deleted token %d.", id)
		})
}

// tokensReset is for an admin whose token is lost. It opens the database by itself,
// which whoever may read the configuration may.
func tokensReset() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "reset",
		Short: "Make a new admin token in the database itself, when the last one is lost",
		Long: `Opens the database that the configuration names, without a server and without a
token, makes a new token of the user admin and shows it once. Tokens that exist
stay as they are. With SQLite the server must be stopped first.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(path)
			if err != nil {
				return counted(err)
			}
			made, err := resetAdmin(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "Token %d for %s (%s). This is its secret; nobody can show it again:\n\n    %s\n", made.ID, made.User, made.Role, made.Secret)
			return err
		},
	}
	c.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	return c
}

// resetAdmin makes an admin's token in the database of a configuration.
func resetAdmin(ctx context.Context, cfg *config.Config) (made api.TokenMade, err error) {
	db, err := store.Open(ctx, store.Options{URL: cfg.Database.URL.Reveal()})
	if err != nil {
		return made, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return api.AddToken(ctx, db, tocsin.Token{User: "admin", Role: tocsin.RoleAdmin, Note: "made by tokens reset", CreatedAt: time.Now()})
}
