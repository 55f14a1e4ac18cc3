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
}

// Step is one rung of a ring: all its targets at once, then a wait.
type Step struct {
	Name    string   `json:"name"` // primary, secondary, the cavalry
	Targets []Target `json:"targets"`
	// Wait is how long an acknowledgement is waited for before the next step.
	Wait Duration `json:"wait"`
}

// Target is where a bell is heard: a channel that can page, and the address on it.
type Target struct {
	Channel string `json:"channel"`
	To      string `json:"to,omitempty"` // the medium's own address; "" where the channel has just one
}

// PolicyDefault is the policy of an area that names none.
const PolicyDefault = "default"
