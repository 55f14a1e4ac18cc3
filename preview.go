package tocsin

// Preview is what would happen if an update were approved now: who is told, who
// is not, and why.
type Preview struct {
	Update   Update   `json:"update"`
	Audience Audience `json:"audience"`
	// Told hear it in their threads, and channels in public.
	Told []Recipient `json:"told"`
	// Held should hear it, but not by us: a person tells them by hand.
	Held []Recipient `json:"held"`
	// Doubtful are out unless somebody attaches their report to the incident.
	Doubtful []Recipient `json:"doubtful"`
	LeftOut  []Recipient `json:"left_out"`
	Channels []Reach     `json:"channels"`
	// Warnings are sentences that the approver must read first.
	Warnings []string `json:"warnings"`
	// Seen stands for this text and these recipients: an approval that carries it
	// is refused when either has changed.
	Seen string `json:"seen"`
}

// Reach is what an update does on one channel.
type Reach struct {
	Channel string `json:"channel"`
	People  int    `json:"people"`            // to be told in their threads
	Public  bool   `json:"public"`            // posted on our own account too
	Length  Length `json:"length"`            // of the text, as the network counts; zero when it does not
	Blocked string `json:"blocked,omitempty"` // why it cannot go out there
}

// Recipient is a person in their thread, or a channel in public.
type Recipient struct {
	Reporter Reporter `json:"reporter,omitzero"`
	Channel  string   `json:"channel"`
	Report   int64    `json:"report,omitempty"` // whose thread it is; 0 for a public post
	Words    string   `json:"words,omitempty"`  // what they wrote, for the one who decides
	Reason   string   `json:"reason,omitempty"` // why they are not told, or not by us
}
