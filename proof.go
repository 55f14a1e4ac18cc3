package tocsin

import "context"

// Prover looks at what signing in does not show: whether what we send would be
// believed. It sends nothing, and each thing that it looked at is in its answer.
type Prover interface {
	Prove(ctx context.Context) []Proof
}

// Proof is one thing that was looked at about a channel, and what came of it.
type Proof struct {
	About string     `json:"about"` // spf, dkim, dmarc, clock
	State ProofState `json:"state"`
	Text  string     `json:"text"` // what was seen and, unless all is well, what to mend
}

// ProofState tells whether something has to be mended.
type ProofState string

// The states of a proof.
const (
	ProofGood  ProofState = "good"
	ProofMind  ProofState = "mind" // it could not be shown, or may be meant so
	ProofWrong ProofState = "wrong"
)
