package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"errors"
	"html/template"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/web/api"
)

// Acts does what the links in pages ask. To look changes nothing.
type Acts interface {
	Look(ctx context.Context, e tocsin.Errand) (tocsin.Asked, error)
	Act(ctx context.Context, e tocsin.Errand, policy string) (tocsin.Page, error)
}

//go:embed act.html act.css
var actFiles embed.FS

// maxForm is the size of the largest form that is read.
const maxForm = 4 << 10

// actPages serves the pages behind links. Opening one asks; its button acts. Mail
// scanners open links, and must not take a page by it.
type actPages struct {
	acts   Acts
	log    *slog.Logger
	page   *template.Template
	policy string
}

func newActPages(acts Acts, log *slog.Logger) *actPages {
	css, err := actFiles.ReadFile("act.css")
	if err != nil {
		panic(err) // it is embedded
	}
	sum := sha256.Sum256(css)
	page := template.Must(template.New("act.html").Funcs(template.FuncMap{
		"css": func() template.CSS { return template.CSS(css) }, //nolint:gosec // our own file
	}).ParseFS(actFiles, "act.html"))
	return &actPages{
		acts: acts, log: log, page: page,
		policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
	}
}

// shown is what the page shows: a question, what was done, or what is wrong.
type shown struct {
	Asked  tocsin.Asked
	Button string
	Done   string
	Wrong  string
}

func (p *actPages) ask(w http.ResponseWriter, r *http.Request) {
	e, err := errand(r)
	var asked tocsin.Asked
	if err == nil {
		asked, err = p.acts.Look(r.Context(), e)
	}
	if err != nil {
		p.wrong(w, r, err)
		return
	}
	p.show(w, r, http.StatusOK, shown{Asked: asked, Button: button(e.Action)})
}

func (p *actPages) act(w http.ResponseWriter, r *http.Request) {
	e, err := errand(r)
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err == nil && r.ParseForm() != nil {
		err = tocsin.Errorf(tocsin.CodeInvalid, "The form cannot be read. Open the link again.")
	}
	var page tocsin.Page
	if err == nil {
		page, err = p.acts.Act(r.Context(), e, r.PostForm.Get("policy"))
	}
	if err != nil {
		p.wrong(w, r, err)
		return
	}
	p.show(w, r, http.StatusOK, shown{Done: done(e.Action, page)})
}

// errand reads the address of a link.
func errand(r *http.Request) (tocsin.Errand, error) {
	notice, errNotice := strconv.ParseInt(r.PathValue("notice"), 10, 64)
	until, errUntil := strconv.ParseInt(r.PathValue("until"), 10, 64)
	if errors.Join(errNotice, errUntil) != nil {
		return tocsin.Errand{}, tocsin.Errorf(tocsin.CodeNotFound, "This link is not whole. Open it from the page again.")
	}
	return tocsin.Errand{Notice: notice, Action: tocsin.Action(r.PathValue("action")), Until: until, Sum: r.PathValue("sum")}, nil
}

func (p *actPages) wrong(w http.ResponseWriter, r *http.Request, err error) {
	problem := api.ProblemOf(err)
	if problem.Code == tocsin.CodeInternal {
		p.log.ErrorContext(r.Context(), "link not followed", "request", r.Header.Get(api.RequestHeader), "err", err)
	}
	p.show(w, r, problem.Status, shown{Wrong: problem.Detail})
}

// show writes the page whole or not at all.
func (p *actPages) show(w http.ResponseWriter, r *http.Request, status int, s shown) {
	var b bytes.Buffer
	if err := p.page.Execute(&b, s); err != nil {
		p.log.ErrorContext(r.Context(), "write page of a link", "err", err)
		http.Error(w, "Something went wrong on our side. The log has the details.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", p.policy)
	// The form must say that it comes from us, which no-referrer would hide.
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the visitor has gone: nothing is left to do
}

// button says what pressing it does.
func button(a tocsin.Action) string {
	switch a {
	case tocsin.ActionAck:
		return "I take it"
	case tocsin.ActionSnooze:
		return "Ring again in 30 minutes"
	case tocsin.ActionNotUs:
		return "Hand it over"
	case tocsin.ActionEscalate:
		return "Call the next step now"
	default:
		return "Call everyone"
	}
}

// done says what was done.
func done(a tocsin.Action, page tocsin.Page) string {
	switch a {
	case tocsin.ActionAck:
		return "You have taken it. Nobody else is called."
	case tocsin.ActionSnooze:
		return "It rings again at " + page.NextAt.UTC().Format("15:04 UTC") + ", or sooner if it grows."
	case tocsin.ActionNotUs:
		return "It was handed to " + page.Policy + "."
	case tocsin.ActionEscalate:
		return "The next step is being called."
	default:
		return "Everyone is being called."
	}
}
