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
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // people live in zones, also on machines without their rules

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// commit is the source that this binary was built from; the Makefile sets it.
var commit = "unknown" //nolint:gochecknoglobals // the linker can set nothing else

func main() {
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // under nohup it is, and stays so
		signals = append(signals, syscall.SIGHUP)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
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
	fail(errs, args, err)
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
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return tocsin.Errorf(tocsin.CodeInvalid, "%s. Usage: %s", strings.TrimSuffix(err.Error(), "."), c.UseLine())
	})
	root.AddGroup(
		&cobra.Group{ID: "server", Title: "The server:"},
		&cobra.Group{ID: "work", Title: "The work, on a running server (TOCSIN_URL, TOCSIN_TOKEN):"},
		&cobra.Group{ID: "offline", Title: "Without a server:"},
	)
	for id, commands := range map[string][]*cobra.Command{
		"server":  {serveCommand(), shadowCommand(), demoCommand(), checkCommand()},
		"offline": {replayCommand(), backtestCommand(), versionCommand()},
		"work":    workCommands(),
	} {
		for _, c := range commands {
			c.GroupID = id
			root.AddCommand(c)
		}
	}
	return root
}
