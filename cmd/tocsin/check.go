package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
)

func checkCommand() *cobra.Command {
	var path string
	var online, asJSON bool
	cmd := &cobra.Command{
		Use:   "check",
		Short: "Name each mistake in the configuration, or say what would run",
		Long: `Reads the configuration as the server would, and makes each channel without
calling its system. Each mistake is named with its file, line, key and remedy;
with none, check says what would run. With --online it then tries each channel:
it signs in, or asks whether somebody is there, and sends nothing to anybody. It
says whether our clock agrees with theirs and, for mail, whether receivers would
believe it (SPF, DKIM, DMARC), with what to mend.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := readOrders(path, io.Discard)
			if err != nil {
				return err
			}
			return tryOut(cmd.Context(), o, online, asJSON, cmd.OutOrStdout())
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "configuration file (else $TOCSIN_CONFIG, ./tocsin.yml, /etc/tocsin/tocsin.yml)")
	cmd.Flags().BoolVar(&online, "online", false, "try each channel's system too")
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer as JSON, for programs")
	return cmd
}

// tryOut says what would run, and how each channel does if it is to be tried.
func tryOut(ctx context.Context, o orders, online, asJSON bool, out io.Writer) error {
	p := newPlan(o)
	if !asJSON {
		if err := p.describe(out, o.cfg); err != nil {
			return err
		}
	}
	failed := 0
	if online {
		failed = p.try(ctx, o.channels)
	}
	var err error
	switch {
	case asJSON:
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		err = e.Encode(p)
	case online:
		err = p.describeOnline(out)
	}
	if err == nil && failed > 0 {
		return tocsin.Errorf(tocsin.CodeUnavailable, "%s of %d did not work.", plural(failed, "channel", "channels"), len(o.channels))
	}
	return err
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
