package notify

import (
	"cmp"
	"log/slog"
	"strings"
	"time"

	"github.com/tocsin/tocsin"
)

// Options is what a Pager, a Desk and a Broadcaster are made of.
type Options struct {
	Store    Store
	Channels []tocsin.Channel
	Now      func() time.Time
	Log      *slog.Logger
	// BaseURL is where people reach the dashboard; links in pages begin with it.
	BaseURL string
	// LinkKey signs the links of pages that act; none are made without one.
	LinkKey []byte
	// Hold is how long an approved update can still be cancelled.
	Hold time.Duration
	// PreApproved are texts that one person may send alone, as an update of kind
	// aware or progress.
	PreApproved []string
	// Timeout is for one call to a channel; 30 s when zero.
	Timeout time.Duration
	// Grace is how long a delivery that is found in sending is left alone because
	// another process may be at it. Zero says that no other process uses the
	// database; otherwise it must be longer than Timeout.
	Grace time.Duration
	// Shadow makes us listen only: a ring becomes a whisper, nothing is approved and
	// nothing is sent. What an earlier server left to be sent or rung is put off.
	Shadow bool
	// Settle is how long after a broken call we look for what became of it; the
	// other side may need a moment until it shows what it has. 3 s when zero.
	Settle time.Duration
}

// defaultTimeout and defaultSettle stand in for zero options.
const (
	defaultTimeout = 30 * time.Second
	defaultSettle  = 3 * time.Second
)

func (o Options) withDefaults() Options {
	o.Timeout = cmp.Or(o.Timeout, defaultTimeout)
	o.Settle = cmp.Or(o.Settle, defaultSettle)
	o.BaseURL = strings.TrimRight(o.BaseURL, "/")
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// channel finds a channel by its configured name. What is not configured (any
// more) can do nothing: its capabilities are all nil.
func (o Options) channel(name string) tocsin.Channel {
	for _, c := range o.Channels {
		if c.Name == name {
			return c
		}
	}
	return tocsin.Channel{Name: name}
}
