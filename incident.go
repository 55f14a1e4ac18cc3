package tocsin

import (
	"slices"
	"time"
)

// Incident is a cluster that became worth a human's attention. It is suspected
// until a human gives a verdict.
type Incident struct {
	ID    int64  `json:"id"`
	Key   string `json:"key"` // triage's name of it; the same after a rebuild
	Kind  Kind   `json:"kind"`
	Tier  Tier   `json:"tier"` // the loudest bell that it earned
	Title string `json:"title"`
	Area  string `json:"area,omitempty"`

	Verdict       Verdict `json:"verdict,omitempty"`
	VerdictReason string  `json:"verdict_reason,omitempty"`
	DuplicateOf   int64   `json:"duplicate_of,omitempty"`
	Cause         Cause   `json:"cause,omitempty"`
	Phase         Phase   `json:"phase,omitempty"`
	Severity      int     `json:"severity"` // 1 is worst, 4 is mildest

	FirstSeen time.Time `json:"first_seen"` // when the first of its reports was written
	LastSeen  time.Time `json:"last_seen"`
	Reports   int       `json:"reports"` // those that count as evidence
	People    int       `json:"people"`  // distinct reporters of them

	Explanation Explanation `json:"explanation"`
	Restricted  bool        `json:"restricted,omitempty"`

	OpenedAt     time.Time `json:"opened_at"`
	VerdictAt    time.Time `json:"verdict_at,omitzero"`
	NextUpdateAt time.Time `json:"next_update_at,omitzero"` // what was promised to the public
	ClosedAt     time.Time `json:"closed_at,omitzero"`

	// Turn counts what people decided about the incident and what is said about it.
	// What was worked out at one turn holds no longer at the next.
	Turn int64 `json:"-"`
}

// Explanation says why an incident is one, for the human who must believe it.
type Explanation struct {
	Summary  string         `json:"summary"`            // one sentence
	Phrases  []string       `json:"phrases,omitempty"`  // what ties the reports, strongest first
	Why      string         `json:"why,omitempty"`      // why it is unusual: seen against expected
	False    string         `json:"false,omitempty"`    // what would make it false
	Expected float64        `json:"expected"`           // people expected in the window
	Seen     int            `json:"seen"`               // people seen in it
	Window   Duration       `json:"window"`             // in which they were counted
	Channels map[string]int `json:"channels,omitempty"` // people by channel
	Quotes   []int64        `json:"quotes,omitempty"`   // reports that show it best
}

// Kind is what triage believes it sees before a human has looked.
type Kind string

// The kinds: a problem of many people, or a wave of spam or abuse without victims.
const (
	KindIncident Kind = "incident"
	KindFlood    Kind = "flood"
)

// Tier is which bell an incident has earned.
type Tier string

// The two bells. A whisper goes to support's chat, a ring wakes a person.
const (
	TierNone    Tier = ""
	TierWhisper Tier = "whisper"
	TierRing    Tier = "ring"
)

// Louder tells whether t is a louder bell than u.
func (t Tier) Louder(u Tier) bool { return t.loudness() > u.loudness() }

func (t Tier) loudness() int { return slices.Index([]Tier{TierNone, TierWhisper, TierRing}, t) }

// Verdict is what vetting found. The zero value means suspected: nobody has vetted yet.
type Verdict string

// The verdicts.
const (
	VerdictNone        Verdict = ""
	VerdictConfirmed   Verdict = "confirmed"
	VerdictFlood       Verdict = "flood"        // spam or abuse, no real victims
	VerdictNotIncident Verdict = "not_incident" // needs a reason; its reporters are still owed an answer
	VerdictDuplicate   Verdict = "duplicate"    // of another incident
)

// Cause is why a confirmed incident happened.
type Cause string

// The causes. A malicious one has real victims: they are answered, and the
// engineers paged, like those of any other.
const (
	CauseUnknown   Cause = "unknown"
	CauseOurs      Cause = "ours"
	CauseProvider  Cause = "provider"
	CauseMalicious Cause = "malicious"
)

// Phase is the public state of a confirmed incident. It is not the pager's state:
// resolved in the pager does not mean fixed.
type Phase string

// The phases.
const (
	PhaseNone          Phase = ""
	PhaseInvestigating Phase = "investigating"
	PhaseIdentified    Phase = "identified"
	PhaseMonitoring    Phase = "monitoring"
	PhaseResolved      Phase = "resolved"
)

// verdictChanges lists the legal changes of a verdict. A duplicate can only be
// split off again; everything else is a new look at the same facts.
var verdictChanges = map[Verdict][]Verdict{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	VerdictNone:        {VerdictConfirmed, VerdictFlood, VerdictNotIncident, VerdictDuplicate},
	VerdictConfirmed:   {VerdictNotIncident, VerdictFlood, VerdictDuplicate},
	VerdictFlood:       {VerdictConfirmed, VerdictNotIncident, VerdictDuplicate},
	VerdictNotIncident: {VerdictConfirmed, VerdictFlood, VerdictDuplicate},
	VerdictDuplicate:   {VerdictNone},
}

