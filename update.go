package tocsin

import (
	"slices"
	"time"
)

// Update is a text that support verified: drafted, approved, sent.
type Update struct {
	ID           int64       `json:"id"`
	Incident     int64       `json:"incident"`
	Kind         UpdateKind  `json:"kind"`
	Text         string      `json:"text"`
	State        UpdateState `json:"state"`
	Author       string      `json:"author"` // all who wrote its words: ann, or "ann, bob" when he edited hers
	Approver     string      `json:"approver,omitempty"`
	Bypass       string      `json:"bypass,omitempty"`        // why one person alone sent it
	Corrects     int64       `json:"corrects,omitempty"`      // the update that was wrong
	NextUpdateAt time.Time   `json:"next_update_at,omitzero"` // the promise made in it
	CreatedAt    time.Time   `json:"created_at"`
	EditedAt     time.Time   `json:"edited_at"`
	ApprovedAt   time.Time   `json:"approved_at,omitzero"`
	SendAt       time.Time   `json:"send_at,omitzero"` // end of the hold, until which it can be cancelled
	DoneAt       time.Time   `json:"done_at,omitzero"`
}

// UpdateKind is what an update tells.
type UpdateKind string

// The kinds of update.
const (
	UpdateAware      UpdateKind = "aware"      // we know of it
	UpdateScope      UpdateKind = "scope"      // what is affected and what still works
	UpdateProgress   UpdateKind = "progress"   // what changed since
	UpdateResolved   UpdateKind = "resolved"   // it is fixed
	UpdateCorrection UpdateKind = "correction" // what we said was wrong
)

// UpdateKinds lists the kinds of update in the order of an incident's life.
func UpdateKinds() []UpdateKind {
	return []UpdateKind{UpdateAware, UpdateScope, UpdateProgress, UpdateResolved, UpdateCorrection}
}

// Audience is who hears an update.
type Audience struct {
	Reporters bool `json:"reporters"` // each reporter of the incident, in their own thread
	Public    bool `json:"public"`    // the status page and our own accounts
	ToldOnly  bool `json:"told_only"` // exactly those who got the update that it corrects
}

// Audience is the default audience of a kind: a person's tenth message is never
// sent by default.
func (k UpdateKind) Audience() Audience {
	switch k {
	case UpdateAware, UpdateResolved:
		return Audience{Reporters: true, Public: true}
	case UpdateCorrection:
		return Audience{ToldOnly: true}
	default:
		return Audience{Public: true}
	}
}

// UpdateState is where an update stands.
type UpdateState string

// The states of an update. Approved is the hold: its recipients are frozen, and it
// can still be cancelled back to a draft.
const (
	UpdateDraft     UpdateState = "draft"
	UpdateApproved  UpdateState = "approved"
	UpdateSending   UpdateState = "sending"
	UpdateStopped   UpdateState = "stopped" // by a person or by errors that piled up
	UpdateSent      UpdateState = "sent"
	UpdateDiscarded UpdateState = "discarded"
)

var updateChanges = map[UpdateState][]UpdateState{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	UpdateDraft:    {UpdateApproved, UpdateDiscarded},
	UpdateApproved: {UpdateDraft, UpdateSending},
	UpdateSending:  {UpdateStopped, UpdateSent},
	UpdateStopped:  {UpdateSending, UpdateSent},
}

// Move changes the state of an update. It returns CodeConflict for an illegal change.
func (u *Update) Move(to UpdateState) error {
	if !slices.Contains(updateChanges[u.State], to) {
		return Errorf(CodeConflict, "An update that is %s cannot become %s.", u.State, to)
	}
	u.State = to
	return nil
}
