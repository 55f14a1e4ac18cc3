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

// Preview works out who would hear an update if it were approved now. After the
// approval it still does so, but the frozen set is what counts: see the ledger.
func (d *Desk) Preview(ctx context.Context, update int64) (tocsin.Preview, error) {
	u, err := d.Store.Update(ctx, update)
	if err != nil {
		return tocsin.Preview{}, err
	}
	i, err := d.Store.Incident(ctx, u.Incident)
	if err != nil {
		return tocsin.Preview{}, fmt.Errorf("read incident: %w", err)
	}
	p, err := d.recipientsOf(ctx, i, u)
	if err != nil {
		return p, err
	}
	p.Warnings, err = d.warnings(ctx, i, p)
	return p, err
}

// measure counts the channels. A text that is too long for one blocks that one
// only: its people are held, to be told by hand.
func (d *Desk) measure(p *tocsin.Preview) {
	reach := map[string]*tocsin.Reach{}
	told := p.Told
	p.Told = []tocsin.Recipient{}
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
		p.Told = append(p.Told, r)
		if r.Report == 0 {
			c.Public = true
		} else {
			c.People++
		}
	}
	for _, c := range reach {
		p.Channels = append(p.Channels, *c)
	}
	slices.SortFunc(p.Channels, func(a, b tocsin.Reach) int { return strings.Compare(a.Channel, b.Channel) })
	p.Seen = fingerprint(p)
}

func (d *Desk) reach(channel, text string) *tocsin.Reach {
	c := &tocsin.Reach{Channel: channel}
	if m := d.channel(channel).Measurer; m != nil {
		c.Length = m.Measure(text)
	}
	if l := c.Length; l.Limit > 0 && l.Used > l.Limit {
		c.Blocked = fmt.Sprintf("the text has %d %s; %s takes %d", l.Used, l.Unit, channel, l.Limit)
	}
	return c
}

// fingerprint stands for the text and for who is told or held.
func fingerprint(p *tocsin.Preview) string {
	var seen strings.Builder
	fmt.Fprintf(&seen, "%s\n%q\n", p.Update.Kind, p.Update.Text)
	for _, r := range slices.Concat(p.Told, p.Held) {
		fmt.Fprintf(&seen, "%q %q %q\n", r.Reporter.ID, r.Channel, r.Reason)
	}
	sum := sha256.Sum256([]byte(seen.String()))
	return hex.EncodeToString(sum[:8])
}