// phaseChanges lists the legal changes of a phase. Resolved goes back to
// investigating only: what came back is not understood.
var phaseChanges = map[Phase][]Phase{ //nolint:gochecknoglobals // a constant table; Go has no constant maps
	PhaseNone:          {PhaseInvestigating},
	PhaseInvestigating: {PhaseIdentified, PhaseMonitoring, PhaseResolved},
	PhaseIdentified:    {PhaseInvestigating, PhaseMonitoring, PhaseResolved},
	PhaseMonitoring:    {PhaseInvestigating, PhaseIdentified, PhaseResolved},
	PhaseResolved:      {PhaseInvestigating},
}

// Judge changes the verdict. It returns CodeConflict for an illegal change or a
// closed incident, CodeInvalid when a reason or the other incident is missing.
func (i *Incident) Judge(v Verdict, reason string, duplicateOf int64, now time.Time) error {
	switch {
	case !i.ClosedAt.IsZero():
		return Errorf(CodeConflict, "Incident %d is closed. Reopen it before you change its verdict.", i.ID)
	case i.Verdict == v:
		return Errorf(CodeConflict, "It is %s already.", v.Word())
	case !slices.Contains(verdictChanges[i.Verdict], v):
		return Errorf(CodeConflict, "An incident that is %s cannot become %s.", i.Verdict.Word(), v.Word())
	case v == VerdictNotIncident && reason == "":
		return Errorf(CodeInvalid, "Say why it is no incident: its reporters are owed an answer.")
	case v == VerdictDuplicate && (duplicateOf == 0 || duplicateOf == i.ID):
		return Errorf(CodeInvalid, "Say which other incident it is a duplicate of.")
	}
	i.Verdict, i.VerdictReason, i.VerdictAt = v, reason, now
	i.DuplicateOf = 0
	if v == VerdictDuplicate {
		i.DuplicateOf = duplicateOf
	}
	if v == VerdictConfirmed {
		i.Cause, i.Phase = CauseUnknown, PhaseInvestigating
	} else {
		i.Cause, i.Phase = "", PhaseNone
	}
	return nil
}

// MoveTo changes the public phase of a confirmed incident. It returns
// CodeConflict for any other incident and for an illegal change.
func (i *Incident) MoveTo(p Phase) error {
	switch {
	case i.Verdict != VerdictConfirmed:
		return Errorf(CodeConflict, "Only a confirmed incident has a phase; this one is %s.", i.Verdict.Word())
	case !i.ClosedAt.IsZero():
		return Errorf(CodeConflict, "Incident %d is closed. Reopen it before you change its phase.", i.ID)
	case i.Phase == p:
		return Errorf(CodeConflict, "It is %s already.", p)
	case !slices.Contains(phaseChanges[i.Phase], p):
		return Errorf(CodeConflict, "The phase cannot go from %s to %s.", i.Phase, p)
	}
	i.Phase = p
	return nil
}

// Blame sets the cause of a confirmed incident. It returns CodeConflict for any
// other incident and CodeInvalid for a word that is no cause.
func (i *Incident) Blame(c Cause) error {
	if i.Verdict != VerdictConfirmed {
		return Errorf(CodeConflict, "Only a confirmed incident has a cause; this one is %s.", i.Verdict.Word())
	}
	if !slices.Contains([]Cause{CauseUnknown, CauseOurs, CauseProvider, CauseMalicious}, c) {
		return Errorf(CodeInvalid, "A cause is unknown, ours, provider or malicious, not %q.", c)
	}
	i.Cause = c
	return nil
}

// Word is the verdict as a person says it.
func (v Verdict) Word() string {
	switch v {
	case VerdictNone:
		return "suspected"
	case VerdictNotIncident:
		return "not an incident"
	default:
		return string(v)
	}
}

// Check is one item of an area's checklist as somebody tried it.
type Check struct {
	ID       int64     `json:"id"`
	Incident int64     `json:"incident"`
	Item     string    `json:"item"`
	Outcome  Outcome   `json:"outcome"`
	Note     string    `json:"note,omitempty"` // where and how it was tried; never sent to anybody
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

// Outcome is what trying a checklist item showed.
type Outcome string

// The outcomes of a check.
const (
	OutcomeWorks   Outcome = "works"
	OutcomeBroken  Outcome = "broken"
	OutcomeUnclear Outcome = "unclear"
)

// Event is one line of an incident's timeline.
type Event struct {
	ID       int64     `json:"id"`
	Incident int64     `json:"incident"`
	At       time.Time `json:"at"`
	Actor    string    `json:"actor"` // a user's name, or "tocsin"
	Kind     string    `json:"kind"`  // opened, whisper, ring, verdict, phase, check, draft, approved, …
	Text     string    `json:"text"`
}

// ActorSelf is the actor of what the program does by itself.
const ActorSelf = "tocsin"
