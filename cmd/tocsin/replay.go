package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/config"
	"github.com/tocsin/tocsin/triage"
)

func replayCommand() *cobra.Command {
	var clusters, alerts, incidents, settings string
	c := &cobra.Command{
		Use:   "replay FILE.jsonl",
		Short: "Run triage over recorded reports",
		Long: `Runs the very triage of production over recorded reports, in the reports' own
time, without network or database. FILE.jsonl holds one JSON object a line (id,
at, channel, author, text; optional thread, reply_to, lang, author_since,
received_at); "-" is standard input. A summary goes to standard error, and a
sentence for each bad line that was skipped.`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, areas, err := replaySettings(settings)
			if err != nil {
				return err
			}
			files := opened{}
			defer files.close()
			in, err := files.in(args[0], cmd.InOrStdin())
			if err != nil {
				return err
			}
			out := triage.Outputs{Bad: cmd.ErrOrStderr()}
			for _, o := range []struct {
				path string
				w    *io.Writer
			}{{clusters, &out.Clusters}, {alerts, &out.Alerts}, {incidents, &out.Incidents}} {
				if *o.w, err = files.out(o.path); err != nil {
					return err
				}
			}
			summary, err := triage.Replay(cmd.Context(), in, out, cfg, areas, time.Now)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.ErrOrStderr(), summary)
			return err
		},
	}
	c.Flags().StringVar(&clusters, "clusters", "", "write each report's cluster to this file")
	c.Flags().StringVar(&alerts, "alerts", "", "write each whisper and ring to this file")
	c.Flags().StringVar(&incidents, "incidents", "", "write each incident's members and recipients to this file")
	c.Flags().StringVar(&settings, "config", "", "take the settings of triage and the areas from this file")
	return c
}

// replaySettings reads the part of a configuration that triage uses.
func replaySettings(path string) (triage.Config, []tocsin.Area, error) {
	if path == "" {
		return triage.DefaultConfig(), nil, nil
	}
	c, err := config.Load(path)
	if err != nil {
		return triage.Config{}, nil, err
	}
	return triageConfig(c), c.Areas, nil
}

// opened are the files of one run.
type opened struct{ files []*os.File }

func (o *opened) in(path string, standard io.Reader) (io.Reader, error) {
	if path == "-" {
		return standard, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "The recording %s cannot be read.", path)
	}
	o.files = append(o.files, f)
	return f, nil
}

func (o *opened) out(path string) (io.Writer, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // no file is asked for, none is written
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, tocsin.Wrap(tocsin.CodeInvalid, err, "%s cannot be written.", path)
	}
	o.files = append(o.files, f)
	return f, nil
}

func (o *opened) close() {
	for _, f := range o.files {
		_ = f.Close() // what was written has been flushed, and its error seen
	}
}
