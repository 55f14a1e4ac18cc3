package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/web/api"
)

func serveCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server until it is told to stop",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(path)
			if err != nil {
				return err
			}
			return serve(cmd.Context(), cfg, cmd.OutOrStdout(), newLog(cfg.Log, cmd.ErrOrStderr()))
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	return cmd
}

// serve runs the server until ctx ends and everything under way is finished.
func serve(ctx context.Context, cfg *config.Config, out io.Writer, log *slog.Logger) error {
	h, err := build(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer h.close()
	secret, err := api.EnsureAdmin(ctx, h.store, time.Now())
	if err != nil {
		return err
	}
	if secret != "" {
		fmt.Fprintf(out, "First start. This is the admin's token; it is shown this once:\n\n    %s\n\n", secret)
	}
	return h.run(ctx)
}

func newLog(c config.Log, out io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		level = slog.LevelInfo // config.Load has refused any other word
	}
	o := &slog.HandlerOptions{Level: level}
	if strings.EqualFold(c.Format, "json") {
		return slog.New(slog.NewJSONHandler(out, o))
	}
	return slog.New(slog.NewTextHandler(out, o))
}
