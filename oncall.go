package tocsin

import "time"

// Person is somebody whom a page can reach.
type Person struct {
	Name     string    `json:"name"`               // short and stable, as they sign in: mara
	Title    string    `json:"title,omitempty"`    // as people call them
	Zone     string    `json:"zone"`               // the IANA name of where they sleep: Europe/Vienna
	Groups   []string  `json:"groups,omitempty"`   // a step of a policy can call a whole group
	Contacts []Contact `json:"contacts,omitempty"` // how to reach them
	Rules    []Rule    `json:"rules,omitempty"`    // which contact when; none: all of them at once
}

// Contact is one way to reach a person: a channel that can page, and their address on it.
type Contact struct {
	Name    string `json:"name"` // theirs: phone, mail
	Channel string `json:"channel"`
	To      string `json:"to,omitempty"`
}

// Rule says by which contact a person hears a bell. When none of a person's rules
// fits, all contacts are used: a rule can never make somebody unreachable.
type Rule struct {
	Contact  string   `json:"contact"`            // its name
	Tier     Tier     `json:"tier,omitempty"`     // "": any bell
	Severity int      `json:"severity,omitempty"` // incidents as bad as this or worse; 0: any
	After    Duration `json:"after,omitempty"`    // how long after the step began, if nobody has answered
}

// Schedule says who is on call at each moment. The first of its layers that covers
// a moment decides; overrides lie above all layers, the latest uppermost.
type Schedule struct {
	Name     string     `json:"name"`
	Title    string     `json:"title,omitempty"`
	Zone     string     `json:"zone"` // IANA; of the layers that name none
	Layers   []Layer    `json:"layers"`
	Holidays []Holidays `json:"holidays,omitempty"`
}

// Layer is a rotation: its people in turn, each for one shift, where its hours
// allow it. All its times are wall-clock times in its zone, so that a hand-off at
// 09:00 is at 09:00 in summer and in winter.
type Layer struct {
	Name    string   `json:"name"`
	Zone    string   `json:"zone,omitempty"` // "": the schedule's
	People  []string `json:"people"`
	Start   string   `json:"start"`             // the date on which the first of them begins: 2026-11-23
	Handoff string   `json:"handoff,omitempty"` // when one takes over from another; "" is 09:00
	Every   string   `json:"every,omitempty"`   // how long a shift is: daily, weekly, 3d, 2w, 12h; "" is weekly
	Hours   []Hours  `json:"hours,omitempty"`   // when it covers at all; none: always
	Except  []string `json:"except,omitempty"`  // names of holidays on which it does not cover
	Only    []string `json:"only,omitempty"`    // names of holidays on which alone it covers
}

// Hours are a span of each of some days. One that ends at or before its own
// beginning ends on the next day, and belongs to the day on which it begins.
type Hours struct {
	Days []string `json:"days,omitempty"` // mon, tue, …; none: every day
	From string   `json:"from"`           // 09:00
	To   string   `json:"to"`             // 17:00; 24:00 is the end of the day
}

// Holidays are days of a name, for layers that cover on them or not.
type Holidays struct {
	Name string   `json:"name"`
	Days []string `json:"days"` // 2026-12-25
}

// Override puts somebody on call for a while, whatever the layers say.
type Override struct {
	ID       int64     `json:"id"`
	Schedule string    `json:"schedule"`
	Person   string    `json:"person"`
	Instead  string    `json:"instead,omitempty"` // only while that person would be on call; "": throughout
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Reason   string    `json:"reason,omitempty"`
	By       string    `json:"by"`
	At       time.Time `json:"at"` // when it was made
}

// Shift is a span in which the same person is on call by the same reason. A span
// without a person is a gap.
type Shift struct {
	Schedule string    `json:"schedule"`
	Person   string    `json:"person,omitempty"`
	Layer    string    `json:"layer,omitempty"`
	Override int64     `json:"override,omitempty"` // the override that says so; 0: the layer does
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
}

// Quiet are hours in which a mild incident wakes nobody: people hear of it when the
// hours end, in their own zone. What grows worse meanwhile is told at once.
type Quiet struct {
	Hours    []Hours `json:"hours"`
	Severity int     `json:"severity"` // incidents as mild as this or milder: 2, 3 or 4
}

// Outlook is what is wrong with a schedule in a span.
type Outlook struct {
	Schedule  string    `json:"schedule"`
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Gaps      []Shift   `json:"gaps,omitempty"`      // nobody is on call
	Unreached []Shift   `json:"unreached,omitempty"` // somebody is who has no contact, or is no longer there
	Idle      []string  `json:"idle,omitempty"`      // layers of which nobody ever is
}
