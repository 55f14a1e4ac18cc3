package x

import (
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/dghubble/go-twitter/twitter"

	"github.com/tocsin/tocsin"
)

// Reasons of our own for which a post is no report.
const (
	reasonRepost    = "repost"
	reasonProtected = "protected"
)

// notSummoned says why nobody may be answered who did not speak to us.
// https://docs.x.com/developer-terms/reply-requirements
const notSummoned = "X lets programs reply only to posts that mention their account, and this one does not."

// maxID is the longest id that is repeated in a rejection, in bytes.
const maxID = 100

// What of a post's links is written out: X's own short ones, and no flood of them.
const (
	shortLink = "https://t.co/"
	maxLinks  = 50
	maxLink   = 2000 // bytes
)

// handles is how X writes them. What does not fit is shown to nobody as a link.
var handles = regexp.MustCompile(`^[A-Za-z0-9_]{1,15}$`)

// route is what it takes to answer a post.
type route struct {
	ID       string `json:"id"` // of its latest version
	Handle   string `json:"handle,omitempty"`
	Summoned bool   `json:"summoned"` // it mentions us, so that X lets us reply
}

// take puts a post into the batch: as a report, as a change of one, or with the
// reason why it is none.
func (b *incoming) take(t *twitter.Tweet) {
	if reason, detail := b.refuse(t); reason != "" {
		b.Rejections = append(b.Rejections, tocsin.Rejection{
			Channel: b.channel, ExternalID: t.IDStr[:min(len(t.IDStr), maxID)], Reason: reason, Detail: detail, At: b.now,
		})
		return
	}
	r := b.report(t)
	b.Reports = append(b.Reports, r)
	if r.ExternalID != t.IDStr { // a later version; the first may never have reached us
		b.Edits = append(b.Edits, r)
	}
}

// incoming is a batch under way.
type incoming struct {
	tocsin.Batch
	channel string
	self    person
	now     time.Time
}

func (b *incoming) refuse(t *twitter.Tweet) (reason, detail string) {
	switch {
	case t.ID == 0:
		return tocsin.ReasonMalformed, "the post cannot be read, or has no id"
	case t.User == nil || t.User.ID == 0:
		return tocsin.ReasonMalformed, "the post has no author"
	case t.User.ID == b.self.id:
		return tocsin.ReasonOwn, "written by our own account"
	case t.RetweetedStatus != nil || strings.HasPrefix(t.FullText, "RT @"):
		return reasonRepost, "it repeats what somebody else wrote"
	case t.User.Protected:
		return reasonProtected, "its writer shows it to followers only"
	case strings.TrimSpace(t.FullText) == "":
		return tocsin.ReasonEmpty, "there is no text in it"
	default:
		return "", ""
	}
}

func (b *incoming) report(t *twitter.Tweet) tocsin.Report {
	to := route{ID: t.IDStr, Summoned: b.summoned(t)}
	r := tocsin.Report{
		Channel: b.channel, ExternalID: t.IDStr, Thread: t.IDStr, ReplyTo: t.InReplyToStatusIDStr, Reporter: writer(t.User),
		At: writtenAt(t), ReceivedAt: b.now, Lang: language(t.Lang), Raw: plain(t),
		URL: "https://x.com/i/status/" + t.IDStr,
	}
	if history := versions(t); len(history) > 0 && number(history[0]) > 0 {
		r.ExternalID = history[0]
	}
	if thread, ok := t.Scopes[scopeConversation].(string); ok {
		r.Thread = thread
	}
	if handles.MatchString(t.User.ScreenName) {
		to.Handle = t.User.ScreenName
		r.URL = "https://x.com/" + t.User.ScreenName + "/status/" + t.IDStr
	}
	if !to.Summoned {
		r.NoReply = notSummoned
	}
	r.Route, _ = json.Marshal(to) //nolint:errchkjson // texts always marshal
	return r
}

// summoned tells whether a post mentions us.
func (b *incoming) summoned(t *twitter.Tweet) bool {
	if t.Entities == nil {
		return false
	}
	for _, m := range t.Entities.UserMentions {
		if m.ID == b.self.id || m.ID == 0 && strings.EqualFold(m.ScreenName, b.self.handle) {
			return true
		}
	}
	return false
}

func writer(u *twitter.User) tocsin.Reporter {
	r := tocsin.Reporter{ID: "x:" + strconv.FormatInt(u.ID, 10), Name: u.Name, URL: fmt.Sprintf("https://x.com/i/user/%d", u.ID)}
	if handles.MatchString(u.ScreenName) {
		r.Handle, r.URL = "@"+u.ScreenName, "https://x.com/"+u.ScreenName
	}
	if since, err := time.Parse(time.RubyDate, u.CreatedAt); err == nil {
		r.Since = since.UTC()
	}
	return r
}

// versions are the ids of a post's versions, oldest first.
func versions(t *twitter.Tweet) []string {
	var ids []string
	switch all := t.Scopes[scopeHistory].(type) {
	case []string:
		ids = all
	case []any: // it came through JSON
		for _, id := range all {
			s, _ := id.(string)
			ids = append(ids, s)
		}
	}
	return ids
}

// writtenAt is when a post was written: as told, or as its id says.
func writtenAt(t *twitter.Tweet) time.Time {
	if at, err := t.CreatedAtTime(); err == nil {
		return at.UTC()
	}
	return timeOf(t.ID)
}

// plain is a post's text, with the links that were written instead of X's own.
func plain(t *twitter.Tweet) string {
	text := html.UnescapeString(t.FullText)
	if t.Entities == nil {
		return text
	}
	for i, u := range t.Entities.Urls {
		if i < maxLinks && strings.HasPrefix(u.URL, shortLink) && u.ExpandedURL != "" && len(u.ExpandedURL) <= maxLink {
			text = strings.ReplaceAll(text, u.URL, u.ExpandedURL)
		}
	}
	return text
}

// language is the language of a post as BCP 47 knows it; X has codes of its own
// for posts without words, and old ones for two languages.
// https://docs.x.com/x-api/posts/search/integrate/operators#lang
func language(lang string) string {
	switch {
	case lang == "in":
		return "id"
	case lang == "iw":
		return "he"
	case lang == "und" || lang == "zxx" || strings.HasPrefix(lang, "q") && len(lang) == 3:
		return ""
	default:
		return lang
	}
}

// epoch is where X's ids begin to count milliseconds, in those since 1970.
// https://docs.x.com/fundamentals/x-ids
const epoch = 1288834974657

// stampBits is how far an id's time is shifted.
const stampBits = 22

// timeOf is when an id was made.
func timeOf(id int64) time.Time { return time.UnixMilli(id>>stampBits + epoch).UTC() }

// idAt is the least id of a moment.
func idAt(at time.Time) int64 { return max(1, (at.UnixMilli()-epoch)<<stampBits) }
