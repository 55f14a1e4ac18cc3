package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

func checkCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Name each mistake in the configuration, or say what would run",
		Long: `Reads the configuration as the server would, and makes each channel without
calling its system. Each mistake is named with its file, line, key and remedy;
with none, check says what would run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := readOrders(path, io.Discard)
			if err != nil {
				return err
			}
			return describe(cmd.OutOrStdout(), o.cfg, o.channels)
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	return cmd
}

// counted puts a line above the mistakes.
func counted(err error) error {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		return err
	}
	if len(mistakes) == 1 {
		return fmt.Errorf("the configuration has a mistake.\n%w", err)
	}
	return fmt.Errorf("the configuration has %d mistakes.\n%w", len(mistakes), err)
}

// checkTargets tells which policies would ring on a channel that can't page.
func checkTargets(cfg *config.Config, channels []tocsin.Channel) error {
	var wrong []error
	check := func(key string, targets []tocsin.Target) {
		for i, target := range targets {
			n := slices.IndexFunc(channels, func(ch tocsin.Channel) bool { return ch.Name == target.Channel })
			if n >= 0 && channels[n].Pager == nil {
				ch := channels[n]
				wrong = append(wrong, cfg.Mistake(fmt.Sprintf("%s[%d].channel", key, i),
					"The channel %s can't carry a bell to anybody: a channel of type %s does not page, or its settings don't say how.", ch.Name, ch.Type))
			}
		}
	}
	for _, p := range cfg.Policies {
		check("policies."+p.Name+".whisper", p.Whisper)
		for i, step := range p.Steps {
			check(fmt.Sprintf("policies.%s.steps[%d].targets", p.Name, i), step.Targets)
		}
	}
	return config.Join(wrong...)
}

// describe says what would run.
func describe(out io.Writer, cfg *config.Config, channels []tocsin.Channel) error {
	path := cfg.Path
	if path == "" {
		path = "no file; defaults and environment"
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(key, format string, args ...any) {
		_, _ = fmt.Fprintf(w, "  %s\t%s\n", key, fmt.Sprintf(format, args...)) // Flush tells of an error
	}
	_, _ = fmt.Fprintf(w, "No mistakes (%s). This would run:\n\n", path) // as above
	line("server", "%s, reached as %s", cfg.Server.Listen, cfg.Server.BaseURL)
	line("database", "%s", cfg.Database.Describe())
	for _, ch := range channels {
		line("channel", "%s (%s): %s", ch.Name, ch.Type, abilities(ch))
	}
	if len(channels) == 0 {
		line("channel", "none: nothing would be heard")
	}
	for _, a := range cfg.Areas {
		line("area", "%s, paged by %s", a.Name, pagedBy(cfg, a))
	}
	for _, p := range cfg.Policies {
		line("policy", "%s: whispers to %d, rings in %d steps", p.Name, len(p.Whisper), len(p.Steps))
	}
	return w.Flush()
}

// pagedBy names an area's policy. The default may stand in the store alone.
func pagedBy(cfg *config.Config, a tocsin.Area) string {
	name := a.Policy
	if name == "" {
		name = tocsin.PolicyDefault
	}
	if slices.ContainsFunc(cfg.Policies, func(p tocsin.Policy) bool { return p.Name == name }) {
		return "the policy " + name
	}
	return "nobody, unless the store has a policy " + name
}

// abilities says in words what a channel can do.
func abilities(ch tocsin.Channel) string {
	var able []string
	for _, a := range []struct {
		can  bool
		verb string
	}{
		{ch.Source != nil || ch.Streamer != nil || ch.Receiver != nil, "hears"},
		{ch.Replier != nil, "answers"},
		{ch.Poster != nil, "posts"},
		{ch.Pager != nil, "pages"},
	} {
		if a.can {
			able = append(able, a.verb)
		}
	}
	if len(able) == 0 {
		return "can do nothing"
	}
	return strings.Join(able, ", ")
}
