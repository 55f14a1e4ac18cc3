package discourse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/tocsin/tocsin"
)

// regular is the type of a post that a person wrote; the others tell what was done
// to a topic, or are whispers among staff.
const regular = 1

// gone is the version that a post has for us while nobody may see it.
const gone = -1

// post is a post as Discourse gives it, in lists and in webhooks.
type post struct {
	ID          int64       `json:"id"`
	Topic       int64       `json:"topic_id"`
	Number      int64       `json:"post_number"`
	ReplyTo     json.Number `json:"reply_to_post_number"` // a number, null, or (in the API's description) a string
	Kind        int         `json:"post_type"`
	Version     int         `json:"version"`
	CreatedAt   time.Time   `json:"created_at"`
	Category    int64       `json:"category_id"`
	Title       string      `json:"topic_title"`
	Archetype   string      `json:"topic_archetype"` // in webhooks only
	Raw         string      `json:"raw"`
	Cooked      string      `json:"cooked"`
	UserID      int64       `json:"user_id"`
	Username    string      `json:"username"`
	FullName    string      `json:"name"`
	Yours       bool        `json:"yours"`
	Admin       bool        `json:"admin"`
	Moderator   bool        `json:"moderator"`
	Staff       bool        `json:"staff"`
	Hidden      bool        `json:"hidden"`
	UserDeleted bool        `json:"user_deleted"`
	DeletedAt   *time.Time  `json:"deleted_at"`
}

// route is what an answer needs.
type route struct {
	Topic  int64 `json:"topic"`
	Number int64 `json:"number"`
}

// externalID is a post's id in our reports: Discourse's own.
func externalID(id int64) string { return strconv.FormatInt(id, 10) }

// version is what changes whenever a post does, for us.
func (p *post) version() int {
	if p.Hidden || p.UserDeleted || p.DeletedAt != nil {
		return gone
	}
	return p.Version
}

// wanted tells whether a post is a person's and in a category that we watch.
// Private messages have no category.
func (f *forum) wanted(p *post, private bool) bool {
	if p.Kind != regular {
		return false
	}
	return private || len(f.Categories) == 0 || slices.Contains(f.Categories, p.Category)
}

// report makes a report of a post. around holds the posts that came with it, by
// which the one that it answers is known if it is among them.
func (f *forum) report(p *post, around []post) tocsin.Report {
	to, _ := json.Marshal(route{Topic: p.Topic, Number: p.Number}) // two numbers always marshal
	return tocsin.Report{
		Channel: f.name, ExternalID: externalID(p.ID), Thread: externalID(p.Topic), ReplyTo: answered(p, around),
		At: p.CreatedAt.UTC(), ReceivedAt: f.now(), Title: p.Title,
		URL: fmt.Sprintf("%s/t/%d/%d", f.base, p.Topic, p.Number),
		Raw: ownHTML(p.Cooked), Markup: tocsin.MarkupHTML, Route: to,
		Reporter: tocsin.Reporter{
			ID:     fmt.Sprintf("discourse:%s:%d", f.host, p.UserID),
			Handle: "@" + p.Username, Name: p.FullName, URL: f.base + "/u/" + p.Username,
			// The forum's own accounts (the system, the bot) have ids below 1.
			Staff: p.Admin || p.Moderator || p.Staff || p.Yours || p.UserID < 1 || f.Username != "" && p.Username == f.Username,
		},
	}
}

func answered(p *post, around []post) string {
	number, err := p.ReplyTo.Int64()
	if err != nil {
		return ""
	}
	for i := range around {
		if around[i].Topic == p.Topic && around[i].Number == number {
			return externalID(around[i].ID)
		}
	}
	return ""
}
