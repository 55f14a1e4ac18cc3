package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin/web/api"
)

func serveCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run the server until it is told to stop",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := readOrders(path, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			return serve(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	return cmd
}

// serve runs the server until ctx ends and everything under way is finished.
func serve(ctx context.Context, o orders, out io.Writer) error {
	h, err := build(ctx, o)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.listen(ctx); err != nil {
		return err
	}
	secret, err := api.EnsureAdmin(ctx, h.store, time.Now())
	if err != nil {
		return err
	}
	if secret != "" {
		fmt.Fprintf(out, "First start. This is the admin's token; it is shown this once:\n\n    %s\n\n", secret)
	}
	return h.run(ctx)
}
