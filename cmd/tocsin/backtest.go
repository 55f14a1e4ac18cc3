package main

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/triage"
	"github.com/tocsin/tocsin/triage/backtest"
)

// backtestFlags are what a person may say about a backtest.
type backtestFlags struct {
	settings, tickets, format, pages, zone string
	window                                 time.Duration
	budget                                 float64
	try                                    []float64
}

// backtestCommand asks what Tocsin would have done.
func backtestCommand() *cobra.Command {
	var f backtestFlags
	var c *cobra.Command
	c = command("backtest", "Say what would have whispered and rung in the past, and propose the setting of the bells", cobra.NoArgs,
		func(ctx context.Context, s *session, _ []string) error { return f.run(ctx, s, c.ErrOrStderr()) })
	c.Long = `Runs triage over the past: over an export of your help desk's tickets, or, without
--tickets, over all reports of a running server (TOCSIN_URL, TOCSIN_TOKEN; any
role may). Beside a history of your pager's pages it says how much earlier or
later the bells would have rung, which pages no user noticed, which rings no page
confirms, and which triage.false_rings keeps those within a budget.

Nothing is sent and nothing is stored. Texts lie in a temporary file meanwhile.`
	c.Example = `  tocsin backtest --tickets zendesk.json --pages pagerduty.csv --budget 2
  tocsin backtest --pages pagerduty.csv --json > result.json`
	c.Flags().StringVar(&f.settings, "config", "", "take the settings of triage and the areas from this file")
	c.Flags().StringVar(&f.tickets, "tickets", "", `export of tickets: Zendesk or Intercom as JSON or JSON lines, or CSV; "-" is standard input`)
	c.Flags().StringVar(&f.format, "format", "", "format of --tickets: zendesk, intercom, csv (else what the file looks like)")
	c.Flags().StringVar(&f.pages, "pages", "", "history of pages as CSV, as PagerDuty exports incidents")
	c.Flags().StringVar(&f.zone, "zone", "UTC", "time zone of times that name none, as in Europe/Berlin")
	c.Flags().DurationVar(&f.window, "window", 2*time.Hour, "how far a bell and a page may lie apart and still match")
	c.Flags().Float64Var(&f.budget, "budget", 0, "rings a month that no page confirms and that you put up with (else triage.false_rings)")
	c.Flags().Float64SliceVar(&f.try, "try", backtest.Settings(), "settings of triage.false_rings to try")
	return c
}

func (f backtestFlags) run(ctx context.Context, s *session, errs io.Writer) (err error) {
	o, err := f.options()
	if err != nil {
		return err
	}
	past, err := backtest.NewPast()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, past.Close()) }()
	source := source{session: s, past: past, errs: errs, zone: time.UTC}
	if source.zone, err = time.LoadLocation(f.zone); err != nil {
		return tocsin.Wrap(tocsin.CodeInvalid, err, "There is no time zone %q. Name one like Europe/Berlin.", f.zone)
	}
	if o.Pages, err = source.pages(f.pages); err != nil {
		return err
	}
	if f.tickets != "" {
		err = source.tickets(ctx, f.tickets, backtest.Format(f.format))
	} else {
		o.Areas, err = source.history(ctx, o.Areas)
	}
	if err != nil {
		return err
	}
	if past.Len() == 0 {
		return tocsin.Errorf(tocsin.CodeInvalid, "There are no reports to look at.")
	}
	bar := newBar(errs, "judging", int64(past.Len()*o.Passes()))
	o.Step = bar.add
	result, err := backtest.Run(ctx, past, o)
	bar.end()
	if err != nil {
		return err
	}
	return s.answer(result, func(p *sheet) { showBacktest(p, result) })
}

// options are what the flags and the configuration say.
func (f backtestFlags) options() (backtest.Options, error) {
	cfg, areas, err := replaySettings(f.settings)
	if err != nil {
		return backtest.Options{}, err
	}
	if f.budget == 0 {
		f.budget = cfg.FalseRings
	}
	for _, setting := range f.try {
		one := triage.DefaultConfig()
		if one.FalseRings = setting; setting <= 0 || one.Validate() != nil {
			return backtest.Options{}, tocsin.Errorf(tocsin.CodeInvalid, "--try %g: give false rings a month, between 0.1 and 1000.", setting)
		}
	}
	if f.window <= 0 || f.budget < 0 {
		return backtest.Options{}, tocsin.Errorf(tocsin.CodeInvalid, "--window must be above zero, and --budget not below.")
	}
	return backtest.Options{Config: cfg, Areas: areas, Settings: f.try, Window: f.window, Budget: f.budget}, nil
}
