package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/tocsin/tocsin"
)

// Signed requests are refused when the clocks are further apart than some minutes:
// five in Standard Webhooks and, as far as it tells, at X.
const (
	clockGood = 30 * time.Second
	clockMost = 2 * time.Minute
)

// clockWatch keeps how far our clock is ahead of another's.
type clockWatch struct {
	mu    sync.Mutex
	host  string
	ahead time.Duration
}

// tell is for channel.WithClock. The last answer counts.
func (w *clockWatch) tell(host string, ahead time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.host, w.ahead = host, ahead
}

// proofs says what came of it; nothing where no answer had a date.
func (w *clockWatch) proofs() []tocsin.Proof {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.host == "" {
		return nil
	}
	const about = "clock"
	side, apart := "ahead of", w.ahead
	if apart < 0 {
		side, apart = "behind", -apart
	}
	switch text := fmt.Sprintf("Our clock is %s %s that of %s.", apart, side, w.host); {
	case apart <= clockGood:
		return []tocsin.Proof{{About: about, State: tocsin.ProofGood, Text: "Our clock agrees with that of " + w.host + "."}}
	case apart <= clockMost:
		return []tocsin.Proof{{About: about, State: tocsin.ProofMind, Text: text + " Let a time server set it."}}
	default:
		return []tocsin.Proof{{About: about, State: tocsin.ProofWrong, Text: text + " Signed requests are refused by that: let a time server set it."}}
	}
}
