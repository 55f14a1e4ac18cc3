package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// settlement is one act on lines of the ledger: those that are named, or all of an
// incident in one state.
type settlement struct {
	verb, field, became string
	incident            int64
	state               string
	yes                 bool
}

// settleCommand makes a command that settles lines; field names what it must say, if
// anything.
func settleCommand(use, short, field, became string) *cobra.Command {
	verb, _, _ := strings.Cut(use, " ")
	a := &settlement{verb: verb, field: field, became: became}
	c := command(use, short, a.args, a.run)
	c.Flags().Int64Var(&a.incident, "incident", 0, "instead of numbers: every line of this incident in the --state")
	c.Flags().StringVar(&a.state, "state", "", "held or failed, with --incident")
	c.Flags().BoolVarP(&a.yes, "yes", "y", false, "do not ask")
	return c
}

// args wants a number at least, unless an incident is named, and the words last.
func (a *settlement) args(_ *cobra.Command, given []string) error {
	want, words := 1, 0
	if a.field != "" {
		words = 1
	}
	if a.incident != 0 {
		want = 0
	}
	if len(given) < want+words || (a.incident != 0 && len(given) > words) {
		return tocsin.Errorf(tocsin.CodeInvalid, "wrong number of arguments")
	}
	return nil
}

// run settles each line, and stops at the first that is refused.
func (a *settlement) run(ctx context.Context, s *session, args []string) error {
	var body any
	if a.field != "" {
		body = map[string]string{a.field: args[len(args)-1]}
		args = args[:len(args)-1]
	}
	ids, err := a.lines(ctx, s, args)
	if err != nil {
		return err
	}
	settled := []tocsin.Delivery{}
	for _, id := range ids {
		var d tocsin.Delivery
		if err := s.call(ctx, http.MethodPost, path("deliveries", id, a.verb), body, &d); err != nil {
			if len(settled) > 0 {
				return fmt.Errorf("delivery %d, after %s: %w", id, plural(len(settled), "other", "others"), err)
			}
			return err
		}
		settled = append(settled, d)
	}
	if len(settled) == 1 {
		return s.done(settled[0], "Delivery %d: %s %s.", settled[0].ID, who(settled[0].Reporter), a.became)
	}
	return s.answer(settled, func(p *sheet) {
		for _, d := range settled {
			p.row(d.ID, who(d.Reporter), a.became)
		}
		p.line("%s.", plural(len(settled), "delivery", "deliveries"))
	})
}

// lines gives the numbers of the lines that are meant.
func (a *settlement) lines(ctx context.Context, s *session, args []string) ([]int64, error) {
	if a.incident == 0 {
		ids := make([]int64, len(args))
		for i, arg := range args {
			var err error
			if ids[i], err = number("a delivery", arg); err != nil {
				return nil, err
			}
		}
		return ids, nil
	}
	if a.state != string(tocsin.DeliveryHeld) && a.state != string(tocsin.DeliveryFailed) {
		return nil, tocsin.Errorf(tocsin.CodeInvalid, "Say which lines of the incident: --state held or --state failed.")
	}
	list, err := listAll[tocsin.Delivery](ctx, s.client, "/deliveries", url.Values{"incident": {strconv.FormatInt(a.incident, 10)}, "state": {a.state}}, 0)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(list.Items))
	for i, d := range list.Items {
		ids[i] = d.ID
	}
	if len(ids) == 0 {
		return nil, tocsin.Errorf(tocsin.CodeNotFound, "Incident %d has no delivery that is %s.", a.incident, a.state)
	}
	return ids, confirm(s, a.yes, fmt.Sprintf("%s %s that %s %s?", a.verb, plural(len(ids), "delivery", "deliveries"), map[bool]string{true: "is", false: "are"}[len(ids) == 1], a.state))
}
