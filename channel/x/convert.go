package x

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dghubble/go-twitter/twitter"
)

// post is a post as v2 tells it, in the newer words and in the older ones.
// https://docs.x.com/x-api/fundamentals/data-dictionary
type post struct {
	ID           string    `json:"id"`
	Text         string    `json:"text"`
	AuthorID     string    `json:"author_id"`
	CreatedAt    string    `json:"created_at"`
	Conversation string    `json:"conversation_id"`
	Lang         string    `json:"lang"`
	History      []string  `json:"edit_history_post_ids"`
	OldHistory   []string  `json:"edit_history_tweet_ids"`
	Note         note      `json:"note_post"`
	OldNote      note      `json:"note_tweet"`
	Refs         []refers  `json:"referenced_posts"`
	OldRefs      []refers  `json:"referenced_tweets"`
	Entities     mentioned `json:"entities"`
}

// note is the whole of a long post, whose text is cut.
type note struct {
	Text     string    `json:"text"`
	Entities mentioned `json:"entities"`
}

type refers struct {
	Type string `json:"type"`
	ID   string `json:"id"`
}

// mentioned are the people and links in a text.
type mentioned struct {
	Mentions []struct {
		ID       string `json:"id"`
		Username string `json:"username"`
	} `json:"mentions"`
	URLs []struct {
		URL      string `json:"url"`
		Expanded string `json:"expanded_url"`
	} `json:"urls"`
}

// user is an account as v2 tells it.
type user struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Username  string `json:"username"`
	CreatedAt string `json:"created_at"`
	Protected bool   `json:"protected"`
}

// includes are the things that an answer's posts refer to.
type includes struct {
	Users  []user `json:"users"`
	Posts  []post `json:"posts"`
	Tweets []post `json:"tweets"`
}

// Keys of a tweet's scopes, an open map of v1.1. They carry what v1.1 has no field
// for: the conversation, the ids of all versions, the tags of the rules that it
// matched, and that a post is gone.
const (
	scopeConversation = "conversation"
	scopeHistory      = "history"
	scopeTags         = "tags"
	scopeGone         = "gone"
)

// page is an answer with posts, in v1.1's words.
type page struct {
	tweets []twitter.Tweet
	next   string // X's token of the next page; "" is none
	oldest int64  // least id; 0 where there is none
	posts  []string
	more   []string // posts that came beside the page
	users  []string
}

// readPage reads an answer with a list of posts. A post that makes no sense stays
// in the page, so that it is named, and takes nothing else with it.
func readPage(body []byte) (page, error) {
	var answer struct {
		Data     []json.RawMessage `json:"data"`
		Includes includes          `json:"includes"`
		Errors   []problem         `json:"errors"`
		Meta     struct {
			Next   string `json:"next_token"`
			Oldest string `json:"oldest_id"`
		} `json:"meta"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return page{}, err
	}
	p := page{tweets: []twitter.Tweet{}, next: answer.Meta.Next, oldest: number(answer.Meta.Oldest)}
	people := p.includes(answer.Includes)
	for _, raw := range answer.Data {
		one := readPost(raw)
		t := one.old(people)
		p.tweets = append(p.tweets, t)
		p.posts = append(p.posts, one.ID)
		if t.ID > 0 && (p.oldest == 0 || t.ID < p.oldest) {
			p.oldest = t.ID
		}
	}
	for _, e := range answer.Errors {
		if gone := number(cmp.Or(e.ResourceID, e.Value)); gone > 0 && e.gone() {
			p.tweets = append(p.tweets, twitter.Tweet{ID: gone, IDStr: strconv.FormatInt(gone, 10), Scopes: map[string]any{scopeGone: true}})
		}
	}
	return p, nil
}

// gone tells whether a problem says that a post was deleted, or is no longer for us to see.
func (e problem) gone() bool {
	return strings.HasSuffix(e.Type, "/resource-not-found") || strings.HasSuffix(e.Type, "/not-authorized-for-resource")
}

// includes notes what came beside the posts and gives the people among it.
func (p *page) includes(in includes) map[string]user {
	people := map[string]user{}
	for _, u := range in.Users {
		people[u.ID] = u
		p.users = append(p.users, u.ID)
	}
	for _, one := range slices.Concat(in.Posts, in.Tweets) {
		p.more = append(p.more, one.ID)
	}
	return people
}

// readPost reads one post. What cannot be read has no id.
func readPost(raw []byte) post {
	var one post
	if err := json.Unmarshal(raw, &one); err != nil {
		var named struct {
			ID string `json:"id"`
		}
		_ = json.Unmarshal(raw, &named) // at least its name, for the one who looks into it
		return post{ID: named.ID}
	}
	return one
}

// old gives the post in v1.1's words. Its author is among the people, or unknown.
func (p post) old(people map[string]user) twitter.Tweet {
	t := twitter.Tweet{
		ID: number(p.ID), IDStr: p.ID, Text: p.Text, FullText: p.Text, Lang: p.Lang, CreatedAt: oldTime(p.CreatedAt),
		Entities: &twitter.Entities{}, Scopes: map[string]any{},
	}
	long := p.Note
	if long.Text == "" {
		long = p.OldNote
	}
	if len(long.Text) > 0 {
		t.FullText = long.Text
	}
	for _, e := range []mentioned{p.Entities, long.Entities} {
		e.into(t.Entities)
	}
	if author, ok := people[p.AuthorID]; ok {
		old := author.old()
		t.User = &old
	} else if id := number(p.AuthorID); id > 0 {
		t.User = &twitter.User{ID: id, IDStr: p.AuthorID}
	}
	for _, ref := range slices.Concat(p.Refs, p.OldRefs) {
		ref.into(&t)
	}
	if number(p.Conversation) > 0 {
		t.Scopes[scopeConversation] = p.Conversation
	}
	if history := slices.Concat(p.History, p.OldHistory); len(history) > 0 {
		t.Scopes[scopeHistory] = history
	}
	return t
}

func (e mentioned) into(old *twitter.Entities) {
	for _, m := range e.Mentions {
		old.UserMentions = append(old.UserMentions, twitter.MentionEntity{ID: number(m.ID), IDStr: m.ID, ScreenName: m.Username})
	}
	for _, u := range e.URLs {
		old.Urls = append(old.Urls, twitter.URLEntity{URL: u.URL, ExpandedURL: u.Expanded})
	}
}

func (r refers) into(t *twitter.Tweet) {
	switch id := number(r.ID); r.Type {
	case "replied_to":
		t.InReplyToStatusID, t.InReplyToStatusIDStr = id, r.ID
	case "quoted":
		t.QuotedStatusID, t.QuotedStatusIDStr = id, r.ID
	case "retweeted":
		t.RetweetedStatus = &twitter.Tweet{ID: id, IDStr: r.ID}
	}
}

func (u user) old() twitter.User {
	return twitter.User{
		ID: number(u.ID), IDStr: u.ID, Name: u.Name, ScreenName: u.Username, CreatedAt: oldTime(u.CreatedAt), Protected: u.Protected,
	}
}

// number reads an id of X: up to 19 digits. It gives 0 for what is none.
func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// oldTime writes a time as v1.1 does; "" for what is none.
func oldTime(at string) string {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return ""
	}
	return t.UTC().Format(time.RubyDate)
}
