package notify

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/tocsin/tocsin"
)

// Why somebody is not told. Left out for good or for now.
const (
	reasonStaff    = "our own staff"
	reasonUpstream = "a provider's own status"
	reasonAbuse    = "abuse"
	reasonOptedOut = "opted out"
	reasonTold     = "told already"
	reasonDoubtful = "doubtful"
	reasonMute     = "channel cannot reply"
	reasonByHand   = "got the wrong text by hand or perhaps: look, and tell them by hand"
)

// sortReporters puts each person into the group of a preview where they belong.
func (d *Desk) sortReporters(p *tocsin.Preview, members []tocsin.Member, told map[string]bool) {
	for _, who := range persons(members) {
		sure, doubtful := who.sure(), who.doubtful()
		switch {
		case who.staff():
			p.LeftOut = append(p.LeftOut, who.at(last(who.wrote), reasonStaff))
		case who.reporter.Upstream():
			p.LeftOut = append(p.LeftOut, who.at(last(who.wrote), reasonUpstream))
		case len(sure) == 0 && len(doubtful) == 0:
			p.LeftOut = append(p.LeftOut, who.at(last(who.wrote), unsure(last(who.wrote))))
		case len(sure) == 0:
			p.Doubtful = append(p.Doubtful, who.at(last(doubtful), reasonDoubtful))
		case who.optedOut():
			p.LeftOut = append(p.LeftOut, who.at(last(sure), reasonOptedOut))
		case told[who.reporter.ID]:
			p.LeftOut = append(p.LeftOut, who.at(last(sure), reasonTold))
		default:
			d.address(p, who, sure)
		}
	}
}

func unsure(m tocsin.Member) string {
	if abuse(m) {
		return reasonAbuse
	}
	return "does not count: " + m.Reason
}

// address picks the latest thread in which the person can be answered. Where there
// is none a person has to look: the reason is that of the latest.
func (d *Desk) address(p *tocsin.Preview, who *person, sure []tocsin.Member) {
	for _, m := range slices.Backward(sure) {
		if r := who.at(m, ""); m.Report.Unanswerable() == "" && d.reaches(r) {
			p.Told = append(p.Told, r)
			return
		}
	}
	p.Held = append(p.Held, who.at(last(sure), cmp.Or(last(sure).Report.Unanswerable(), reasonMute)))
}

// sortTold makes a correction reach exactly those who got the wrong text, the
// public included. Where it is not sure that they got it, or not by us, a person
// has to look.
func (d *Desk) sortTold(p *tocsin.Preview, wrong []tocsin.Delivery) {
	for _, w := range wrong {
		r := tocsin.Recipient{Reporter: w.Reporter, Channel: w.Channel, Report: w.Report}
		switch {
		case w.State == tocsin.DeliverySent && d.reaches(r):
			p.Told = append(p.Told, r)
		case w.State == tocsin.DeliverySent:
			r.Reason = reasonMute
			p.Held = append(p.Held, r)
		case perhapsTold(w):
			r.Reason = reasonByHand
			p.Held = append(p.Held, r)
		}
	}
}

// reaches tells whether a recipient's channel can carry a message to them.
func (d *Desk) reaches(r tocsin.Recipient) bool {
	c := d.channel(r.Channel)
	if r.Report == 0 {
		return c.Poster != nil
	}
	return c.Replier != nil
}

// perhapsTold tells whether somebody may have heard a text although the ledger
// does not say sent: a person told them, or nobody could find out.
func perhapsTold(w tocsin.Delivery) bool {
	switch w.State {
	case tocsin.DeliveryByHand, tocsin.DeliveryUnknown:
		return true
	case tocsin.DeliveryHeld:
		return w.Attempts > 0
	default:
		return false
	}
}

