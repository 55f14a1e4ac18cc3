package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// importCommand brings old reports into a running server.
func importCommand() *cobra.Command {
	var channel, format, zone string
	var from int
	var c *cobra.Command
	c = command("import FILE", "Bring old reports from a file into a running server", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			i := &importer{session: s, channel: channel, from: from, file: args[0], errs: c.ErrOrStderr(), rejected: map[string]int{}}
			return i.run(ctx, format, zone)
		})
	c.Long = `Brings old reports from a file into a channel of a running server: a mailbox in
mbox form, a recording (the JSON lines of tocsin replay), CSV, or an export of
Zendesk or Intercom. They go through the same cleaning as new ones, are stored
with the time at which they were written, and open no incident, ring nobody and
are answered by nobody; triage learns from them at its next start what is usual.

A report that is there already is passed over, so a file can be imported again
after a failure. To save time, --from skips what was done; the message of the
failure says from where. What cannot be used is named with its number, and skipped.`
	c.Example = `  tocsin import support.mbox --channel support-mail
  tocsin import tickets.csv --channel contact-form --zone Europe/Berlin`
	c.Flags().StringVar(&channel, "channel", "", "the channel whose reports they are (required)")
	c.Flags().StringVar(&format, "format", "", "mbox, jsonl, csv, zendesk or intercom (else what the file looks like)")
	c.Flags().StringVar(&zone, "zone", "UTC", "time zone of times that name none, as in Europe/Berlin")
	c.Flags().IntVar(&from, "from", 1, "begin at this line, or mail")
	return c
}

// How much one call brings.
const (
	importMost  = 200
	importBytes = 2 << 20
)

// load is what one call brings.
type load struct {
	Reports []api.Imported `json:"reports,omitempty"`
	Mails   [][]byte       `json:"mails,omitempty"`

	first, size int // number of its first thing; bytes
}

func (l load) count() int { return len(l.Reports) + len(l.Mails) }

// importer is one import under way.
type importer struct {
	*session
	channel string
	from    int
	file    string
	errs    io.Writer

	load     load
	read     int
	added    int
	rejected map[string]int // by reason
}

func (i *importer) run(ctx context.Context, format, zone string) error {
	if i.channel == "" {
		return tocsin.Errorf(tocsin.CodeInvalid, "Say whose reports they are: --channel. tocsin channels lists them.")
	}
	files := opened{}
	defer files.close()
	in, err := files.in(i.file, i.in)
	if err != nil {
		return err
	}
	bar := newBar(i.errs, "importing", sizeOf(in))
	left := &leftOut{file: i.file, out: i.errs}
	err = i.readAll(ctx, bar.through(in), format, zone, left)
	if err == nil {
		err = i.send(ctx)
	}
	bar.end()
	left.sum()
	if err != nil {
		return i.stopped(err)
	}
	return i.answer(i.sum(left.rows), func(p *sheet) { p.line("%s", i.told(left.rows)) })
}

// stopped says how to go on after a failure.
func (i *importer) stopped(err error) error {
	if i.load.first > 0 && tocsin.CodeOf(err) != tocsin.CodeInvalid {
		fmt.Fprintln(i.errs, clean(fmt.Sprintf("%d new reports were stored. Go on by: tocsin import %s --channel %s --from %d", i.added, i.file, i.channel, i.load.first)))
	}
	return err
}

// put takes one thing of the file, and sends what there is when it is enough.
func (i *importer) put(ctx context.Context, number, size int, add func(*load)) error {
	if number < i.from {
		return nil
	}
	if i.load.count() >= importMost || i.load.count() > 0 && i.load.size+size > importBytes {
		if err := i.send(ctx); err != nil {
			return err
		}
	}
	if i.load.count() == 0 {
		i.load.first = number
	}
	i.read++
	i.load.size += size
	add(&i.load)
	return nil
}

// send brings what was gathered to the server.
func (i *importer) send(ctx context.Context) error {
	if i.load.count() == 0 {
		return nil
	}
	var taken api.Taken
	if err := i.call(ctx, http.MethodPost, path("channels", url.PathEscape(i.channel), "import"), i.load, &taken); err != nil {
		return err
	}
	i.added += taken.Added
	for _, r := range taken.Rejected {
		i.rejected[r.Reason]++
	}
	i.load = load{}
	return nil
}

// imported is the outcome, for programs.
type imported struct {
	Read     int            `json:"read"`
	Added    int            `json:"added"`
	Rejected map[string]int `json:"rejected"`
	Skipped  int            `json:"skipped"`
}

func (i *importer) sum(skipped int) imported {
	return imported{Read: i.read, Added: i.added, Rejected: i.rejected, Skipped: skipped}
}

// told is the outcome in a sentence.
func (i *importer) told(skipped int) string {
	said := []string{fmt.Sprintf("%d read, %d new", i.read, i.added)}
	refused := 0
	for _, reason := range slices.Sorted(maps.Keys(i.rejected)) {
		refused += i.rejected[reason]
		said = append(said, fmt.Sprintf("%d %s", i.rejected[reason], reason))
	}
	if there := i.read - i.added - refused; there > 0 {
		said = append(said, fmt.Sprintf("%d were there before or are no reports (tocsin rejections)", there))
	}
	if skipped > 0 {
		said = append(said, fmt.Sprintf("%d skipped", skipped))
	}
	return strings.Join(said, ", ") + "."
}
