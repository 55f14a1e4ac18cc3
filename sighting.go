package tocsin

import "time"

// Sighting is an incident as triage sees it now. The store makes an incident of
// it at the first sight of its key and lets it grow later; it never touches what
// humans decided.
type Sighting struct {
	Key         string
	Kind        Kind
	Tier        Tier
	Title       string
	Area        string
	Severity    int
	FirstSeen   time.Time
	LastSeen    time.Time
	Reports     int
	People      int
	Explanation Explanation
}

// Triaged is what triage made of some reports, to be stored in one transaction
// together with the alert jobs that it causes.
type Triaged struct {
	Done       []int64     // reports that were judged for the first time
	Judgements []Judgement // of these and of earlier ones that moved
	Sightings  []Sighting
}

// Judged is a report with what is thought of it, as triage rebuilds its memory from.
type Judged struct {
	Report    Report
	Judgement Judgement
	Human     bool // a person said so: triage must not overwrite it
}

// Place is where a report was judged to belong, for people.
type Place struct {
	Incident int64  `json:"incident,omitempty"` // 0: none
	Cluster  string `json:"cluster,omitempty"`  // "" when only a person has judged it
	Reason   string `json:"reason,omitempty"`   // why it does not count as evidence
	Sure     bool   `json:"sure"`               // sure enough for its writer to be answered
	Judge    string `json:"judge"`              // "tocsin" or the user who attached or detached it
}

// Member is a report that was judged into an incident.
type Member struct {
	Report Report `json:"report"`
	Reason string `json:"reason,omitempty"` // why it does not count as evidence
	Sure   bool   `json:"sure"`             // sure enough for its writer to be answered
	Judge  string `json:"judge"`            // "tocsin" or the user who attached it
	// OptedOut: the writer asked to hear no more from us.
	OptedOut bool `json:"opted_out,omitempty"`
}
