package x

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tocsin/tocsin"
)

const (
	rulesPath = "/2/tweets/search/stream/rules"
	rulesName = "stream rules"
	subsPath  = "/2/activity/subscriptions"
	subsName  = "subscriptions"
	listMost  = 1000
)

// tag marks the rules and subscriptions that are this channel's: an application's
// others are left alone.
func (a *account) tag() string { return "tocsin:" + a.name }

// rule is a rule of the filtered stream.
// https://docs.x.com/x-api/posts/filtered-stream/introduction
type rule struct {
	ID    string `json:"id,omitempty"`
	Value string `json:"value"`
	Tag   string `json:"tag,omitempty"`
}

// rules gives all of the application's rules.
func (a *account) rules(ctx context.Context) ([]rule, error) {
	var all []rule
	q := url.Values{"max_results": {strconv.Itoa(listMost)}}
	for range listMost {
		var answer struct {
			Data []rule `json:"data"`
			Meta struct {
				Next string `json:"next_token"`
			} `json:"meta"`
		}
		if err := a.wire.json(ctx, ask{by: byApp, method: http.MethodGet, path: rulesPath, query: q, name: rulesName}, &answer); err != nil {
			return nil, err
		}
		all = append(all, answer.Data...)
		if answer.Meta.Next == "" {
			break
		}
		q.Set("pagination_token", answer.Meta.Next)
	}
	return all, nil
}

// syncRules makes the rules with our tag those that are configured.
func (a *account) syncRules(ctx context.Context) error {
	have, err := a.rules(ctx)
	if err != nil {
		return err
	}
	missing, old := slices.Clone(a.Search), []string{}
	for _, r := range have {
		if r.Tag != a.tag() {
			continue
		}
		if i := slices.Index(missing, r.Value); i >= 0 {
			missing = slices.Delete(missing, i, i+1)
		} else {
			old = append(old, r.ID)
		}
	}
	if len(old) > 0 {
		if err := a.changeRules(ctx, map[string]any{"delete": map[string]any{"ids": old}}); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	added := make([]rule, len(missing))
	for i, q := range missing {
		added[i] = rule{Value: q, Tag: a.tag()}
	}
	return a.changeRules(ctx, map[string]any{"add": added})
}

func (a *account) changeRules(ctx context.Context, change any) error {
	var answer struct {
		Errors []problem `json:"errors"`
	}
	if err := a.wire.json(ctx, ask{by: byApp, method: http.MethodPost, path: rulesPath, in: change, name: rulesName}, &answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		e := answer.Errors[0]
		if strings.Contains(strings.ToLower(e.Title), "duplicate") {
			return tocsin.Errorf(tocsin.CodeConflict, "Another rule of the application has the same query: %s. Delete it, or change the search.", short(e.Value))
		}
		return tocsin.Errorf(tocsin.CodeInvalid, "X refuses a query of search: %s (%s).", short(e.Value), short(e.Title+" "+e.Detail))
	}
	return nil
}

// short is a text of X's that fits into a sentence.
func short(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxSaid)], "") }

// subscribe asks for the activity stream's events about our mentions, once.
// https://docs.x.com/x-api/activity/introduction
func (a *account) subscribe(ctx context.Context, self person) error {
	var have struct {
		Data []struct {
			Type   string `json:"event_type"`
			Tag    string `json:"tag"`
			Filter struct {
				User string `json:"user_id"`
			} `json:"filter"`
		} `json:"data"`
	}
	if err := a.wire.json(ctx, ask{by: byApp, method: http.MethodGet, path: subsPath, name: subsName}, &have); err != nil {
		return err
	}
	own := strconv.FormatInt(self.id, 10)
	for _, s := range have.Data {
		if s.Type == eventMention && s.Tag == a.tag() && s.Filter.User == own {
			return nil
		}
	}
	var made struct{}
	return a.wire.json(ctx, ask{by: byUser, method: http.MethodPost, path: subsPath, name: subsName, in: map[string]any{
		"event_type": eventMention, "filter": map[string]any{"user_id": own}, "tag": a.tag(),
	}}, &made)
}
