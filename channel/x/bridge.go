package x

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/dghubble/go-twitter/twitter"
)

// What one call may bring, and has to.
// https://docs.x.com/x-api/posts/timelines/introduction
// https://docs.x.com/x-api/posts/search/introduction
const (
	pageMost     = 100
	timelineMin  = 5
	searchMin    = 10
	lookupMost   = 100
	maxHollow    = 5 // pages in a row that are empty although there are more
	nextPage     = "Tocsin-Max-Id"
	mentionsName = "mentions"
	searchName   = "search"
	lookupName   = "lookups"
	ownName      = "own posts"
	postsName    = "posts"
	selfName     = "account"
)

// twitter gives a client of go-twitter whose calls end with ctx. The library takes
// no context, so that there is a client for each call.
func (w *wire) twitter(ctx context.Context) *twitter.Client {
	return twitter.NewClient(&http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		return w.carry(req.WithContext(ctx))
	})})
}

// carry is the bridge: it takes a call of v1.1, makes the one of v2 that does the
// same, signs that one, and turns its answer or problem back. Status and rate
// limits stay as they came. What has no counterpart is answered with 410.
func (w *wire) carry(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	switch req.Method + " " + req.URL.Path {
	case "GET /1.1/account/verify_credentials.json":
		return w.carrySelf(req)
	case "GET /1.1/statuses/mentions_timeline.json":
		return w.carryPosts(req, list{
			ask:   ask{by: byUser, path: "/2/users/" + strconv.FormatInt(w.self.Load(), 10) + "/mentions", name: mentionsName},
			least: timelineMin, price: priceOwned,
		})
	case "GET /1.1/statuses/user_timeline.json":
		return w.carryPosts(req, list{
			ask:   ask{by: byUser, path: "/2/users/" + url.PathEscape(q.Get("user_id")) + "/tweets", name: ownName},
			least: timelineMin, price: priceOwned, parents: true,
		})
	case "GET /1.1/search/tweets.json":
		return w.carryPosts(req, list{
			ask: ask{by: byApp, path: "/2/tweets/search/recent", name: searchName, query: url.Values{
				"query": {q.Get("q")}, "sort_order": {"recency"},
			}},
			least: searchMin, price: pricePost, wrap: func(t []twitter.Tweet) any { return twitter.Search{Statuses: t} },
		})
	case "GET /1.1/statuses/lookup.json":
		return w.carryPosts(req, list{
			ask:   ask{by: byApp, path: "/2/tweets", name: lookupName, query: url.Values{"ids": {q.Get("id")}}},
			price: pricePost,
		})
	case "POST /1.1/statuses/update.json":
		return w.carryUpdate(req)
	default:
		return answered(req, http.StatusGone, nil, encode(twitter.APIError{Errors: []twitter.ErrorDetail{{
			Code: oldNotFound, Message: req.Method + " " + req.URL.Path + " is a call of X's API v1.1, which is gone; the bridge to v2 does not carry it",
		}}})), nil
	}
}

// list is a call that brings posts.
type list struct {
	ask
	least   int // fewest posts that may be asked for; 0: as many as there are
	price   int64
	parents bool                      // what the posts answer is needed
	wrap    func([]twitter.Tweet) any // into what v1.1 puts the posts; nil: a plain list
}

// carryPosts carries a call that brings posts. The header Tocsin-Max-Id of the
// answer tells where the next page begins, which v1.1 leaves to be guessed.
func (w *wire) carryPosts(req *http.Request, l list) (*http.Response, error) {
	if l.query == nil {
		l.query = url.Values{}
	}
	l.method = http.MethodGet
	span(l.query, req.URL.Query(), l.least)
	for range maxHollow {
		resp, body, err := w.sendFields(req.Context(), l)
		if err != nil || resp.StatusCode != http.StatusOK {
			return problemOr(req, resp, body, err)
		}
		p, err := readPage(body)
		if err != nil {
			return nil, garbled(err, l.method)
		}
		w.bill(p, l.price)
		if len(p.tweets) == 0 && p.next != "" {
			l.query.Set("pagination_token", p.next)
			continue
		}
		resp.Header.Del(nextPage)
		if p.next != "" && p.oldest > 0 {
			resp.Header.Set(nextPage, strconv.FormatInt(p.oldest-1, 10))
		}
		var old any = p.tweets
		if l.wrap != nil {
			old = l.wrap(p.tweets)
		}
		return answered(req, resp.StatusCode, resp.Header, encode(old)), nil
	}
	return nil, garbled(nil, l.method)
}

