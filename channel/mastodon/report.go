package mastodon

import (
	"encoding/json"
	"strings"

	"github.com/mattn/go-mastodon"

	"github.com/tocsin/tocsin"
)

// route is what an answer needs to know of the post that it answers.
type route struct {
	Acct       string `json:"acct"` // the writer, as our own server calls them
	Visibility string `json:"visibility"`
}

// take puts a post into the batch: as a report, or as a rejection by name.
func (s self) take(b *tocsin.Batch, post *mastodon.Status) {
	switch {
	case post == nil || post.ID == "" || post.Reblog != nil:
		// Nothing that was written to us: a notification whose post is gone, or a boost.
	case post.Account.ID == s.id:
		b.Rejections = append(b.Rejections, s.rejection(post, tocsin.ReasonOwn, "written by this very account"))
	case post.Account.Bot:
		b.Rejections = append(b.Rejections, s.rejection(post, tocsin.ReasonAutoReply, "written by an account that says it is a bot"))
	default:
		b.Reports = append(b.Reports, s.report(post))
	}
}

func (s self) rejection(post *mastodon.Status, reason, detail string) tocsin.Rejection {
	return tocsin.Rejection{ExternalID: string(post.ID), Reason: reason, Detail: detail, At: post.CreatedAt}
}

// report makes a report of a post. A content warning is its title.
func (s self) report(post *mastodon.Status) tocsin.Report {
	handle := post.Account.Acct
	if !strings.Contains(handle, "@") { // one of this very server
		handle += "@" + s.domain
	}
	to, _ := json.Marshal(route{Acct: post.Account.Acct, Visibility: post.Visibility}) // two strings always marshal
	answers, _ := post.InReplyToID.(string)                                            // null for most
	thread := answers
	if thread == "" {
		thread = string(post.ID)
	}
	return tocsin.Report{
		ExternalID: string(post.ID), Thread: thread, ReplyTo: answers,
		Reporter: tocsin.Reporter{
			// Nobody can change their name on a server, and none is given twice.
			ID: "mastodon:" + strings.ToLower(handle), Handle: "@" + handle, Name: post.Account.DisplayName,
			URL: webOnly(post.Account.URL), Since: post.Account.CreatedAt,
		},
		At: post.CreatedAt, Title: post.SpoilerText, Lang: post.Language, URL: webOnly(post.URL),
		Raw: post.Content, Markup: tocsin.MarkupHTML, Route: to,
	}
}

// webOnly gives a link that is safe to show, or none.
func webOnly(link string) string {
	if strings.HasPrefix(link, "https://") || strings.HasPrefix(link, "http://") {
		return link
	}
	return ""
}
