package bluesky

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// profile is who wrote a post.
type profile struct {
	DID         string `json:"did"`
	Handle      string `json:"handle"`
	DisplayName string `json:"displayName"`
	CreatedAt   string `json:"createdAt"`
}

// item is a post as it is listed, with the time at which the network took it.
type item struct {
	strongRef
	Author    profile         `json:"author"`
	Record    json.RawMessage `json:"record"`
	IndexedAt string          `json:"indexedAt"`
	Viewer    struct {
		ReplyDisabled bool `json:"replyDisabled"`
	} `json:"viewer"`
}

func (it *item) at() time.Time { return moment(it.IndexedAt) }

// moment reads a time; zero if it makes no sense.
func moment(text string) time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return time.Time{}
	}
	return at
}

// take puts a post into the batch: as a report, or as a rejection by name.
func (a *account) take(b *tocsin.Batch, me string, it item) {
	var r record
	switch err := json.Unmarshal(it.Record, &r); {
	case it.URI == "" || it.Author.DID == "":
		return // nothing that could be named
	case err != nil || it.CID == "":
		b.Rejections = append(b.Rejections, tocsin.Rejection{ExternalID: it.URI, Reason: tocsin.ReasonMalformed, Detail: "the post can't be read", At: it.at()})
	case it.Author.DID == me:
		b.Rejections = append(b.Rejections, tocsin.Rejection{ExternalID: it.URI, Reason: tocsin.ReasonOwn, Detail: "written by this very account", At: it.at()})
	default:
		b.Reports = append(b.Reports, report(it, r, a.now()))
	}
}

// report makes a report of a post.
func report(it item, r record, now time.Time) tocsin.Report {
	// Writers set the time of their posts; nobody writes after it was seen.
	at, seen := moment(r.CreatedAt), it.at()
	if seen.IsZero() {
		seen = now
	}
	if at.IsZero() || at.After(seen) {
		at = seen
	}
	to := replyRefs{Root: it.strongRef, Parent: it.strongRef}
	made := tocsin.Report{
		ExternalID: it.URI, Thread: it.URI, At: at, Raw: r.Text, URL: webLink(it.Author.DID, it.URI),
		Reporter: tocsin.Reporter{
			ID: "bsky:" + it.Author.DID, Name: it.Author.DisplayName,
			URL: "https://bsky.app/profile/" + it.Author.DID, Since: moment(it.Author.CreatedAt),
		},
	}
	if h := it.Author.Handle; h != "" && h != "handle.invalid" {
		made.Reporter.Handle = "@" + h
	}
	if len(r.Langs) > 0 {
		made.Lang = r.Langs[0]
	}
	if r.Reply != nil && r.Reply.Parent.URI != "" {
		made.ReplyTo, made.Thread = r.Reply.Parent.URI, cmp.Or(r.Reply.Root.URI, it.URI)
		if r.Reply.Root.URI != "" && r.Reply.Root.CID != "" {
			to.Root = r.Reply.Root
		}
	}
	if it.Viewer.ReplyDisabled {
		made.NoReply = "The writer of this post on Bluesky lets only chosen people answer it."
	}
	made.Route, _ = json.Marshal(to) // strings always marshal
	return made
}

// mentionsTerm tells whether a text has one of the terms, in whatever case.
func (s *settings) mentionsTerm(text string) bool {
	text = strings.ToLower(text)
	for _, term := range s.Terms {
		if strings.Contains(text, plainTerm(term)) {
			return true
		}
	}
	return false
}

// plainTerm is a term as the stream compares it: without the quotes that make the
// search take its words together.
func plainTerm(term string) string { return strings.ToLower(strings.Trim(term, `" `)) }
