package tocsin

import "time"

// Health is how the inbound side of one channel goes, as one process knows it.
type Health struct {
	Channel string `json:"channel"`
	// Here tells whether this process fetches it; another may.
	Here       bool      `json:"here"`
	LastPull   time.Time `json:"last_pull,omitzero"`   // or sign of life of a stream; zero before the first that went well
	LastReport time.Time `json:"last_report,omitzero"` // when the newest one was received, by any process
	Lag        Duration  `json:"lag"`                  // of the last report: from written to received
	Reports    int64     `json:"reports"`              // new ones since the start
	Rejections int64     `json:"rejections"`           // since the start
	Error      string    `json:"error,omitempty"`      // of the last try, for people; "" when it went well
	ErrorSince time.Time `json:"error_since,omitzero"`
	Failures   int       `json:"failures"` // in a row
	// Silence is there while the source brings nothing although it usually would.
	Silence *Silence `json:"silence,omitempty"`
}

// Silence is a source that has fallen silent against its own usual rate.
type Silence struct {
	Since  time.Time `json:"since"`  // when its last report was written
	Usual  float64   `json:"usual"`  // reports that the same stretch of earlier weeks brought, of a middling one
	Chance float64   `json:"chance"` // that a week of a healthy source has such a silence
}

// Allowance is one limit of a network, or one budget of the operator, and what is
// left of it.
type Allowance struct {
	Name    string    `json:"name"` // mentions, replies, budget
	Unit    string    `json:"unit"` // calls, posts, USD
	Limit   float64   `json:"limit"`
	Left    float64   `json:"left"`
	ResetAt time.Time `json:"reset_at,omitzero"` // when it is full again; zero if unknown
}
