package tocsin

import (
	"slices"
	"time"
)

// Page is a bell on its way about one incident: a whisper or a ring.
type Page struct {
	ID       int64     `json:"id"`
	Incident int64     `json:"incident"`
	Tier     Tier      `json:"tier"`
	Policy   string    `json:"policy"`
	Step     int       `json:"step"` // index into the policy's steps, of all rounds
	State    PageState `json:"state"`
	By       string    `json:"by,omitempty"` // who acknowledged it
	OpenedAt time.Time `json:"opened_at"`
	AckedAt  time.Time `json:"acked_at,omitzero"`
	// NextAt is when the next step begins unless somebody acknowledges.
	NextAt time.Time `json:"next_at,omitzero"` // of a snoozed page: when it rings again
	// SnoozedAt is how many people there were when it was snoozed: at twice as many
	// it rings again at once.
	SnoozedAt int       `json:"snoozed_at_people,omitempty"`
	ClosedAt  time.Time `json:"closed_at,omitzero"`
}

// PageState is where a page stands.
type PageState string

// The states of a page. Exhausted: every step was tried and nobody answered.
// Snoozed: somebody has it and wants to be rung again later.
const (
	PageOpen      PageState = "open"
	PageAcked     PageState = "acked"
	PageSnoozed   PageState = "snoozed"
	PageExhausted PageState = "exhausted"
	PageClosed    PageState = "closed"
)

var pageChanges = map[PageState][]PageState{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	PageOpen:      {PageAcked, PageSnoozed, PageExhausted, PageClosed},
	PageAcked:     {PageOpen, PageSnoozed, PageClosed},
	PageSnoozed:   {PageOpen, PageAcked, PageSnoozed, PageClosed},
	PageExhausted: {PageAcked, PageSnoozed, PageOpen, PageClosed},
}

// Move changes the state of a page. It returns CodeConflict for an illegal change.
func (p *Page) Move(to PageState) error {
	if !slices.Contains(pageChanges[p.State], to) {
		return Errorf(CodeConflict, "A page that is %s cannot become %s.", p.State, to)
	}
	p.State = to
	return nil
}

// Notice is one message of a page to one target. Its states are those of a
// delivery; unlike a delivery, a notice whose fate is unknown is sent again, for
// a doubled page is better than none. Its key lets the medium drop the double.
type Notice struct {
	ID         int64         `json:"id"`
	Page       int64         `json:"page"`
	Step       int           `json:"step"`
	Target     Target        `json:"target"`
	Key        string        `json:"key"` // the same for each try
	State      DeliveryState `json:"state"`
	ExternalID string        `json:"external_id,omitempty"`
	Reason     string        `json:"reason,omitempty"` // of a failure
	Attempts   int           `json:"attempts"`
	// DueAt is when it goes out, or is tried again: the person's rule, quiet hours or
	// the medium's limit say so. Zero is at once.
	DueAt     time.Time `json:"due_at,omitzero"`
	Quiet     bool      `json:"quiet,omitempty"` // it waits for quiet hours to end
	UpdatedAt time.Time `json:"updated_at"`
}

// Attempt is one call that was made for a notice, and what came of it.
type Attempt struct {
	ID         int64         `json:"id"`
	Notice     int64         `json:"notice"`
	Target     Target        `json:"target"`
	At         time.Time     `json:"at"`
	Took       Duration      `json:"took"`
	State      DeliveryState `json:"state"`            // sent, failed or unknown
	Answer     string        `json:"answer,omitempty"` // the failure's sentence; "" when it went well
	ExternalID string        `json:"external_id,omitempty"`
}

// Medium is how the bells on one channel do.
type Medium struct {
	Channel string    `json:"channel"`
	Waiting int       `json:"waiting"`          // notices that are to be sent
	NextAt  time.Time `json:"next_at,omitzero"` // when the next of them goes out; zero: at once, or there is none
	Sent    int       `json:"sent"`             // in the last hour
	Failed  int       `json:"failed"`           // for good, in the last hour
	LastAt  time.Time `json:"last_at,omitzero"` // of the last that was sent
	Error   string    `json:"error,omitempty"`  // of the last that did not get through, if none did since
	// Allowances are what is left of the network's limits, as this process knows it.
	Allowances []Allowance `json:"allowances,omitempty"`
}

// Alarm is what a medium carries to a person: the evidence as it is now.
type Alarm struct {
	Key      string   `json:"key"`   // idempotency key of this notice
	Dedup    string   `json:"dedup"` // the same for all notices about one incident
	To       string   `json:"-"`     // address on the medium
	Tier     Tier     `json:"tier"`
	Incident Incident `json:"incident"`
	Area     Area     `json:"area"`
	Quotes   []Quote  `json:"quotes"`
	Summary  string   `json:"summary"` // one sentence, short enough for any medium
	Body     string   `json:"body"`    // the whole evidence as plain text
	URL      string   `json:"url,omitempty"`
	Page     Page     `json:"page"` // where it stands: who has taken it
	Similar  []Past   `json:"similar,omitempty"`
	Links    []Link   `json:"links,omitempty"` // that act in the recipient's name; each asks first
}

// Past is an earlier incident that was like this one, and how it ended.
type Past struct {
	Incident int64     `json:"incident"`
	Title    string    `json:"title"`
	At       time.Time `json:"at"`
	Ended    string    `json:"ended"` // confirmed, a provider's, over after 2 h
}

// Action is what a person does about a page.
type Action string

// The actions that a link or a button can carry.
const (
	ActionAck      Action = "ack"
	ActionSnooze   Action = "snooze"
	ActionNotUs    Action = "not-us"
	ActionEscalate Action = "escalate"
	ActionEveryone Action = "everyone"
)

// Errand is what a link asks to be done, as its address says.
type Errand struct {
	Notice int64
	Action Action
	Until  int64  // when the link ends, in seconds since 1970
	Sum    string // proves that we made it
}

// Asked is what the page of a link shows before anything is done.
type Asked struct {
	Page     Page
	Action   Action
	Actor    string // in whose name it would be done
	Summary  string
	Body     string
	Policies []string // to which a page can be handed, for not-us
}

// Link lets who holds it act in the name of whom the notice went to, until it ends.
// Opening it changes nothing: it shows a page that asks.
type Link struct {
	Action Action `json:"action"`
	Label  string `json:"label"`
	URL    string `json:"url"`
}

// Quote is a report's words as a page may show them: personal data masked.
type Quote struct {
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
}
