package tocsin

import (
	"encoding/json"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Report is what one person wrote on one channel, once.
type Report struct {
	ID         int64     `json:"id"`
	Channel    string    `json:"channel"`            // the channel's name in the configuration
	ExternalID string    `json:"external_id"`        // unique within the channel
	Thread     string    `json:"thread,omitempty"`   // where an answer belongs, in the channel's own words
	ReplyTo    string    `json:"reply_to,omitempty"` // external id of what it answers
	Reporter   Reporter  `json:"reporter"`
	At         time.Time `json:"at"`          // when it was written
	ReceivedAt time.Time `json:"received_at"` // when we first saw it; much later than At for a backlog
	Title      string    `json:"title,omitempty"`
	Text       string    `json:"text"`           // cleaned: no quotes, no signature, no markup
	Lang       string    `json:"lang,omitempty"` // BCP 47 where the channel knows it
	URL        string    `json:"url,omitempty"`

	// NoReply says, as a sentence for people, why the network lets none of ours
	// answer this report; "" where it may be answered.
	NoReply string `json:"no_reply,omitempty"`

	// What its writer did to it afterwards, as far as we have heard. A deleted one
	// has no text any more, anywhere.
	EditedAt  time.Time `json:"edited_at,omitzero"`
	DeletedAt time.Time `json:"deleted_at,omitzero"`

	// Raw is the text as it came, decoded to UTF-8; Markup says how to read it.
	// The store keeps it beside the report and gives it only when asked.
	Raw    string `json:"-"`
	Markup Markup `json:"-"`
	// Route is what the channel needs to answer (mail: addresses and References).
	// Only the channel reads it.
	Route json.RawMessage `json:"-"`
}

// TextDeleted stands where a deleted report's words would be shown.
const TextDeleted = "deleted by its writer"

// Words gives a report's title and text for people to read on one line. Of one that
// was deleted it says just that.
func (r Report) Words() string {
	if !r.DeletedAt.IsZero() {
		return TextDeleted
	}
	return strings.TrimSpace(r.Title + " " + r.Text)
}

// Unanswerable says, as a reason for people, why no answer can go into a report's
// thread; "" where one can.
func (r Report) Unanswerable() string {
	if !r.DeletedAt.IsZero() {
		return TextDeleted + ": there is no thread to answer in"
	}
	return r.NoReply
}

// Markup is how a raw text is written.
type Markup string

// The markups that ingest can clean.
const (
	MarkupPlain Markup = "" // also mail as text/plain, with its quotes and signature
	MarkupHTML  Markup = "html"
)

// Reporter is a person, as the channel knows them. One person counts once,
// however often they write.
type Reporter struct {
	// ID names the person across channels of one network: a scheme and the
	// network's own stable id, as in "mailto:ana@example.org" or "x:783214".
	ID     string    `json:"id"`
	Handle string    `json:"handle,omitempty"` // as shown in the network: @ana, ana@example.org
	Name   string    `json:"name,omitempty"`   // hostile text: shown, never trusted
	URL    string    `json:"url,omitempty"`
	Since  time.Time `json:"since,omitzero"` // when the account was made; zero if unknown
	Staff  bool      `json:"staff,omitempty"`
}

// Among tells whether a reporter is in a list of people: by id, by handle, or by the
// domain of their mail address, as in *@example.org.
func (r Reporter) Among(people []string) bool {
	handle := strings.TrimPrefix(r.Handle, "@")
	address, isMail := strings.CutPrefix(r.ID, "mailto:")
	return slices.ContainsFunc(people, func(who string) bool {
		if domain, all := strings.CutPrefix(who, "*@"); all {
			_, at, found := strings.Cut(address, "@")
			return isMail && found && strings.EqualFold(at, domain)
		}
		who = strings.TrimPrefix(who, "@")
		return who != "" && (strings.EqualFold(who, r.ID) || strings.EqualFold(who, handle))
	})
}

// scheme matches ids that name their network already, as in x:783214.
var scheme = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:[^/]`)

// ReporterID names a person across channels, as Reporter.ID wants it, by what a
// channel calls them: by mail address where it is one, so that who writes by mail
// and by form counts once.
func ReporterID(channel, author string) string {
	if scheme.MatchString(author) {
		return author
	}
	if a, err := mail.ParseAddress(author); err == nil && a.Address == author {
		return "mailto:" + strings.ToLower(author)
	}
	return channel + ":" + author
}

// UpstreamScheme begins the id of a reporter that is no person: a provider that tells
// of the state of its own service.
const UpstreamScheme = "upstream:"

// Upstream tells whether a provider speaks of itself. What it says stands beside the
// reports of people, is no evidence as theirs are, and is never answered.
func (r Reporter) Upstream() bool { return strings.HasPrefix(r.ID, UpstreamScheme) }

// Rejection is something that came in and did not become a report, with the
// reason: nothing is left out in silence.
type Rejection struct {
	Channel    string    `json:"channel"`
	ExternalID string    `json:"external_id,omitempty"`
	Reason     string    `json:"reason"` // one of the Reason constants, or a channel's own
	Detail     string    `json:"detail,omitempty"`
	At         time.Time `json:"at"`
}

// Reasons for which something that came in is no report at all.
const (
	ReasonAutoReply  = "auto-reply" // written by a machine: out of office, receipt
	ReasonBounce     = "bounce"     // a delivery status; it marks the delivery instead
	ReasonNewsletter = "newsletter" // sent to many by a list or a bulk sender
	ReasonOwn        = "own"        // written by us
	ReasonEmpty      = "empty"      // nothing is left after cleaning
	ReasonMalformed  = "malformed"  // could not be read; the detail says where
	ReasonTooLarge   = "too-large"  // over the channel's size limit
)

// Judgement is what triage, or a person, thinks of one report.
type Judgement struct {
	Report  int64  `json:"report"`
	Cluster string `json:"cluster"`          // key of the cluster; every report has one
	Reason  string `json:"reason,omitempty"` // why it does not count as evidence; "" when it does
	// Incident is the key of the incident it belongs to, "" for none. Sure says
	// that it belongs surely enough for its writer to be answered as one of it.
	Incident string `json:"incident,omitempty"`
	Sure     bool   `json:"sure,omitempty"`
}
