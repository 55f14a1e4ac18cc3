package x

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/dghubble/go-twitter/twitter"

	"github.com/tocsin/tocsin"
)

// Reply answers a post that mentions us, in its thread. A text with a link is
// refused before the call unless allow_links is set: X charges 20 cents for each.
// X refuses a text that it has had before, so the approved openings stand before
// it in turn; where a refusal shows that the reply is there already, that one is
// given back.
func (a *account) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	to := routeOf(m.Report)
	if m.Report.NoReply != "" || !to.Summoned {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeForbidden, "%s", notSummoned)
	}
	if number(to.ID) == 0 {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "The report does not say which post it was.")
	}
	if linked(m.Text) && !a.AllowLinks {
		return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeInvalid, "There is a link in the reply, for which X charges $0.20 each time. Take it out and put it into the one public post, or set allow_links.")
	}
	return a.send(ctx, m, a.wordings(m, to.Handle), number(to.ID))
}

// Post posts in public.
func (a *account) Post(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return a.send(ctx, m, []string{strings.TrimSpace(m.Text)}, 0)
}

// wordings are the texts that may be sent, in the order in which they are tried.
// The same delivery begins with the same one each time.
func (a *account) wordings(m tocsin.Message, handle string) []string {
	text := strings.TrimSpace(m.Text)
	n := len(a.Openings)
	if n == 0 {
		return []string{text}
	}
	all := make([]string, n)
	for i := range all {
		opening := a.Openings[(int(m.Delivery%int64(n))+i)%n]
		if handle == "" && strings.Contains(opening, handleMark) {
			opening = ""
		}
		all[i] = strings.TrimSpace(strings.ReplaceAll(opening, handleMark, handle) + " " + text)
	}
	return all
}

func (a *account) send(ctx context.Context, m tocsin.Message, wordings []string, to int64) (tocsin.Sent, error) {
	var err error
	for _, text := range wordings {
		if used := weigh(text); used > maxWeight {
			return tocsin.Sent{}, tocsin.Errorf(tocsin.CodeTooLarge, "The text has %d weighted characters with its opening; X takes %d.", used, maxWeight)
		}
		t, resp, failure := a.wire.twitter(ctx).Statuses.Update(text, &twitter.StatusUpdateParams{InReplyToStatusID: to})
		err = a.wire.fault(resp, failure)
		if err == nil {
			return sentAs(t.IDStr), nil
		}
		if !oldCodeIs(failure, oldDuplicate) {
			return tocsin.Sent{}, err
		}
		// Either it is there already, or somebody else got the same words.
		back := duplicateFor
		if to == 0 {
			back = repeatFor // the same words of another day are another post
		}
		found, sent, looked := a.look(ctx, m, to, a.now().Add(-back))
		switch found {
		case tocsin.FoundPresent:
			return sent, nil
		case tocsin.FoundUnclear:
			return tocsin.Sent{}, unsure(looked)
		case tocsin.FoundAbsent:
		}
	}
	return tocsin.Sent{}, err
}

// unsure is the failure of a message that X says it has, and that cannot be seen.
func unsure(cause error) error {
	return &tocsin.Error{
		Code: tocsin.CodeUnavailable, Cause: cause, Retryable: true, Uncertain: true,
		Message: "X says that it has this text already, and it could not be seen where.",
	}
}

// routeOf reads what it takes to answer a report. One without a route (written by
// hand, or by an older release) is taken at its id's word.
func routeOf(r tocsin.Report) route {
	to := route{Summoned: true}
	if len(r.Route) > 0 && json.Unmarshal(r.Route, &to) != nil {
		to = route{}
	}
	if to.ID == "" {
		to.ID = r.ExternalID
	}
	if h := strings.TrimPrefix(r.Reporter.Handle, "@"); to.Handle == "" && handles.MatchString(h) {
		to.Handle = h
	}
	return to
}

// sentAs is X's word that it has a post. X leads on from /i/ to who wrote it.
func sentAs(id string) tocsin.Sent {
	return tocsin.Sent{ExternalID: id, URL: "https://x.com/i/status/" + id}
}
