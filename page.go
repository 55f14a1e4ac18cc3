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
	NextAt   time.Time `json:"next_at,omitzero"`
	ClosedAt time.Time `json:"closed_at,omitzero"`
}

// PageState is where a page stands.
type PageState string

// The states of a page. Exhausted: every step was tried and nobody answered.
const (
	PageOpen      PageState = "open"
	PageAcked     PageState = "acked"
	PageExhausted PageState = "exhausted"
	PageClosed    PageState = "closed"
)

var pageChanges = map[PageState][]PageState{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	PageOpen:      {PageAcked, PageExhausted, PageClosed},
	PageAcked:     {PageOpen, PageClosed},
	PageExhausted: {PageAcked, PageOpen, PageClosed},
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
	UpdatedAt  time.Time     `json:"updated_at"`
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
}

// Quote is a report's words as a page may show them: personal data masked.
type Quote struct {
	Channel string    `json:"channel"`
	At      time.Time `json:"at"`
	Text    string    `json:"text"`
}
