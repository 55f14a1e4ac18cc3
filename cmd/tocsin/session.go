package main

import (
	"cmp"
	"context"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

// defaultURL is where a server listens that was told nothing else.
const defaultURL = "http://127.0.0.1:8080"

// workCommands are those that speak to a running server.
func workCommands() []*cobra.Command {
	return []*cobra.Command{
		whoamiCommand(), incidentsCommand(),
		verdictCommand(), vetCommand(), phaseCommand(), causeCommand(), attachCommand(), detachCommand(),
		updateCommand(), ledgerCommand(), closeCommand(), reopenCommand(),
		pagesCommand(), ackCommand(), oncallCommand(), mediaCommand(),
		reportsCommand(), rejectionsCommand(), channelsCommand(), importCommand(),
		areasCommand(), policiesCommand(), peopleCommand(), schedulesCommand(), tokensCommand(),
	}
}

// session is one command on a running server: who asks, where, and how to answer.
type session struct {
	*client
	in   io.Reader
	out  io.Writer
	json bool
	now  time.Time
}

// task is what such a command does.
type task func(ctx context.Context, s *session, args []string) error

// command makes a command of a task.
func command(use, short string, args cobra.PositionalArgs, work task) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: usage(args)}
	var base, tokenFile string
	var asJSON bool
	c.Flags().StringVar(&base, "url", "", "where the server is (else TOCSIN_URL, else "+defaultURL+")")
	c.Flags().StringVar(&tokenFile, "token-file", "", "file that holds your token (else TOCSIN_TOKEN)")
	c.Flags().BoolVar(&asJSON, "json", false, "answer as JSON, for programs")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		token, err := readToken(tokenFile)
		if err != nil {
			return err
		}
		to, err := newClient(cmp.Or(base, os.Getenv("TOCSIN_URL"), defaultURL), token)
		if err != nil {
			return err
		}
		return work(cmd.Context(), &session{client: to, in: cmd.InOrStdin(), out: cmd.OutOrStdout(), json: asJSON, now: time.Now()}, args)
	}
	return c
}

// usage names the arguments that a command takes, when it was given others.
func usage(args cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := args(cmd, given); err != nil {
			return tocsin.Errorf(tocsin.CodeInvalid, "Usage: %s", cmd.UseLine())
		}
		return nil
	}
}

// group makes a command of sub-commands; without one it does what the first does.
func group(use, short string, first *cobra.Command, others ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: first.RunE}
	c.Flags().AddFlagSet(first.Flags())
	c.AddCommand(append([]*cobra.Command{first}, others...)...)
	return c
}

// readToken prefers a file: a secret on a command line is seen by every user of the
// machine, so no flag takes one.
func readToken(file string) (config.Secret, error) {
	if file == "" {
		return config.NewSecret(strings.TrimSpace(os.Getenv("TOCSIN_TOKEN"))), nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return config.Secret{}, tocsin.Wrap(tocsin.CodeInvalid, err, "The token file cannot be read")
	}
	return config.NewSecret(strings.TrimSpace(string(text))), nil
}

// answer shows a value: as JSON, or as people read it.
func (s *session) answer(v any, people func(*sheet)) error {
	if s.json {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		e.SetEscapeHTML(false)
		return e.Encode(v)
	}
	p := newSheet(s.out, s.now)
	people(p)
	return p.flush()
}

// done says in one sentence what was done.
func (s *session) done(v any, format string, args ...any) error {
	return s.answer(v, func(p *sheet) { p.line(format, args...) })
}

// number reads an id.
func number(what, text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, tocsin.Errorf(tocsin.CodeInvalid, "%q is no number of %s. They are the numbers in the first column of a list.", text, what)
	}
	return id, nil
}

// path joins an address below the API.
func path(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		switch p := p.(type) {
		case int64:
			b.WriteString(strconv.FormatInt(p, 10))
		case string:
			b.WriteString(p)
		}
	}
	return b.String()
}
