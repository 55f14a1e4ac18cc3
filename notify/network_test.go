package notify_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/tocsin/tocsin"
)

// network is the other side of a channel. It remembers what it took, and the test
// says how it behaves.
type network struct {
	mu      sync.Mutex
	name    string
	took    map[string]int // messages accepted, by key
	texts   map[string]string
	threads map[string]string // where they went, by key
	alarms  []tocsin.Alarm
	tried   time.Time // of the last message looked for
	calls   int

	// answer decides a call before it is taken: (taken, error to the caller).
	answer func(key string) (bool, error)
	// find overrides an honest look.
	find func(key string) (tocsin.Found, error)
	// at is called around the moment of acceptance.
	at func(point string)
}

func newNetwork(name string) *network {
	return &network{
		name: name, took: map[string]int{}, texts: map[string]string{}, threads: map[string]string{}, at: func(string) {},
		answer: func(string) (bool, error) { return true, nil },
	}
}

func (n *network) take(key, text, thread string) (tocsin.Sent, error) {
	n.at("before the call")
	n.mu.Lock()
	n.calls++
	taken, err := n.answer(key)
	if taken {
		n.took[key]++
		n.texts[key], n.threads[key] = text, thread
	}
	n.mu.Unlock()
	n.at("after the call")
	if err != nil {
		return tocsin.Sent{}, err
	}
	return tocsin.Sent{ExternalID: n.name + ":" + key, URL: "https://" + n.name + ".example/" + key}, nil
}

func (n *network) Reply(_ context.Context, m tocsin.Message) (tocsin.Sent, error) {
	if m.Report.ID == 0 {
		return tocsin.Sent{}, fmt.Errorf("a reply without a report")
	}
	return n.take(m.Key, m.Text, m.Report.Thread)
}

func (n *network) Post(_ context.Context, m tocsin.Message) (tocsin.Sent, error) {
	return n.take(m.Key, m.Text, "public")
}

func (n *network) Page(_ context.Context, a tocsin.Alarm) (tocsin.Sent, error) {
	sent, err := n.take(a.Key, a.Summary, a.To)
	n.mu.Lock()
	defer n.mu.Unlock()
	if err == nil {
		n.alarms = append(n.alarms, a)
	}
	return sent, err
}

func (n *network) Find(_ context.Context, m tocsin.Message) (tocsin.Found, tocsin.Sent, error) {
	n.at("before the look")
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tried = m.TriedAt
	if n.find != nil {
		found, err := n.find(m.Key)
		return found, tocsin.Sent{ExternalID: n.name + ":" + m.Key}, err
	}
	if n.took[m.Key] > 0 {
		return tocsin.FoundPresent, tocsin.Sent{ExternalID: n.name + ":" + m.Key}, nil
	}
	return tocsin.FoundAbsent, tocsin.Sent{}, nil
}

// rung lists whom the network's alarms went to.
func (n *network) rung() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	to := make([]string, len(n.alarms))
	for k, a := range n.alarms {
		to[k] = a.To
	}
	return strings.Join(to, " ")
}

// limit measures texts in characters.
type limit int

func (l limit) Measure(text string) tocsin.Length {
	return tocsin.Length{Used: utf8.RuneCountInString(text), Limit: int(l), Unit: "characters"}
}

// The answers of the other side.
func permanent(string) (bool, error) {
	return false, &tocsin.Error{Code: tocsin.CodeInvalid, Message: "No such mailbox."}
}

func busy(string) (bool, error) {
	return false, &tocsin.Error{Code: tocsin.CodeLimited, Message: "Too many messages.", Retryable: true, RetryAfter: 30e9}
}

func cut(taken bool) func(string) (bool, error) {
	return func(string) (bool, error) {
		return taken, &tocsin.Error{Code: tocsin.CodeUnavailable, Message: "The line broke.", Uncertain: true, Retryable: true}
	}
}
