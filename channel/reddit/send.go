package reddit

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

const (
	// maxComment is the longest comment, in characters.
	// https://www.reddit.com/dev/api#POST_api_comment
	maxComment = 10_000
	// underWay is how long it may take until a comment is to be seen everywhere.
	underWay = 10 * time.Minute
	// slack is how much earlier than we believe a try may have begun.
	slack = 10 * time.Minute
)

// Measure counts characters, as Reddit does.
func (a *account) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: utf8.RuneCountInString(text), Limit: maxComment, Unit: "characters"}
}

// answer is what Reddit says to a call that changes something. Mistakes come with
// status 200.
type answer struct {
	JSON struct {
		Errors    [][]string `json:"errors"`
		RateLimit float64    `json:"ratelimit"` // seconds
		Data      struct {
			Things []struct {
				Data thing `json:"data"`
			} `json:"things"`
		} `json:"data"`
	} `json:"json"`
}

// Reply comments on a post or a comment.
func (a *account) Reply(ctx context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return a.say(ctx, "/api/comment", m.Report.ExternalID, m.Text)
}

// Edit changes a comment of ours; readers see that it was edited.
func (a *account) Edit(ctx context.Context, externalID string, m tocsin.Message) error {
	_, err := a.say(ctx, "/api/editusertext", externalID, m.Text)
	return err
}

func (a *account) say(ctx context.Context, path, name, text string) (tocsin.Sent, error) {
	var said answer
	form := url.Values{"api_type": {"json"}, "raw_json": {"1"}, "thing_id": {name}, "text": {text}}
	if err := a.call(ctx, path, form, &said); err != nil {
		return tocsin.Sent{}, err
	}
	if len(said.JSON.Errors) > 0 {
		return tocsin.Sent{}, said.mistake()
	}
	if things := said.JSON.Data.Things; len(things) > 0 && things[0].Data.Name != "" {
		return sent(&things[0].Data), nil
	}
	return tocsin.Sent{}, &tocsin.Error{
		Code: tocsin.CodeUnavailable, Message: "Reddit took the comment and did not show it.", Retryable: true, Uncertain: true,
	}
}

// mistake makes an error of what Reddit says is wrong: a code and a sentence each.
func (s *answer) mistake() error {
	codes, words := []string{}, []string{}
	for _, e := range s.JSON.Errors {
		codes = append(codes, e[:min(1, len(e))]...)
		words = append(words, strings.Join(e[:min(2, len(e))], ": "))
	}
	if slices.Contains(codes, "RATELIMIT") {
		seconds := max(0, min(s.JSON.RateLimit, channel.MaxRetryAfter.Seconds()))
		return &tocsin.Error{
			Code: tocsin.CodeLimited, Retryable: true, RetryAfter: time.Duration(seconds * float64(time.Second)),
			Message: "Reddit lets this account comment no more for a while. Accounts with more standing may more often.",
		}
	}
	const most = 300 // bytes
	line := strings.ToValidUTF8(strings.Join(words, " "), "?")
	return tocsin.Errorf(tocsin.CodeInvalid, "Reddit refuses this: %s", strings.ToValidUTF8(line[:min(len(line), most)], ""))
}

func sent(t *thing) tocsin.Sent {
	s := tocsin.Sent{ExternalID: t.Name}
	if strings.HasPrefix(t.Permalink, "/r/") {
		s.URL = site + t.Permalink
	}
	return s
}

// Find looks for a comment of ours under what the message answers, among all our
// comments since the try. One that a moderator removed is among them still. That it
// is not there is proved only when the list reaches back to the try, and Reddit has
// had time to show it.
func (a *account) Find(ctx context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	began := time.Time{}
	if !m.TriedAt.IsZero() {
		began = m.TriedAt.Add(-slack)
	}
	reached := false
	ours, err := a.newest(ctx, fmt.Sprintf("/user/%s/comments?sort=new", a.Username), func(oldest *thing) bool {
		reached = !began.IsZero() && oldest.at().Before(began)
		return reached
	})
	if err != nil {
		return tocsin.FoundUnclear, tocsin.Sent{}, err
	}
	for i := range ours {
		t := &ours[i]
		if t.Parent == m.Report.ExternalID && !t.at().Before(began) && slices.Equal(strings.Fields(t.Body), strings.Fields(m.Text)) {
			return tocsin.FoundPresent, sent(t), nil
		}
	}
	whole := reached || len(ours) < pageSize
	if whole && !m.TriedAt.IsZero() && a.now().Sub(m.TriedAt) >= underWay {
		return tocsin.FoundAbsent, tocsin.Sent{}, nil
	}
	return tocsin.FoundUnclear, tocsin.Sent{}, nil
}

// Check signs in, and asks who we are and whether the subreddits can be read.
func (a *account) Check(ctx context.Context) error {
	var me struct {
		Name      string `json:"name"`
		Suspended bool   `json:"is_suspended"`
	}
	if err := a.call(ctx, "/api/v1/me", nil, &me); err != nil {
		return err
	}
	switch {
	case !strings.EqualFold(me.Name, a.Username):
		return tocsin.Errorf(tocsin.CodeConflict, "The credentials are those of another account than username says. Make them agree.")
	case me.Suspended:
		return tocsin.Errorf(tocsin.CodeForbidden, "Reddit has suspended the account %s. Appeal at https://www.reddit.com/appeals.", a.Username)
	}
	for _, path := range a.lists() {
		if _, err := a.page(ctx, path, ""); err != nil {
			return err
		}
	}
	return nil
}
