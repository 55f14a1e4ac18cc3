package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Ledger is everything that the reporters of an incident, and the public, were
// told about it, and who still has no answer.
type Ledger struct {
	Deliveries []tocsin.Delivery            `json:"deliveries"`
	Count      map[tocsin.DeliveryState]int `json:"count"`
	// Owed are those without an outcome: nobody is forgotten when it is empty.
	Owed []Recipient `json:"owed"`
}

// Ledger reads the ledger of an incident.
func (d *Desk) Ledger(ctx context.Context, incident int64) (Ledger, error) {
	i, err := d.Store.Incident(ctx, incident)
	if err != nil {
		return Ledger{}, err
	}
	lines, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Incident: incident})
	if err != nil {
		return Ledger{}, err
	}
	l := Ledger{Deliveries: lines, Count: map[tocsin.DeliveryState]int{}}
	for _, line := range lines {
		l.Count[line.State]++
	}
	members, err := d.Store.Members(ctx, incident)
	if err != nil {
		return Ledger{}, fmt.Errorf("list members: %w", err)
	}
	l.Owed = owed(i, members, lines)
	return l, nil
}

// owed finds the reporters without any settled line in the ledger. The doubtful
// are among them: a person has to look at what they wrote. Nobody is owed an
// answer by a flood, which has no victims, nor by a duplicate, whose reporters are
// answered as those of the other incident.
func owed(i tocsin.Incident, members []tocsin.Member, ledger []tocsin.Delivery) []Recipient {
	if i.Verdict == tocsin.VerdictFlood || i.Verdict == tocsin.VerdictDuplicate {
		return nil
	}
	settled, open := map[string]bool{}, map[string]string{}
	for _, line := range ledger {
		if line.State.Settled() {
			settled[line.Reporter.ID] = true
		} else {
			open[line.Reporter.ID] = fmt.Sprintf("%s %s", line.State, line.Reason)
		}
	}
	var list []Recipient
	for _, who := range persons(members) {
		if settled[who.reporter.ID] || who.staff() {
			continue
		}
		switch sure, doubtful := who.sure(), who.doubtful(); {
		case len(sure) > 0:
			list = append(list, who.at(last(sure), open[who.reporter.ID]))
		case len(doubtful) > 0:
			list = append(list, who.at(last(doubtful), reasonDoubtful))
		}
	}
	return list
}
