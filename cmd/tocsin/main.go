// Command tocsin hears users complain, rings for the engineer on call, and carries
// support's verified word back to each of them.
//
// Here, and only here, the folders are wired together, by hand: run.go builds the
// server, channels.go is the list of channel types, and each sub-command has a
// file of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// commit is the source that this binary was built from; the Makefile sets it.
var commit = "unknown" //nolint:gochecknoglobals // the linker can set nothing else

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without its process, for tests. It gives the exit code: 0 for
// success, 1 for a failure, which it has told on stderr.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	if err == nil || errors.Is(err, context.Canceled) {
		return 0
	}
	// All of it, not only the sentence for users: who sits at a terminal is the
	// operator, and no secret is ever in an error.
	fmt.Fprintln(errs, "tocsin:", err)
	return 1
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "tocsin",
		Short:         "Hears users complain, rings for the engineer on call, carries support's word back",
		Version:       tocsin.Version + " (" + commit + ")",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddGroup(
		&cobra.Group{ID: "server", Title: "The server:"},
		&cobra.Group{ID: "work", Title: "The work, on a running server (TOCSIN_URL, TOCSIN_TOKEN):"},
		&cobra.Group{ID: "offline", Title: "Without a server:"},
	)
	for id, commands := range map[string][]*cobra.Command{
		"server":  {serveCommand(), shadowCommand(), demoCommand(), checkCommand()},
		"offline": {replayCommand(), backtestCommand()},
		"work":    workCommands(),
	} {
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	return root
}