// toldAlready finds those whose latest word from us about the incident, this
// update aside, is of the same kind: they have heard it.
func toldAlready(u tocsin.Update, updates []tocsin.Update, ledger []tocsin.Delivery) map[string]bool {
	kinds := map[int64]tocsin.UpdateKind{}
	for _, other := range updates {
		kinds[other.ID] = other.Kind
	}
	others := slices.DeleteFunc(slices.Clone(ledger), func(line tocsin.Delivery) bool { return line.Update == u.ID })
	told := map[string]bool{}
	for _, line := range lastHeard(updates, others) {
		told[line.Reporter.ID] = line.Reporter.ID != "" && kinds[line.Update] == u.Kind
	}
	return told
}

// recipientsOf works out from what is known now who hears an update, and who not.
func (d *Desk) recipientsOf(ctx context.Context, i tocsin.Incident, u tocsin.Update) (tocsin.Preview, error) {
	p := tocsin.Preview{
		Update: u, Audience: audience(i, u), // empty lists, not missing ones, for who reads it as JSON
		Held: []tocsin.Recipient{}, Doubtful: []tocsin.Recipient{}, LeftOut: []tocsin.Recipient{}, Channels: []tocsin.Reach{},
	}
	ledger, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Incident: i.ID})
	if err != nil {
		return p, err
	}
	if p.Audience.Reporters {
		members, err := d.Store.Members(ctx, i.ID)
		if err != nil {
			return p, fmt.Errorf("list members: %w", err)
		}
		updates, err := d.Store.Updates(ctx, i.ID)
		if err != nil {
			return p, fmt.Errorf("list updates: %w", err)
		}
		d.sortReporters(&p, members, toldAlready(u, updates, ledger))
	}
	if p.Audience.ToldOnly {
		d.sortTold(&p, slices.DeleteFunc(ledger, func(w tocsin.Delivery) bool { return w.Update != u.Corrects }))
	}
	if p.Audience.Public {
		for _, c := range d.Channels {
			if c.Poster != nil {
				p.Told = append(p.Told, tocsin.Recipient{Channel: c.Name})
			}
		}
	}
	d.measure(&p)
	return p, nil
}

// audience is who hears an update of this kind. Only of what is confirmed anything
// is said in public: the holding text goes to those who wrote, and so does what
// was the matter with something that is no incident.
func audience(i tocsin.Incident, u tocsin.Update) tocsin.Audience {
	a := u.Kind.Audience()
	if i.Verdict != tocsin.VerdictConfirmed {
		a.Public = false
	}
	if i.Verdict == tocsin.VerdictNotIncident && u.Kind == tocsin.UpdateScope {
		a.Reporters = true
	}
	return a
}

// rows are the lines of the ledger that an approval freezes. Keys hold letters,
// digits, dots and dashes only, for a mail's Message-ID is made of them.
func rows(p tocsin.Preview, u tocsin.Update) []tocsin.Delivery {
	row := func(r tocsin.Recipient, state tocsin.DeliveryState) tocsin.Delivery {
		return tocsin.Delivery{
			Update: u.ID, Incident: u.Incident, Channel: r.Channel, Report: r.Report, Reporter: r.Reporter,
			Key: key(u.ID, r), State: state, Reason: r.Reason, CreatedAt: u.ApprovedAt, UpdatedAt: u.ApprovedAt,
		}
	}
	lines := make([]tocsin.Delivery, 0, len(p.Told)+len(p.Held))
	for _, r := range p.Told {
		lines = append(lines, row(r, tocsin.DeliveryPending))
	}
	for _, r := range p.Held {
		lines = append(lines, row(r, tocsin.DeliveryHeld))
	}
	for _, r := range p.LeftOut {
		if r.Reason == reasonOptedOut {
			lines = append(lines, row(r, tocsin.DeliverySkipped))
		}
	}
	return lines
}

// key names the message of one update to one recipient: the same for each try,
// and for each person once, whichever of their threads it goes to.
func key(update int64, r tocsin.Recipient) string {
	if r.Report == 0 {
		return fmt.Sprintf("u%d.%s", update, r.Channel)
	}
	sum := sha256.Sum256([]byte(r.Reporter.ID))
	return fmt.Sprintf("u%d.%s", update, hex.EncodeToString(sum[:8]))
}
