package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// updatePreview shows what an approval would send, and changes nothing.
func updatePreview() *cobra.Command {
	return command("preview UPDATE", "Show the exact text, who would get it, and who not", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			v, err := readPreview(ctx, s, args[0])
			if err != nil {
				return err
			}
			return s.answer(v, func(p *sheet) { showPreview(p, v) })
		})
}

// readPreview works the recipients out as they are now.
func readPreview(ctx context.Context, s *session, arg string) (v tocsin.Preview, err error) {
	id, err := number("an update", arg)
	if err != nil {
		return v, err
	}
	return v, s.get(ctx, path("updates", id, "preview"), nil, &v)
}

// leftOutShown is how many of those left out are named; the rest is counted.
const leftOutShown = 10

// showPreview writes everything that an approver stands by.
func showPreview(p *sheet, v tocsin.Preview) {
	showUpdate(p, v.Update)
	p.gap()
	for _, w := range v.Warnings {
		p.line("Mind: %s", w)
	}
	p.line("It goes to %s:", plural(people(v), "person", "people"))
	for _, c := range v.Channels {
		p.line("  %s", reach(c))
	}
	for _, g := range []struct {
		title string
		list  []tocsin.Recipient
	}{
		{"To be told by hand", v.Held},
		{"Doubtful, not told unless attached (tocsin attach)", v.Doubtful},
		{"Left out", v.LeftOut},
	} {
		if len(g.list) > 0 {
			p.gap()
			p.line("%s: %d", g.title, len(g.list))
			showRecipients(p, g.list, leftOutShown, "--json")
		}
	}
}

// people counts those who get it in their own threads.
func people(v tocsin.Preview) int {
	n := 0
	for _, c := range v.Channels {
		n += c.People
	}
	return n
}

// reach says in a line what an update does on one channel: town: 23 people, and in
// public; 55 of 500 characters.
func reach(c tocsin.Reach) string {
	said := []string{c.Channel + ": " + plural(c.People, "person", "people")}
	if c.Public {
		said[0] += ", and in public"
	}
	for _, more := range []string{lengthOf(c.Length), c.Blocked} {
		if more != "" {
			said = append(said, more)
		}
	}
	return strings.Join(said, "; ")
}

// approvable refuses what cannot be approved before anybody reads a long preview.
func approvable(ctx context.Context, s *session, u tocsin.Update, bypass string) error {
	if u.State != tocsin.UpdateDraft {
		return tocsin.Errorf(tocsin.CodeConflict, "Update %d is %s; only a draft can be approved.", u.ID, u.State)
	}
	var me api.Me
	if err := s.get(ctx, "/me", nil, &me); err != nil {
		return err
	}
	if bypass == "" && strings.EqualFold(me.User, u.Author) {
		return tocsin.Errorf(tocsin.CodeForbidden, "Another person must approve what %s wrote. If nobody is there, say why you do it alone: --bypass.", u.Author)
	}
	return nil
}

// lengthOf says how much of a channel's limit a text takes.
func lengthOf(l tocsin.Length) string {
	if l.Limit == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d %s", l.Used, l.Limit, l.Unit)
}

// updateApprove shows the preview first and sends its seen back: what is approved
// is what was on the screen.
func updateApprove() *cobra.Command {
	var yes bool
	var bypass string
	c := command("approve UPDATE", "Let an update go out, after you have seen what and to whom", cobra.ExactArgs(1),
		func(ctx context.Context, s *session, args []string) error {
			v, err := readPreview(ctx, s, args[0])
			if err != nil {
				return err
			}
			if err := approvable(ctx, s, v.Update, bypass); err != nil {
				return err
			}
			if !s.json {
				p := newSheet(s.out, s.now)
				showPreview(p, v)
				p.gap()
				if err := p.flush(); err != nil {
					return err
				}
			}
			if err := confirm(s, yes, fmt.Sprintf("Send this to %s?", plural(people(v), "person", "people"))); err != nil {
				return err
			}
			var u tocsin.Update
			body := map[string]string{"seen": v.Seen, "bypass": bypass}
			if err := s.call(ctx, http.MethodPost, path("updates", v.Update.ID, "approve"), body, &u); err != nil {
				return err
			}
			return s.done(u, "Approved. It leaves %s; until then: tocsin update cancel %d", ago(s.now.Sub(u.SendAt)), u.ID)
		})
	c.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	c.Flags().StringVar(&bypass, "bypass", "", "why you approve your own text, alone; it is logged and shown")
	return c
}

// confirm asks the person at the terminal, unless they said yes beforehand.
func confirm(s *session, yes bool, question string) error {
	if yes {
		return nil
	}
	if f, ok := s.in.(*os.File); !ok || s.json || !term.IsTerminal(int(f.Fd())) {
		return tocsin.Errorf(tocsin.CodeInvalid, "Nobody is at a terminal to confirm this. Look at it first, then add --yes.")
	}
	return ask(s.in, s.out, question)
}

// ask takes nothing but yes for a yes.
func ask(in io.Reader, out io.Writer, question string) error {
	if _, err := fmt.Fprint(out, question+" [y/N] "); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && line == "" {
		return fmt.Errorf("read answer: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(line)) {
	case "y", "yes":
		return nil
	default:
		return tocsin.Errorf(tocsin.CodeInvalid, "Nothing was sent.")
	}
}
