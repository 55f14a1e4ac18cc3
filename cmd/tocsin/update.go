package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tocsin/tocsin"
)

// updateCommand holds everything about what is said.
func updateCommand() *cobra.Command {
	c := &cobra.Command{Use: "update", Short: "Draft, look at, approve and stop what is said to users"}
	c.AddCommand(
		updateList(), updateShow(), updateDraft(), updateEdit(), updatePreview(), updateApprove(),
		updateAct("cancel", "Take an approval back during its hold", "is a draft again"),
		updateAct("discard", "Throw a draft away", "is discarded"),
		updateStop(),
		updateAct("resume", "Go on with a stopped update", "goes on"),
	)
	return c
}

// updateList shows the updates of one incident.
func updateList() *cobra.Command {
	return command("list INCIDENT", "List the updates of an incident", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			list, err := listAll[tocsin.Update](ctx, s.client, path("incidents", id, "updates"), nil, 0)
			if err != nil {
				return err
			}
			return s.answer(list, func(p *sheet) {
				if p.none(len(list.Items)) {
					return
				}
				p.row("ID", "KIND", "STATE", "AUTHOR", "APPROVER", "EDITED", "TEXT")
				for _, u := range list.Items {
					p.row(u.ID, u.Kind, u.State, u.Author, orDash(u.Approver), ago(p.now.Sub(u.EditedAt)), short(u.Text, 60))
				}
			})
		})
}

// updateShow shows one update with its whole text.
func updateShow() *cobra.Command {
	return command("show UPDATE", "Show an update", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			u, err := readUpdate(ctx, s, args[0])
			if err != nil {
				return err
			}
			return s.answer(u, func(p *sheet) { showUpdate(p, u) })
		})
}

// readUpdate reads the update that an argument names.
func readUpdate(ctx context.Context, s *session, arg string) (u tocsin.Update, err error) {
	id, err := number("an update", arg)
	if err != nil {
		return u, err
	}
	return u, s.get(ctx, path("updates", id), nil, &u)
}

// showUpdate writes an update as its approver reads it.
func showUpdate(p *sheet, u tocsin.Update) {
	p.line("Update %d of incident %d: %s, %s", u.ID, u.Incident, u.Kind, u.State)
	p.row("author", u.Author, p.when(u.EditedAt))
	if u.Approver != "" {
		p.row("approver", u.Approver, p.when(u.ApprovedAt))
	}
	if u.Bypass != "" {
		p.row("bypass", u.Bypass)
	}
	if u.Corrects != 0 {
		p.row("corrects", u.Corrects)
	}
	if !u.NextUpdateAt.IsZero() {
		p.row("promises", "the next word "+p.when(u.NextUpdateAt))
	}
	p.gap()
	p.text(u.Text)
}

// words are the flags of a text that somebody writes.
type words struct{ text, file, next string }

// flags are the same for drafting and for editing.
func (w *words) flags(c *cobra.Command) {
	c.Flags().StringVar(&w.text, "text", "", "what is said")
	c.Flags().StringVar(&w.file, "text-file", "", `file that holds what is said; "-" is standard input`)
	c.Flags().StringVar(&w.next, "next", "", "when the next word is promised: in 30m, or at 2026-01-31T15:00:00Z")
}

// body puts what was given into a request.
func (w *words) body(s *session, into map[string]any) error {
	text, err := w.read(s.in)
	if err != nil {
		return err
	}
	switch _, isNew := into["kind"]; {
	case text != "":
		into["text"] = text
	case isNew || w.next == "":
		return tocsin.Errorf(tocsin.CodeInvalid, "Give the text with --text or --text-file.")
	}
	if w.next == "" {
		return nil
	}
	into["next_update_at"], err = moment(w.next, s.now)
	return err
}

// read takes the text from where it was pointed to.
func (w *words) read(in io.Reader) (string, error) {
	var text []byte
	var err error
	switch w.file {
	case "":
		return w.text, nil
	case "-":
		text, err = io.ReadAll(in)
	default:
		text, err = os.ReadFile(w.file)
	}
	if err != nil {
		return "", tocsin.Wrap(tocsin.CodeInvalid, err, "The text cannot be read")
	}
	return strings.TrimSpace(string(text)), nil
}

// moment reads a time that is given as a span from now, or in full.
func moment(text string, now time.Time) (time.Time, error) {
	if d, err := time.ParseDuration(text); err == nil {
		return now.Add(d).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return t, tocsin.Errorf(tocsin.CodeInvalid, "%q is no time. Write 30m, or 2026-01-31T15:00:00Z.", text)
	}
	return t, nil
}

// updateDraft proposes a text; it sends nothing.
func updateDraft() *cobra.Command {
	var w words
	var kind string
	var corrects int64
	c := command("draft INCIDENT --kind KIND --text TEXT", "Propose what is said", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an incident", args[0])
			if err != nil {
				return err
			}
			body := map[string]any{"kind": kind}
			if corrects != 0 {
				body["corrects"] = corrects
			}
			if err := w.body(s, body); err != nil {
				return err
			}
			var u tocsin.Update
			if err := s.call(ctx, http.MethodPost, path("incidents", id, "updates"), body, &u); err != nil {
				return err
			}
			return s.done(u, "Drafted update %d. Somebody else approves it: tocsin update approve %d", u.ID, u.ID)
		})
	w.flags(c)
	c.Flags().StringVar(&kind, "kind", "", "aware, scope, progress, resolved or correction")
	c.Flags().Int64Var(&corrects, "corrects", 0, "the update that was wrong, for a correction")
	return c
}

// updateEdit changes what is given of a draft.
func updateEdit() *cobra.Command {
	var w words
	c := command("edit UPDATE", "Change a draft; whoever edits is its author", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			id, err := number("an update", args[0])
			if err != nil {
				return err
			}
			body := map[string]any{}
			if err := w.body(s, body); err != nil {
				return err
			}
			var u tocsin.Update
			if err := s.call(ctx, http.MethodPatch, path("updates", id), body, &u); err != nil {
				return err
			}
			return s.done(u, "Changed update %d.", u.ID)
		})
	w.flags(c)
	return c
}

// updateAct makes a command of an act that needs nothing but the update.
func updateAct(verb, short, became string) *cobra.Command {
	return command(verb+" UPDATE", short, cobra.ExactArgs(1), func(ctx context.Context, s *session, args []string) error {
		return actOnUpdate(ctx, s, args[0], verb, nil, became)
	})
}

// updateStop asks nothing: it must be quick.
func updateStop() *cobra.Command {
	var reason string
	c := command("stop UPDATE", "Stop an update that is being sent", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			return actOnUpdate(ctx, s, args[0], "stop", map[string]string{"reason": reason}, "is stopped: nothing new leaves")
		})
	c.Flags().StringVar(&reason, "reason", "", "why; it is shown in the timeline")
	return c
}

// actOnUpdate does one act and says what became of the update.
func actOnUpdate(ctx context.Context, s *session, arg, verb string, body any, became string) error {
	id, err := number("an update", arg)
	if err != nil {
		return err
	}
	var u tocsin.Update
	if err := s.call(ctx, http.MethodPost, path("updates", id, verb), body, &u); err != nil {
		return err
	}
	return s.done(u, "Update %d %s.", u.ID, became)
}
