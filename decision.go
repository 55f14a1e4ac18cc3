package tocsin

import "time"

// Ruling is a person's verdict on an incident.
type Ruling struct {
	Actor    string
	Incident int64
	Verdict  Verdict
	// Reason is needed for not_incident, and for confirming without having tried
	// anything of the area's checklist.
	Reason      string
	DuplicateOf int64 // the incident that stays, for a duplicate
}

// Draft is a text that somebody proposes to say.
type Draft struct {
	Actor        string
	Incident     int64
	Kind         UpdateKind
	Text         string
	Corrects     int64     // the update that was wrong; for a correction only
	NextUpdateAt time.Time // the promise made in the text; zero for none
}

// Approval is a person's word that an update may go out.
type Approval struct {
	Actor  string
	Update int64
	// Seen is what the approver's Preview carried. When it is given, an approval is
	// refused if the text or the recipients have changed since; "" does not look.
	Seen string
	// Bypass is why nobody else could look at it: the author alone then approves,
	// and the timeline shows the reason.
	Bypass string
}

// Waiver is why one reporter of an incident gets no answer.
type Waiver struct {
	Reporter string `json:"reporter"` // the reporter's ID, or a handle that only one of those owed has
	Reason   string `json:"reason"`
}
