package tocsin

import (
	"slices"
	"time"
)

// Delivery is one message to one recipient on one channel. All of them are the ledger.
type Delivery struct {
	ID         int64         `json:"id"`
	Update     int64         `json:"update"`
	Incident   int64         `json:"incident"`
	Channel    string        `json:"channel"`
	Report     int64         `json:"report,omitempty"` // whose thread it goes to; 0 for a public post
	Reporter   Reporter      `json:"reporter,omitzero"`
	Key        string        `json:"key"` // idempotency key, unique: the same for each try
	State      DeliveryState `json:"state"`
	Reason     string        `json:"reason,omitempty"` // why it failed, was skipped or is held
	ExternalID string        `json:"external_id,omitempty"`
	URL        string        `json:"url,omitempty"`
	Attempts   int           `json:"attempts"`
	CreatedAt  time.Time     `json:"created_at"`
	UpdatedAt  time.Time     `json:"updated_at"`
}

// DeliveryState is where a delivery stands.
type DeliveryState string

// The states of a delivery. Sending is committed before the call, so that a crash
// in the middle is seen as unknown; unknown is settled by looking.
const (
	DeliveryPending DeliveryState = "pending"
	DeliverySending DeliveryState = "sending"
	DeliverySent    DeliveryState = "sent"
	DeliveryFailed  DeliveryState = "failed"
	DeliveryUnknown DeliveryState = "unknown"
	DeliverySkipped DeliveryState = "skipped" // with a reason: opted out, told already, …
	DeliveryHeld    DeliveryState = "held"    // for a human
	DeliveryByHand  DeliveryState = "by_hand" // a person told them by other means
)

var deliveryChanges = map[DeliveryState][]DeliveryState{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	DeliveryPending: {DeliverySending, DeliverySkipped, DeliveryHeld, DeliveryByHand},
	DeliverySending: {DeliverySent, DeliveryFailed, DeliveryUnknown, DeliveryPending},
	DeliveryUnknown: {DeliverySent, DeliveryPending, DeliveryHeld},
	DeliveryHeld:    {DeliveryPending, DeliveryByHand, DeliverySkipped},
	DeliveryFailed:  {DeliveryPending, DeliveryByHand, DeliverySkipped},
	DeliverySent:    {DeliveryFailed}, // it bounced
}

// Move changes the state of a delivery. It returns CodeConflict for an illegal change.
func (d *Delivery) Move(to DeliveryState) error {
	if !slices.Contains(deliveryChanges[d.State], to) {
		return Errorf(CodeConflict, "A delivery that is %s cannot become %s.", d.State, to)
	}
	d.State = to
	return nil
}

// Settled tells whether the person has an outcome: told, or a named reason why not.
func (s DeliveryState) Settled() bool {
	return s == DeliverySent || s == DeliverySkipped || s == DeliveryByHand
}

// Receipt is what a channel learned later about a message of ours: a bounce.
type Receipt struct {
	Delivery int64  `json:"delivery"`         // from the VERP address
	Notice   bool   `json:"notice,omitempty"` // the number is that of a notice
	Failed   bool   `json:"failed"`
	Reason   string `json:"reason"`
}
