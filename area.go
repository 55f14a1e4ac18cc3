package tocsin

// Area is a part of the service as users meet it. It names who is woken, what is
// shown on the status page, and how a person finds out whether it works.
type Area struct {
	Name      string   `json:"name"` // short and stable: sign-in
	Title     string   `json:"title,omitempty"`
	Phrases   []string `json:"phrases,omitempty"` // words by which users name it
	Team      string   `json:"team,omitempty"`
	Policy    string   `json:"policy,omitempty"`    // who is paged; "" means the policy named default
	Component string   `json:"component,omitempty"` // on the status page
	Checklist []string `json:"checklist,omitempty"` // what to try before a verdict
	Runbook   string   `json:"runbook,omitempty"`   // a link
}

// Policy says who hears a bell: whom a whisper goes to, and how a ring escalates.
type Policy struct {
	Name    string   `json:"name"`
	Whisper []Target `json:"whisper,omitempty"`
	Steps   []Step   `json:"steps,omitempty"`
	Repeat  int      `json:"repeat,omitempty"` // how often the steps are gone through again; 0 is once
	Quiet   *Quiet   `json:"quiet,omitempty"`  // when a ring about something mild waits; nil: never
}

// Step is one rung of a ring: all its targets at once, then a wait.
type Step struct {
	Name    string   `json:"name"` // primary, secondary, the cavalry
	Targets []Target `json:"targets"`
	// Wait is how long an acknowledgement is waited for before the next step.
	Wait Duration `json:"wait"`
}

// Target is where a bell is heard: a channel that can page and the address on it,
// or people, who are looked up when the step begins. Just one of channel, person,
// schedule, group and everyone is set; in a notice it is always the channel, with
// the person whom it is for.
type Target struct {
	Channel  string `json:"channel,omitempty"`
	To       string `json:"to,omitempty"`       // the medium's own address; "" where the channel has just one
	Person   string `json:"person,omitempty"`   // by their own contacts and rules
	Schedule string `json:"schedule,omitempty"` // who is on call in it
	Group    string `json:"group,omitempty"`    // all people of it
	Everyone bool   `json:"everyone,omitempty"` // the cavalry: all people there are
}

// Refuse tells why a policy cannot have such a target: CodeInvalid unless just one
// of its ways is set. Whether what it names is there is not looked at.
func (t Target) Refuse() error {
	ways := 0
	for _, set := range []bool{t.Channel != "", t.Person != "", t.Schedule != "", t.Group != "", t.Everyone} {
		if set {
			ways++
		}
	}
	switch {
	case ways != 1:
		return Errorf(CodeInvalid, "A target is one of channel, person, schedule, group and everyone; this one has %d of them.", ways)
	case t.To != "" && t.Channel == "":
		return Errorf(CodeInvalid, "A target has an address (to) only beside a channel: people are reached by their contacts.")
	}
	return nil
}

// String names a target as people do: chat #support, on call in primary.
func (t Target) String() string {
	switch {
	case t.Everyone:
		return "everyone"
	case t.Schedule != "":
		return "whoever is on call in " + t.Schedule
	case t.Group != "":
		return "the group " + t.Group
	case t.Person != "" && t.Channel != "":
		return t.Person + " by " + t.Channel
	case t.Person != "":
		return t.Person
	case t.To != "":
		return t.Channel + " " + t.To
	default:
		return t.Channel
	}
}

// PolicyDefault is the policy of an area that names none.
const PolicyDefault = "default"
