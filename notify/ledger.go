package notify

import (
	"context"
	"fmt"

	"github.com/tocsin/tocsin"
)

// Owed lists the reporters of an incident who have no outcome in the ledger:
// nobody is forgotten when it is empty. The reason says where their answer hangs.
func (d *Desk) Owed(ctx context.Context, incident int64) ([]tocsin.Recipient, error) {
	i, err := d.Store.Incident(ctx, incident)
	if err != nil {
		return nil, err
	}
	lines, err := deliveriesOf(ctx, d.Store, tocsin.DeliveryQuery{Incident: incident})
	if err != nil {
		return nil, err
	}
	members, err := d.Store.Members(ctx, incident)
	if err != nil {
		return nil, fmt.Errorf("list members: %w", err)
	}
	return owed(i, members, lines), nil
}

// owed finds the reporters without any settled line in the ledger. The doubtful
// are among them: a person has to look at what they wrote. Nobody is owed an
// answer by a flood, which has no victims, nor by a duplicate, whose reporters are
// answered as those of the other incident.
func owed(i tocsin.Incident, members []tocsin.Member, ledger []tocsin.Delivery) []tocsin.Recipient {
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
	var list []tocsin.Recipient
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
