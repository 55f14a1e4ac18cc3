package notify

import (
	"fmt"

	"github.com/tocsin/tocsin"
)

// The kinds of event that this package writes into an incident's timeline, beside
// those that the store writes of itself (opened, check, attached, sent, …). They
// are stored and must not change.
const (
	eventPage     = "page"     // a bell was rung, a step begun, or nobody could be woken
	eventAck      = "ack"      // somebody took a page, or it was called off
	eventVerdict  = "verdict"  // what vetting found
	eventPhase    = "phase"    // public state
	eventBack     = "back"     // public state again: what was resolved is not
	eventCause    = "cause"    // why it happened
	eventDraft    = "draft"    // an update was written, changed or thrown away
	eventApproved = "approved" // its hold begins
	eventBypass   = "bypass"   // approved by one person alone
	eventCancel   = "cancel"   // called back in the hold
	eventSending  = "sending"  // the hold is over, or a stopped update goes on
	eventStop     = "stop"     // by a person, or because errors piled up
	eventDelivery = "delivery" // one line of the ledger was settled by hand
	eventWaived   = "waived"   // somebody gets no answer, for a reason
	eventClosed   = "closed"   // nobody is owed an answer
	eventReopened = "reopened" // it was closed too early
)

// event makes the effects of an act that is worth a line in the timeline of an incident.
func event(incident int64, actor, kind, format string, args ...any) tocsin.Effects {
	return tocsin.Effects{Events: []tocsin.Event{{Incident: incident, Actor: actor, Kind: kind, Text: fmt.Sprintf(format, args...)}}}
}

// phaseKind is the kind of the line about a change of phase that a person made.
func phaseKind(from, to tocsin.Phase) string {
	if from == tocsin.PhaseResolved && to != from {
		return eventBack
	}
	return eventPhase
}
