package feed

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/mmcdole/gofeed"

	"github.com/tocsin/tocsin"
)

const (
	// maxID is the longest id that is taken as it is, in bytes.
	maxID = 300
	// stars is the highest rating of an app.
	stars = 5
	// shortID is how much of a hash stands for an entry without an id, in bytes.
	shortID = 16
)

// noReply says why nothing that a feed brings can be answered.
const noReply = "A feed can only be read: answer where it comes from."

// externalID names an entry: by its id, else by its link, else by its words.
func externalID(e *gofeed.Item) string {
	for _, id := range []string{e.GUID, e.Link} {
		id = strings.TrimSpace(strings.ToValidUTF8(id, "\uFFFD"))
		switch {
		case id == "" || strings.ContainsFunc(id, unicode.IsControl):
			continue
		case len(id) > maxID:
			return digest(id)
		default:
			return id
		}
	}
	return digest(e.Title, words(e), e.Published)
}

func digest(parts ...string) string {
	sum := hash(parts...)
	return "sha256-" + hex.EncodeToString(sum[:shortID])
}

// words are an entry's text: its content, or the summary where there is no more.
func words(e *gofeed.Item) string {
	if strings.TrimSpace(e.Content) != "" {
		return e.Content
	}
	return e.Description
}

// when is when an entry was written; zero if it does not say.
func when(e *gofeed.Item) time.Time {
	for _, at := range []*time.Time{e.PublishedParsed, e.UpdatedParsed} {
		if at != nil && at.Year() >= 1970 {
			return at.UTC()
		}
	}
	return time.Time{}
}

// report makes a report of an entry.
func (f *feed) report(id string, e *gofeed.Item, in *gofeed.Feed) tocsin.Report {
	now := f.now()
	r := tocsin.Report{
		Channel: f.name, ExternalID: id, Thread: id, At: when(e), ReceivedAt: now, NoReply: noReply,
		Title: titled(e), Raw: valid(words(e)), Lang: valid(in.Language), Reporter: f.reporter(id, e, in),
	}
	if r.At.IsZero() || r.At.After(now) {
		r.At = now
	}
	if isWeb(e.Link) {
		r.URL = e.Link
	}
	if strings.ContainsAny(r.Raw, "<&") {
		r.Markup = tocsin.MarkupHTML
	}
	if strings.TrimSpace(r.Raw) == "" { // some say all in the title
		r.Raw, r.Markup = r.Title, tocsin.MarkupPlain
	}
	return r
}

// titled is an entry's title, with the stars of a review in front.
func titled(e *gofeed.Item) string {
	if n := rating(e); n > 0 {
		return strings.Repeat("★", n) + strings.Repeat("☆", stars-n) + " " + valid(e.Title)
	}
	return valid(e.Title)
}

// rating is how many stars a review in an app store gives; 0 for what is no review.
func rating(e *gofeed.Item) int {
	found := e.Extensions["im"]["rating"]
	if len(found) == 0 {
		return 0
	}
	text := strings.TrimSpace(found[0].Value)
	if len(text) != 1 || text[0] < '1' || text[0] > '0'+stars {
		return 0
	}
	return int(text[0] - '0')
}

// reporter tells who speaks. A status page is no person. Where an entry names no
// author, each is taken for another's: better counted too often than not at all.
func (f *feed) reporter(id string, e *gofeed.Item, in *gofeed.Feed) tocsin.Reporter {
	if f.Kind == kindStatus {
		name := f.Provider
		if name == "" {
			name = valid(in.Title)
		}
		return tocsin.Reporter{ID: tocsin.UpstreamScheme + f.host, Handle: f.host, Name: name}
	}
	for _, a := range e.Authors {
		if a == nil {
			continue
		}
		if name := strings.TrimSpace(valid(a.Name)); name != "" {
			return tocsin.Reporter{ID: fmt.Sprintf("feed:%s:%s", f.host, strings.ToLower(name)), Handle: name, Name: name}
		}
	}
	return tocsin.Reporter{ID: fmt.Sprintf("feed:%s:entry:%s", f.host, digest(id))}
}

// valid takes out what no database takes.
func valid(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
