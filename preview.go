package tocsin

// Preview is what approving an update would freeze: the exact text, who gets it
// by which channel, and who does not and why.
type Preview struct {
	Update     Update      `json:"update"`
	Reach      []Reach     `json:"reach"` // channel by channel
	Recipients []Recipient `json:"recipients"`
	LeftOut    []Recipient `json:"left_out"` // each with its reason
}

// Reach is what one channel would carry of an update.
type Reach struct {
	Channel string `json:"channel"`
	People  int    `json:"people"`           // who get it in their own thread
	Public  bool   `json:"public,omitempty"` // it is posted in the open too
	Text    string `json:"text"`             // exactly as it goes out on this channel
	Length  Length `json:"length,omitzero"`  // in the channel's own units
}

// Recipient is a reporter whom an update would reach, or a named reason why not.
type Recipient struct {
	Channel  string   `json:"channel"`
	Report   int64    `json:"report"` // whose thread the answer goes to
	Reporter Reporter `json:"reporter"`
	Words    string   `json:"words"`            // what they wrote, so that a person can judge
	Reason   string   `json:"reason,omitempty"` // why left out: doubtful, told already, cannot reply, …
}
