// Package channeltest is the conformance kit that every channel passes. It holds
// what the rest of the program relies on, as promises that are tried against the
// channel and a stand-in of the system behind it. It knows no channel: a channel's
// test gives it a Setup, and what a channel cannot do is skipped.
//
//	func TestConformance(t *testing.T) {
//		channeltest.Run(t, channeltest.Setup{Type: Type(), Start: startStandIn})
//	}
package channeltest

import (
	"net/http"
	"testing"
	"time"

	"github.com/tocsin/tocsin"
	"github.com/tocsin/tocsin/channel"
)

// Setup is what the kit needs of a channel.
type Setup struct {
	Type channel.Type
	// Start brings up a fresh outside world. Each promise gets one of its own.
	Start func(tb testing.TB) Outside
}

// Outside is the system behind the channel: a stand-in that keeps state and
// speaks the real protocol. Every hook may be nil where the channel lacks the
// capability; Settings is always needed.
type Outside struct {
	// Settings point the channel at the stand-in. Each secret in them stands in
	// Secrets too, and must turn up in no error and no log line.
	Settings map[string]any
	Secrets  []string
	// Now is the channel's clock; nil is the real one.
	Now func() time.Time

	// Say lets n people write one report each, and gives the external ids by
	// which the channel will know them. For Source and Streamer.
	Say func(n int) []string

	// Body makes the body of an inbound request with n new reports, and Sign the
	// request that carries it, signed as the sender would. For Receiver.
	Body func(n int) []byte
	Sign func(body []byte) *http.Request
	// OneByOne: this system sends one report a request, and Body makes one whatever n is.
	OneByOne bool

	// Message makes an answer to somebody, and Alarm a bell, with a new key at
	// each call. For Replier, Poster, Finder, Pager and Renewer.
	Message func() tocsin.Message
	Alarm   func() tocsin.Alarm
	// Arrived counts what the other side accepted with this key.
	Arrived func(key string) int
	// DropsDoubles: the other side ignores a key that it has seen.
	DropsDoubles bool

	// Break makes the calls from now on meet a fault, until the next call of it.
	// It gives false for a fault that this system cannot have.
	Break func(Fault) bool
}

// promise is one thing that the rest of the program relies on.
type promise struct {
	name string
	kept func(k *kit)
}

// Run tries every promise on the channel.
func Run(t *testing.T, s Setup) {
	t.Helper()
	for _, p := range promises() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.kept(newKit(t, s))
		})
	}
}

// RunType tries the promises about the type alone: its name, its texts, its
// example. cmd/tocsin runs it over the whole list of types.
func RunType(t *testing.T, typ channel.Type) {
	t.Helper()
	for _, p := range typePromises() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.kept(&kit{TB: t, Setup: Setup{Type: typ}})
		})
	}
}

func promises() []promise {
	var all []promise
	for _, some := range [][]promise{
		typePromises(), settingPromises(), pullPromises(), streamPromises(),
		receivePromises(), sendPromises(), renewPromises(), findPromises(), checkPromises(),
	} {
		all = append(all, some...)
	}
	return all
}
