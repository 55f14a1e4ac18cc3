package backtest

import (
	"time"

	"github.com/tocsin/tocsin"
)

// Result is what a backtest came to.
type Result struct {
	From    time.Time `json:"from"`
	Until   time.Time `json:"until"`
	Reports int       `json:"reports"`
	// FalseRings is the setting of the knob at which Incidents were found.
	FalseRings float64    `json:"false_rings"`
	Incidents  []Incident `json:"incidents"`
	Pages      []Heard    `json:"pages"`
	// PagesOutside were sent when nobody's reports are known; they are left out.
	PagesOutside int `json:"pages_outside,omitempty"`
	// Window is how far a bell and a page may lie apart and still match.
	Window tocsin.Duration `json:"window"`
	// Chance is the share of the time that lies within Window of some page: as many
	// of all bells would match if they rang at random.
	Chance float64 `json:"chance"`
	Trials []Trial `json:"trials"`
	Budget float64 `json:"budget"` // unmatched rings in 30 days
	// Proposal is the loudest setting whose unmatched rings stay within Budget; nil
	// when none does, when nothing rang at all, or without pages.
	Proposal *float64 `json:"proposal,omitempty"`
	Chart    Chart    `json:"chart"`
}

// Incident is one that would have been found, with the bells that it would have earned.
type Incident struct {
	Key     string      `json:"incident"`
	Kind    tocsin.Kind `json:"kind"`
	Title   string      `json:"title,omitempty"`
	Area    string      `json:"area,omitempty"`
	Whisper *Bell       `json:"whisper,omitempty"`
	Ring    *Bell       `json:"ring,omitempty"`
	// Page is the nearest page to one of the bells; nil when none is within Window.
	Page *Page `json:"page,omitempty"`
}

// Bell is one whisper or ring.
type Bell struct {
	At      time.Time `json:"at"`
	Reports []string  `json:"reports"` // ids in the export, or the store's numbers
	People  []string  `json:"people"`  // who wrote them, each once
	// Lead is how much earlier than the incident's page it would have rung; below
	// zero, how much later. nil without such a page.
	Lead *tocsin.Duration `json:"lead,omitempty"`
}

// Heard is a page beside what users said around it.
type Heard struct {
	Page
	Reports   int      `json:"reports"`   // written within Window of it, about whatever
	Incidents []string `json:"incidents"` // keys of those with a bell within Window
}

// Trial is what one setting of the knob comes to.
type Trial struct {
	FalseRings float64 `json:"false_rings"`
	Whispers   int     `json:"whispers"`
	Rings      int     `json:"rings"`
	Matched    int     `json:"matched"`   // rings of incidents that a page confirms
	Unmatched  int     `json:"unmatched"` // the others: false, or missed by the pager
	// Monthly is Unmatched in 30 days.
	Monthly float64 `json:"unmatched_monthly"`
	// MedianLead is over the matched rings; nil when there is none.
	MedianLead *tocsin.Duration `json:"median_lead,omitempty"`
}

// bells are those that an incident has.
func (i *Incident) bells() []*Bell {
	var bells []*Bell
	for _, b := range []*Bell{i.Whisper, i.Ring} {
		if b != nil {
			bells = append(bells, b)
		}
	}
	return bells
}
