package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/tocsin/tocsin"
)

// Preview is what would happen if an update were approved now: who is told, who
// is not, and why.
type Preview struct {
	Update   tocsin.Update   `json:"update"`
	Audience tocsin.Audience `json:"audience"`
	// Told hear it in their threads, and channels in public.
	Told []Recipient `json:"told"`
	// Held should hear it, but not by us: a person tells them by hand.
	Held []Recipient `json:"held"`
	// Doubtful are out unless somebody attaches their report to the incident.
	Doubtful []Recipient `json:"doubtful"`
	LeftOut  []Recipient `json:"left_out"`
	Channels []Reach     `json:"channels"`
	// Seen stands for this text and these recipients; give it to Approve, which
	// then refuses when either has changed.
	Seen string `json:"seen"`
}

// Reach is what an update does on one channel.
type Reach struct {
	Channel string        `json:"channel"`
	People  int           `json:"people"` // to be told in their threads
	Public  bool          `json:"public"` // posted on our own account too
	Length  tocsin.Length `json:"length"` // of the text, as the network counts; zero when it does not
	Blocked string        `json:"blocked,omitempty"`
}

// Preview works out who would hear an update if it were approved now. After the
// approval it still does so, but the frozen set is what counts: see the ledger.
func (d *Desk) Preview(ctx context.Context, update int64) (Preview, error) {
	u, err := d.Store.Update(ctx, update)
	if err != nil {
		return Preview{}, err
	}
	i, err := d.Store.Incident(ctx, u.Incident)
	if err != nil {
		return Preview{}, fmt.Errorf("read incident: %w", err)
	}
	return d.recipientsOf(ctx, i, u)
}

func (p *Preview) tell(r Recipient) { p.Told = append(p.Told, r) }

// measure counts the channels. A text that is too long for one blocks that one
// only: its people are held, to be told by hand.
func (d *Desk) measure(p *Preview) {
	reach := map[string]*Reach{}
	told := p.Told
	p.Told = nil
	for _, r := range told {
		c := reach[r.Channel]
		if c == nil {
			c = d.reach(r.Channel, p.Update.Text)
			reach[r.Channel] = c
		}
		if c.Blocked != "" {
			r.Reason = c.Blocked
			p.Held = append(p.Held, r)
			continue
		}
		p.tell(r)
		if r.Report == 0 {
			c.Public = true
		} else {
			c.People++
		}
	}
	for _, c := range reach {
		p.Channels = append(p.Channels, *c)
	}
	slices.SortFunc(p.Channels, func(a, b Reach) int { return strings.Compare(a.Channel, b.Channel) })
	p.Seen = p.fingerprint()
}

func (d *Desk) reach(channel, text string) *Reach {
	c := &Reach{Channel: channel}
	if m := d.channel(channel).Measurer; m != nil {
		c.Length = m.Measure(text)
	}
	if l := c.Length; l.Limit > 0 && l.Used > l.Limit {
		c.Blocked = fmt.Sprintf("the text has %d %s; %s takes %d", l.Used, l.Unit, channel, l.Limit)
	}
	return c
}

// fingerprint stands for the text and for who is told or held.
func (p *Preview) fingerprint() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n", p.Update.Kind, p.Update.Text)
	for _, r := range slices.Concat(p.Told, p.Held) {
		fmt.Fprintf(h, "%q %q %q\n", r.Reporter.ID, r.Channel, r.Reason)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}
