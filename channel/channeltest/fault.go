package channeltest

import "time"

// Fault is a way in which the other side fails.
type Fault int

// The faults, and what the channel must make of each.
const (
	// Healthy: no fault.
	Healthy Fault = iota
	// Down: the call fails for a passing reason (status 503, "try again later").
	// Nothing is accepted. The error is retryable.
	Down
	// Flaky: every second call fails as with Down. Nothing may be lost.
	Flaky
	// Refused: the credentials are wrong. Trying again does not help.
	Refused
	// Invalid: the other side refuses this very call (status 400, no such
	// recipient). Trying again does not help.
	Invalid
	// Limited: too many calls; the other side asks to wait for RetryAfter.
	Limited
	// Hang: no answer comes until the caller gives up.
	Hang
	// Cut: the call is accepted, and the line breaks before the answer.
	Cut
	// Lost: the line breaks before the call is accepted. The channel can't tell
	// it from Cut.
	Lost
	// Garbled: the call is accepted, and the answer breaks off in mid-word.
	Garbled
	// Rare: one call of ten fails, each time in another way, some of them after
	// having been accepted. Nothing may be lost.
	Rare
)

// RetryAfter is what the stand-in asks for while it is Limited.
const RetryAfter = 17 * time.Second

// String names the fault.
func (f Fault) String() string {
	names := []string{"healthy", "down", "flaky", "refused", "invalid", "limited", "hang", "cut", "lost", "garbled", "rare"}
	if int(f) < len(names) {
		return names[f]
	}
	return "unknown fault"
}

// retryable tells what the error of a faulty call must say about another try,
// and whether the kit has an opinion at all.
func (f Fault) retryable() (retry, known bool) {
	switch f {
	case Down, Limited:
		return true, true
	case Refused, Invalid:
		return false, true
	default:
		return false, false
	}
}
