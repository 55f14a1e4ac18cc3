package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/tocsin/tocsin/web/api"
)

// Feeds gives calendars of who is on call to whoever has their address.
type Feeds interface {
	Calendar(ctx context.Context, kind, name, sum string) ([]byte, error)
}

// calendar answers calendar programs, which poll.
func (o Options) calendar(w http.ResponseWriter, r *http.Request) {
	sum, ok := strings.CutSuffix(r.PathValue("file"), ".ics")
	if !ok {
		http.NotFound(w, r)
		return
	}
	text, err := o.Feeds.Calendar(r.Context(), r.PathValue("kind"), r.PathValue("name"), sum)
	if err != nil {
		problem := api.ProblemOf(err)
		if problem.Status >= http.StatusInternalServerError {
			o.Log.ErrorContext(r.Context(), "calendar not written", "err", err)
		}
		http.Error(w, problem.Detail, problem.Status)
		return
	}
	w.Header().Set("Content-Type", "text/calendar; charset=utf-8")
	_, _ = w.Write(text) //nolint:gosec // a calendar of our own making, sent as one with nosniff; who has gone asks again
}
