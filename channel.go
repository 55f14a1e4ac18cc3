package tocsin

import (
	"context"
	"net/http"
	"time"
)

// Channel is one account on one outside system, with what it can do. A nil
// capability means "cannot"; because capabilities are fields and not methods, a
// wrapper cannot hide one.
type Channel struct {
	Name string // from the configuration: lower-case letters, digits and dashes
	Type string // email, webhook, x, …

	Source   Source   // can be polled for reports
	Streamer Streamer // can push reports as they are written
	Receiver Receiver // takes reports by inbound HTTP
	Importer Importer // can read what was exported from it
	Replier  Replier  // can answer a reporter in their own thread
	Poster   Poster   // can post in public
	Editor   Editor   // can edit what was posted
	Finder   Finder   // can look for what we sent
	Pager    Pager    // can carry a bell to a person
	Renewer  Renewer  // can bring a bell that it carried up to date
	Checker  Checker  // can prove that its settings work
	Prover   Prover   // can prove that what it sends would be believed
	Measurer Measurer // knows how long a text is on its network
	Meter    Meter    // knows what is left of the network's limits and of a budget
}

// Batch is what a channel brought in one go. The cursor is stored together with
// the reports, in one transaction; it is opaque to everyone but the channel.
type Batch struct {
	Reports    []Report
	Rejections []Rejection
	Receipts   []Receipt
	Edits      []Report // reports brought earlier, as their writers changed them; one that we do not have is passed over
	Deleted    []string // external ids of reports that are gone upstream: they are never quoted again
	Cursor     string   // where to go on; "" leaves the stored one
	More       bool     // there is more at once: do not wait for the next poll
	// Backlog says that the reports are old ones which a person brought in: they are
	// remembered, and open no incident.
	Backlog bool
}

// Source is polled. Pull gives what came since the cursor ("" at the very first
// call) and must give the same reports again for the same cursor: only a stored
// cursor moves on. An error leaves the cursor where it is.
type Source interface {
	Pull(ctx context.Context, cursor string) (Batch, error)
}

// Streamer holds a connection open. Stream calls emit for each batch, in order,
// and stops when emit fails; it returns when ctx ends or the connection breaks,
// and ingest calls it again with the stored cursor.
type Streamer interface {
	Stream(ctx context.Context, cursor string, emit func(Batch) error) error
}

// Receiver reads reports from an inbound request. It checks the request's
// signature on the raw body and answers with an error of CodeUnauthorized,
// CodeInvalid or CodeTooLarge; the caller has limited the body already and
// writes the answer.
type Receiver interface {
	Receive(r *http.Request) (Batch, error)
}

// Importer reads one thing as its system exports it: a mail, with its header. What
// it makes of it has the ids that a Source would give it, so that nothing is
// imported twice.
type Importer interface {
	Import(exported []byte) Batch
}

// Message is an approved text on its way to one recipient, or into the open.
type Message struct {
	Key      string // idempotency key, the same for each try
	Delivery int64  // the ledger's number, for bounces
	Text     string // plain text
	Lang     string
	// TriedAt is when the try began whose fate a Finder looks for; zero if unknown.
	TriedAt time.Time
	// Report is what it answers; its Route, Thread, ExternalID and Reporter are
	// set. The zero Report means a public post.
	Report Report
}

// Sent is the other side's word that it has a message.
type Sent struct {
	ExternalID string
	URL        string
}

// Replier answers a reporter in their own thread. It returns an *Error that says
// whether the message may have gone out all the same (Uncertain).
type Replier interface {
	Reply(ctx context.Context, m Message) (Sent, error)
}

// Poster posts in public on our own account. Errors as Replier.
type Poster interface {
	Post(ctx context.Context, m Message) (Sent, error)
}

// Editor changes a post of ours.
type Editor interface {
	Edit(ctx context.Context, externalID string, m Message) error
}

// Found is what looking for a message showed.
type Found int

// The answers of a Finder. FoundUnclear: it can be neither shown nor ruled out.
const (
	FoundUnclear Found = iota
	FoundPresent
	FoundAbsent
)

// Finder looks whether a message went out. It must say FoundAbsent only when the
// message provably did not.
type Finder interface {
	Find(ctx context.Context, m Message) (Found, Sent, error)
}

// Pager carries a bell to a person. It may be called again with the same key.
type Pager interface {
	Page(ctx context.Context, a Alarm) (Sent, error)
}

// Renewer brings a bell that was carried up to date: its evidence grew, or somebody
// has taken it. The externalID is what Page gave. It wakes nobody: what must wake
// somebody is another Page. It may be called again with the same alarm.
type Renewer interface {
	Renew(ctx context.Context, externalID string, a Alarm) error
}

// Checker tries the channel's settings against the outside system, without
// sending anything, and returns an *Error that says what to mend.
type Checker interface {
	Check(ctx context.Context) error
}

// Measurer tells how long a text is as the network counts, and the network's limit.
type Measurer interface {
	Measure(text string) Length
}

// Length is a text's length in a network's own units.
type Length struct {
	Used  int    `json:"used"`
	Limit int    `json:"limit,omitempty"` // 0: none
	Unit  string `json:"unit,omitempty"`  // characters, graphemes, weighted characters
}

// Meter tells what is left of what the network, or the operator's budget, allows,
// as the channel knows it now. It makes no call.
type Meter interface {
	Allowances() []Allowance
}