// span turns v1.1's limits of a list into v2's: max_id is part of it, until_id is not.
func span(q, old url.Values, least int) {
	if since := old.Get("since_id"); since != "" {
		q.Set("since_id", since)
	}
	if most, err := strconv.ParseInt(old.Get("max_id"), 10, 64); err == nil {
		q.Set("until_id", strconv.FormatInt(most+1, 10))
	}
	if least > 0 {
		count, _ := strconv.Atoi(old.Get("count")) // none is 0
		q.Set("max_results", strconv.Itoa(min(max(count, least), pageMost)))
	}
}

// sendFields names the fields that we need of each post. X calls them by names of
// its own on the way from "tweet" to "post" and answers in the words that it was
// asked in; a server that refuses the new ones is asked in the old ones from then on.
func (w *wire) sendFields(ctx context.Context, l list) (*http.Response, []byte, error) {
	l.query.Set("user.fields", "created_at,name,protected,username")
	for {
		legacy := w.legacy.Load()
		l.query.Del("post.fields")
		if legacy {
			oldFields(l.query)
		} else {
			l.query.Set("post.fields", "conversation_id,created_at,entities,lang,note_post")
			l.query.Set("expansions", "author_id")
			if l.parents {
				l.query.Set("expansions", "author_id,referenced_posts")
			}
		}
		resp, body, err := w.send(ctx, l.ask)
		if legacy || err != nil || resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "post.fields") {
			return resp, body, err
		}
		w.legacy.Store(true)
	}
}

func oldFields(q url.Values) {
	q.Set("tweet.fields", "author_id,conversation_id,created_at,edit_history_tweet_ids,entities,lang,note_tweet,referenced_tweets")
	q.Set("expansions", "author_id")
}

// carrySelf asks who we are.
func (w *wire) carrySelf(req *http.Request) (*http.Response, error) {
	resp, body, err := w.send(req.Context(), ask{
		by: byUser, method: http.MethodGet, path: "/2/users/me", query: url.Values{"user.fields": {"created_at,name,username"}}, name: selfName,
	})
	if err != nil || resp.StatusCode != http.StatusOK {
		return problemOr(req, resp, body, err)
	}
	var answer struct {
		Data user `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, garbled(err, http.MethodGet)
	}
	w.meter.read("u", priceUser, answer.Data.ID)
	return answered(req, resp.StatusCode, resp.Header, encode(answer.Data.old())), nil
}

// newPost is what v2 takes of a new post.
type newPost struct {
	Text  string `json:"text"`
	Reply *reply `json:"reply,omitempty"`
}

type reply struct {
	To string `json:"in_reply_to_tweet_id"`
}

// carryUpdate posts.
func (w *wire) carryUpdate(req *http.Request) (*http.Response, error) {
	if err := req.ParseForm(); err != nil {
		return nil, garbled(err, http.MethodGet)
	}
	p, price := newPost{Text: req.PostForm.Get("status")}, int64(priceCreate)
	if to := req.PostForm.Get("in_reply_to_status_id"); to != "" {
		p.Reply, price = &reply{To: to}, priceSummoned
	}
	if linked(p.Text) {
		price = priceLink
	}
	resp, body, err := w.send(req.Context(), ask{by: byUser, method: http.MethodPost, path: "/2/tweets", in: p, name: postsName})
	if err != nil || resp.StatusCode >= http.StatusMultipleChoices {
		return problemOr(req, resp, body, err)
	}
	w.meter.charge(price)
	var answer struct {
		Data post `json:"data"`
	}
	if err := json.Unmarshal(body, &answer); err != nil || number(answer.Data.ID) == 0 {
		return nil, garbled(err, http.MethodPost)
	}
	return answered(req, http.StatusOK, resp.Header, encode(answer.Data.old(nil))), nil
}

// bill counts what a page held.
func (w *wire) bill(p page, price int64) {
	own := strconv.FormatInt(w.self.Load(), 10)
	w.meter.read("p", price, p.posts...)
	w.meter.read("p", pricePost, p.more...)
	w.meter.read("u", priceUser, slices.DeleteFunc(p.users, func(id string) bool { return id == own })...)
}

// problemOr turns a refusal into v1.1's words; an error stays one.
func problemOr(req *http.Request, resp *http.Response, body []byte, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	status := resp.StatusCode
	if status < http.StatusMultipleChoices {
		status = http.StatusBadGateway // a success of a kind that we don't know
	}
	return answered(req, status, resp.Header, encode(oldErrors(status, body))), nil
}

// encode writes what always can be written: it is made of texts and numbers.
func encode(v any) []byte {
	raw, _ := json.Marshal(v) //nolint:errchkjson // see above
	return raw
}
