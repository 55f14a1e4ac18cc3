package reddit

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// The kinds of a thing.
const (
	kindComment = "t1"
	kindPost    = "t3"
)

// site is where people read.
const site = "https://www.reddit.com"

// thing is a post or a comment.
type thing struct {
	Name      string          `json:"name"` // t1_… or t3_…
	Author    string          `json:"author"`
	AuthorID  string          `json:"author_fullname"` // t2_…; missing once the author is gone
	Subreddit string          `json:"subreddit"`
	Title     string          `json:"title"`      // of a post
	LinkTitle string          `json:"link_title"` // of the post that a comment is under
	Body      string          `json:"body"`
	SelfText  string          `json:"selftext"`
	Link      string          `json:"link_id"`
	Parent    string          `json:"parent_id"`
	Permalink string          `json:"permalink"`
	Context   string          `json:"context"` // in the inbox, in place of permalink
	Created   float64         `json:"created_utc"`
	Edited    json.RawMessage `json:"edited"` // false, or when
	Staff     string          `json:"distinguished"`
	RemovedBy string          `json:"removed_by_category"`
	Locked    bool            `json:"locked"`
	Archived  bool            `json:"archived"`

	kind string
}

// lastSecond is the end of the year 9999: what a database takes as a time.
const lastSecond = 253_402_300_799

func (t *thing) at() time.Time { return time.Unix(int64(max(0, min(t.Created, lastSecond))), 0).UTC() }

func (t *thing) text() string {
	if t.kind == kindPost {
		return t.SelfText
	}
	return t.Body
}

// gone tells whether nobody may see it any longer.
func (t *thing) gone() bool {
	text := strings.TrimSpace(t.text())
	return t.Author == "[deleted]" || t.RemovedBy != "" || text == "[deleted]" || text == "[removed]"
}

// goneEdition is the edition of what nobody may see.
const goneEdition = "gone"

// edition is what changes whenever a thing does, for us.
func (t *thing) edition() string {
	if t.gone() {
		return goneEdition
	}
	if when := string(t.Edited); when != "false" && when != "null" {
		return when
	}
	return ""
}

// report makes a report of a thing.
func (a *account) report(t *thing) tocsin.Report {
	r := tocsin.Report{
		Channel: a.name, ExternalID: t.Name, Thread: t.Name, At: t.at(), ReceivedAt: a.now(),
		Title: t.Title, Raw: t.text(), Markup: tocsin.MarkupPlain, Reporter: a.reporter(t),
	}
	if t.kind == kindComment {
		r.Thread, r.ReplyTo, r.Title = t.Link, t.Parent, t.LinkTitle
	}
	if strings.TrimSpace(r.Raw) == "" { // a link or a picture: its title says all
		r.Raw = r.Title
	}
	for _, path := range []string{t.Permalink, t.Context} {
		if strings.HasPrefix(path, "/r/") && r.URL == "" {
			r.URL = site + path
		}
	}
	if t.Locked || t.Archived {
		r.NoReply = "Reddit lets nobody answer here: it is locked or archived."
	}
	return r
}

// reporter tells who wrote. Moderators who speak as such, Reddit's own people and
// its moderating robot are nobody's users.
func (a *account) reporter(t *thing) tocsin.Reporter {
	id := t.AuthorID
	if id == "" {
		id = strings.ToLower(t.Author)
	}
	return tocsin.Reporter{
		ID: "reddit:" + id, Handle: "u/" + t.Author, URL: site + "/user/" + t.Author,
		Staff: t.Staff != "" || t.Author == "AutoModerator" || strings.EqualFold(t.Author, a.Username),
	}
}
